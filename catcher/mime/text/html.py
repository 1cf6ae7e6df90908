"""Bounded conversion of HTML to readable text, parsed by turbohtml; nothing is fetched or executed."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turbohtml import PlainText

MAX_HTML = 2_000_000
"""Characters of HTML that are converted; the rest is ignored."""

_TRAILING = re.compile(r"(?<=[^ \t])[ \t]+(?=\n)")
_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_DEEP_INDENT = re.compile(r"\n {41,}")


class ParsedHtml:
    """Parsed HTML, for several conversions to text.

    document: the tree that a browser without scripts builds; its nodes know their source line if `positions` are
    requested.
    """

    def __init__(self, html: str, *, positions: bool = False) -> None:
        from turbohtml import parse  # late: the import would take a third of the server's start

        self.document = parse(html[:MAX_HTML], positions=positions)

    def text(self, *, links: bool) -> str:
        """Return the visible text, one block, list item or table row a line; `links` adds targets in parentheses."""
        return self.document.to_text(_options() if links else None).replace("\xa0", " ")


def html_to_text(html: str, *, links: bool) -> str:
    """Convert HTML to the text that a reader sees; `links` adds link targets in parentheses.

    Blocks, lists and table rows are on lines of their own. At most `MAX_HTML` characters are read. Never raises.
    """
    text = ParsedHtml(html).text(links=links)
    text = _DEEP_INDENT.sub("\n" + " " * 40, _TRAILING.sub("", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _options() -> "PlainText":
    from turbohtml import PlainText

    return PlainText(links="inline")
