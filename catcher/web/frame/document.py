"""The document of the sandboxed frame, made from the HTML of a mail.

The frame's sandbox and the policy of `frame_headers` keep a mail away from the application. The rewriting comes on top:
it removes what a policy does not stop (`link rel=preconnect` opens a connection, `base` and a link without target
replace the frame by an error page), gives inline images an address, and counts what was blocked, for the page.

It works on tokens, not on a tree: a tree of hostile HTML may have five hundred times the elements of its source
(unclosed formatting elements are opened again in each paragraph), while the source bounds the number of tokens. The
differences between both readings are closed off: no foreign content is written, and the text of a style element holds
nothing that another parser state could take for a tag.
"""

import re
from collections import Counter
from collections.abc import Callable
from html import escape

from turbohtml import Token, TokenType, tokenize

from catcher.web.frame.attributes import NAME, AttributeRewriter, name_set
from catcher.web.frame.model import FrameDocument, FrameOptions

MARK_ID = "catcher-mark"
"""Id of the marked element."""


def frame_document(
    html: str, *, inline: Callable[[str], str | None], options: FrameOptions | None = None, heading: str = ""
) -> FrameDocument:
    """Return the document for the HTML of a mail. Never raises; time and memory grow with the source, up to limits.

    inline: returns the address of the part that a URL of the mail names, None when there is none.
    heading: HTML of our own that comes first, for print.
    """
    return _DocumentWriter(inline, options or FrameOptions(), heading).write(html)


# Removed with their content when their end tag exists; without one only the tag is removed.
_WITH_CONTENT = name_set("svg math object applet template portal fencedframe")
# The tokenizer reads the content of these as text, so it is one token.
_WITH_TEXT = name_set("script iframe noembed noframes title")
# The tag is removed, the content stays: the fields of a form, the fallback text of a video.
_TAG_ONLY = name_set("form audio video track link base meta embed frame frameset bgsound param slot plaintext canvas")
_VOID = name_set("area br col hr img input source wbr")
_OPTIONAL_END = name_set("p li td th tr dt dd option optgroup tbody thead tfoot colgroup caption html head body")
_RAW_TEXT = name_set("xmp listing")
_NOSCRIPT = re.compile(r"</?noscript(?:[\s/][^>]{0,200})?>", re.IGNORECASE)
_SAFE_SCHEMES = re.compile(r"[a-z ]{1,60}\Z", re.ASCII | re.IGNORECASE)
_ID = re.compile(r' id="[^"]*"')
_PUBLIC_ID = re.compile(r"[A-Za-z0-9 +/:.=_-]{1,200}\Z", re.ASCII)

_STYLE = (
    '[data-cx="blocked"]{outline:1px dashed #888;outline-offset:-1px;min-width:1em;min-height:1em;display:inline-block;'
    "font:12px/1.4 system-ui,sans-serif;overflow:hidden}"
    "[data-cx-mark]{outline:3px solid #d6336c;outline-offset:2px;scroll-margin:80px}"
    '[data-cx="refused"]{text-decoration:line-through;cursor:not-allowed}'
)
_STYLE_INVERTED = "img:not([data-cx]),[background],[style*='url(']{filter:invert(1) hue-rotate(180deg)}"


class _DocumentWriter:
    """Writes one document in one pass over the tokens of its source."""

    def __init__(self, inline: Callable[[str], str | None], options: FrameOptions, heading: str) -> None:
        self._options = options
        self._attributes = AttributeRewriter(inline, options)
        inverted = _STYLE_INVERTED if options.is_inverted else ""
        self._head = f'<meta charset="utf-8"><style>{_STYLE}{inverted}</style>{heading}'  # "" once it is written
        self._out: list[str] = []
        self._marked = -1  # index in `_out` of the start tag to be marked
        self._ends: Counter[str] = Counter()  # end tags to come, of elements removed with their content
        self._open: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._depth = 0
        self._hidden = ""  # name of the element whose content is being removed
        self._hidden_depth = 0
        self._text_of = ""  # name of the raw-text element that the next text token belongs to
        self._removed: Counter[str] = Counter()
        self._has_dark = False
        self._is_flattened = False

    def write(self, html: str) -> FrameDocument:
        limits, found = self._options.limits, self._attributes
        is_truncated = len(html) > limits.characters
        # Scripts never run in the frame, so the content of noscript is shown; the tokenizer would read it as text and
        # does not get the tags. Whatever their removal joins is tokenized only afterwards.
        html = _NOSCRIPT.sub("", html[: limits.characters].replace("\x00", ""))
        lowered = html.lower()
        self._ends = Counter({name: lowered.count(f"</{name}") for name in _WITH_CONTENT})
        del lowered
        for number, token in enumerate(tokenize(html)):
            if number >= limits.tokens:
                is_truncated = True
                break
            self._take(token)
        self._write_head()
        if self._marked >= 0:  # an element has one id, and the frame is opened at this one
            tag = _ID.sub("", self._out[self._marked]).removesuffix(">")
            self._out[self._marked] = f'{tag} id="{MARK_ID}" data-cx-mark="">'
        return FrameDocument(
            html="".join(self._out),
            remote=tuple(found.remote.values()),
            remote_count=found.remote_count,
            disabled_links=tuple(found.disabled_links),
            removed_elements=tuple(self._removed.most_common()),
            missing_alt=found.missing_alt,
            has_dark=self._has_dark or found.has_dark,
            fixed_width=found.fixed_width,
            is_flattened=self._is_flattened,
            is_truncated=is_truncated,
        )

    def _take(self, token: Token) -> None:
        kind, mark = token.type, self._options.mark
        if kind == TokenType.TEXT:
            self._text(token.data or "")
        elif kind == TokenType.START_TAG:
            written = len(self._out)
            self._start(token.tag or "", dict(token.attrs or ()))
            if mark and len(self._out) > written and (token.line, token.col + 1) <= mark:
                self._marked = len(self._out) - 1
        elif kind == TokenType.END_TAG:
            self._end(token.tag or "")
        elif kind == TokenType.DOCTYPE and not self._out and (token.name or "").lower() == "html":
            # Kept, because table layouts look different without it or with an old one.
            public = token.public_id or ""
            self._out.append(f'<!DOCTYPE html PUBLIC "{public}">' if _PUBLIC_ID.match(public) else "<!DOCTYPE html>")

    def _write_head(self) -> None:
        if self._head:
            self._out.append(self._head)
            self._head = ""

    def _text(self, data: str) -> None:
        owner, self._text_of = self._text_of, ""
        if self._hidden or owner in _WITH_TEXT or not data:
            return
        if owner == "style":
            self._out.append(self._attributes.style_element(data))
            return
        if not data.isspace():
            self._write_head()
        self._out.append(escape(data, quote=False))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._hidden:
            self._hidden_depth += name == self._hidden
            return
        self._write_head()
        self._text_of = name
        self._attributes.record_remote(name, attributes)
        if name == "meta":
            self._meta(attributes)
        elif name in _WITH_CONTENT:
            self._removed[name] += 1
            if self._ends[name] > 0:
                self._hidden, self._hidden_depth = name, 1
        elif name in _WITH_TEXT or name in _TAG_ONLY:
            if name != "title":
                self._removed[name] += 1
        elif NAME.match(name):
            self._write_start("pre" if name in _RAW_TEXT else name, attributes)

    def _write_start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _VOID:
            if name not in _OPTIONAL_END:
                if self._depth >= self._options.limits.depth:
                    self._is_flattened = True
                    self._skipped[name] += 1
                    return
                self._depth += 1
            self._open[name] += 1
        self._out.append(f"<{name}{self._attributes.rewrite(name, attributes)}>")

    def _end(self, name: str) -> None:
        self._text_of = ""
        self._ends[name] -= name in _WITH_CONTENT
        if self._hidden:
            self._hidden_depth -= name == self._hidden
            if not self._hidden_depth:
                self._hidden = ""
            return
        name = "pre" if name in _RAW_TEXT else name
        if self._skipped[name]:
            self._skipped[name] -= 1
        elif self._open[name]:
            self._open[name] -= 1
            if name not in _OPTIONAL_END:
                self._depth -= 1
            if name not in {"html", "body"}:  # what follows them belongs to the body anyway
                self._out.append(f"</{name}>")

    def _meta(self, attributes: dict[str, str]) -> None:
        """Keep only the colour schemes that the mail is made for; charset and refresh are not the mail's to set."""
        named = attributes.get("name", "").lower()
        content = attributes.get("content", "")
        if named in {"color-scheme", "supported-color-schemes"} and _SAFE_SCHEMES.match(content):
            self._has_dark = self._has_dark or "dark" in content.lower()
            self._out.append(f'<meta name="{named}" content="{content}">')
        elif attributes.get("http-equiv", "").strip().lower() == "refresh":
            self._removed["meta refresh"] += 1
