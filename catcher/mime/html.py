"""HTML to readable text, fast and bounded. The parse is turbohtml's; nothing is fetched or run."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turbohtml import PlainText

MAX_HTML = 2_000_000
"""Characters of HTML that are read for text; what lies behind them is left out."""

_TRAILING = re.compile(r"(?<=[^ \t])[ \t]+(?=\n)")
_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_DEEP_INDENT = re.compile(r"\n {41,}")


class ParsedHtml:
    """One parse of some HTML, from which text can be taken several times.

    document: the tree as a browser without scripts builds it; its nodes know their source line when `positions` are
    asked for.
    """

    def __init__(self, html: str, *, positions: bool = False) -> None:
        from turbohtml import parse  # not at the top: it would take a third of the server's start

        self.document = parse(html[:MAX_HTML], positions=positions)

    def text(self, *, links: bool) -> str:
        """Visible text laid out in lines: blocks, lists and table rows apart; with `links` targets in parentheses."""
        return self.document.to_text(_options() if links else None).replace("\xa0", " ")


def html_to_text(html: str, *, links: bool) -> str:
    """Text of `html` as a reader sees it, without scripts, styles and comments; links in parentheses when asked.

    Blocks, lists and table rows stand in lines of their own. At most `MAX_HTML` characters are read. Never raises.
    """
    text = ParsedHtml(html).text(links=links)
    text = _DEEP_INDENT.sub("\n" + " " * 40, _TRAILING.sub("", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _options() -> "PlainText":
    from turbohtml import PlainText

    return PlainText(links="inline")
