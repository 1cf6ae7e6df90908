"""The one place that makes a mail's HTML into the document of the sandboxed frame.

What keeps a mail away from the application is the frame's sandbox and the policy of `frame_headers`. The rewriting done
here comes on top: it takes out what a policy does not stop (`link rel=preconnect` opens a connection, `base` and a link
without target replace the frame by an error page), gives inline images an address, and counts what was kept away, so
that a page can say so.

It works on the stream of tokens, not on a tree: a tree of hostile HTML may have five hundred times the elements of its
source (unclosed formatting elements are opened again in each paragraph), tokens are as many as the source has. The
differences between the two ways of reading are closed off: no foreign content is written, and the text of a style
element holds nothing that another parser state could take for a tag.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from html import escape
from urllib.parse import unquote

from turbohtml import Token, TokenType, tokenize


class Pictures(Enum):
    """Which images a document may show: none, those that came with the message, or those of other servers as well."""

    NONE = "none"
    EMBEDDED = "embedded"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLimits:
    """Bounds of one document: characters of source, tokens looked at, elements open at once, entries of a list.

    With these, the most hostile source costs about two seconds. Chromium itself flattens below 512 open elements.
    """

    characters: int = 20_000_000
    tokens: int = 250_000
    depth: int = 300
    listed: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Something a mail wants from another server.

    kind: "image", "background" or "CSS", which are shown when remote images are allowed; "style sheet", "frame",
        "media", "script" and "object", which never are.
    is_tiny: an image of 1×1, which is there to be counted.
    """

    url: str
    kind: str
    is_tiny: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A document for the frame, and what was found on the way.

    remote: the first of what the mail wants from other servers, each address once; remote_count: all of them.
    links: addresses the mail links to, each once, in order. refused: dangerous or relative addresses that were struck.
    taken_out: how many elements of which name were left out, the most frequent first.
    missing_alt: images without an alternative text. has_dark: whether there are styles for dark schemes.
    fixed_width: pixels of the widest box whose width is said in pixels, 0 without one.
    is_flattened: nested too deeply to be kept so. is_cut: the end is missing because the document is too long.
    """

    html: str
    remote: tuple[Remote, ...] = ()
    remote_count: int = 0
    links: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    taken_out: tuple[tuple[str, int], ...] = ()
    missing_alt: int = 0
    has_dark: bool = False
    fixed_width: int = 0
    is_flattened: bool = False
    is_cut: bool = False


MARK = "catcher-mark"
"""Id of the element that was asked to be marked."""


def frame_document(
    html: str,
    *,
    inline: Callable[[str], str | None],
    pictures: Pictures = Pictures.EMBEDDED,
    is_inverted: bool = False,
    top: str = "",
    mark: tuple[int, int] | None = None,
    limits: FrameLimits | None = None,
) -> Frame:
    """The document of a mail's HTML. Never raises; time and memory grow with the source and end at the limits.

    inline: gives the address of the part with a content id (without angle brackets), None when there is none.
    is_inverted: the whole frame will be shown inverted, so images are inverted back.
    top: HTML of our own that comes first, for print.
    mark: line and column, both from 1, of a place in the source; the element whose start tag is the last one up to
        there is outlined and has the id `MARK`.
    """
    return _Writer(inline, pictures, is_inverted, top, mark, limits or FrameLimits()).write(html)


def frame_headers(*, images: str, pictures: Pictures = Pictures.EMBEDDED) -> dict[str, str]:
    """The response headers of such a document.

    images: the absolute URL, with a slash at the end, below which the message's own inline images lie; nothing else of
        this server may be asked for by the mail. "" allows none.
    """
    sources = {
        Pictures.NONE: "'none'",
        Pictures.EMBEDDED: f"{images} data:".strip(),
        Pictures.REMOTE: f"{images} data: https: http:".strip(),
    }
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; font-src data:; "
        f"img-src {sources[pictures]}; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Cache-Control": "private, no-store",
    }


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Left out with all that they hold, once their end tag is there; without one only the tag is left out.
_WITH_CONTENT = _names("svg math object applet template portal fencedframe")
# The tokenizer reads what these hold as text, so it comes as one token.
_WITH_TEXT = _names("script iframe noembed noframes title")
# The tag is left out, the content stays: a form's fields, a video's words for programs that show none.
_TAG_ONLY = _names("form audio video track link base meta embed frame frameset bgsound param slot plaintext canvas")
_VOID = _names("area br col hr img input source wbr")
_OPTIONAL_END = _names("p li td th tr dt dd option optgroup tbody thead tfoot colgroup caption html head body")
_RAW_TEXT = _names("xmp listing")
_REMOTE_KINDS = {
    "link": ("href", "style sheet"),
    "script": ("src", "script"),
    "iframe": ("src", "frame"),
    "frame": ("src", "frame"),
    "embed": ("src", "object"),
    "object": ("data", "object"),
    "audio": ("src", "media"),
    "video": ("src", "media"),
    "track": ("src", "media"),
    "bgsound": ("src", "media"),
}
_DROPPED_ATTRIBUTES = _names(
    "action formaction formtarget formmethod ping manifest lowsrc dynsrc longdesc cite profile codebase "
    "classid archive code data srcdoc sandbox target rel referrerpolicy nonce integrity crossorigin "
    "autofocus accesskey download is slot http-equiv contenteditable tabindex popover popovertarget"
)
_DANGEROUS = _names("javascript vbscript data file blob filesystem about view-source livescript mocha")
_NAME = re.compile(r"[a-z][a-z0-9:._-]{0,63}\Z", re.ASCII)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.ASCII | re.IGNORECASE)
_CSS_REMOTE = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s;]{1,2000})""", re.IGNORECASE)
_CSS_CID = re.compile(r"""url\(\s*(["']?)cid:([^"'()\s]{1,998})\1\s*\)""", re.IGNORECASE)
_NOSCRIPT = re.compile(r"</?noscript(?:[\s/][^>]{0,200})?>", re.IGNORECASE)
_TAG_LIKE = re.compile(r"<(?=[a-zA-Z/!?])")
_IGNORED_IN_URLS = dict.fromkeys((*range(33), 127))
_TINY = re.compile(r"\s*[01](?:\.0*)?(?:px)?\s*\Z", re.IGNORECASE)
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?:\s+[\d.]+[wxh])*\s*(?:,|$)")
_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark", re.IGNORECASE)
# Not in the condition of a media query, and not a greatest width.
_FIXED_WIDTH = re.compile(r"(?<![\w(-])(?:min-)?width\s*:\s*(\d{1,5})(?:\.\d{1,9})?px", re.IGNORECASE)
_BOXES = _names("table td th col div")
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


class _Writer:
    """One pass over one document."""

    def __init__(
        self,
        inline: Callable[[str], str | None],
        pictures: Pictures,
        is_inverted: bool,
        top: str,
        mark: tuple[int, int] | None,
        limits: FrameLimits,
    ) -> None:
        self._inline = inline
        self._pictures = pictures
        self._is_inverted = is_inverted
        self._top = top
        self._mark = mark
        self._marked = -1  # index in `_out` of the start tag to be marked
        self._limits = limits
        self._out: list[str] = []
        self._ends: Counter[str] = Counter()  # end tags still to come of those whose content is left out
        self._open: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._depth = 0
        self._hidden = ""  # name of the element whose content is being left out
        self._hidden_depth = 0
        self._text_of = ""  # name of the raw-text element the next text token belongs to
        self._has_head = False
        self._remote: dict[str, Remote] = {}
        self._remote_count = 0
        self._links: dict[str, None] = {}
        self._refused: dict[str, None] = {}
        self._taken_out: Counter[str] = Counter()
        self._missing_alt = 0
        self._has_dark = False
        self._fixed_width = 0
        self._is_flattened = False

    def write(self, html: str) -> Frame:
        is_cut = len(html) > self._limits.characters
        # Scripts never run in the frame, so what stands for browsers without them is content; the tokenizer would take
        # it for text and is not shown the tags. Whatever this joins is only tokenized afterwards.
        html = _NOSCRIPT.sub("", html[: self._limits.characters].replace("\x00", ""))
        lowered = html.lower()
        self._ends = Counter({name: lowered.count(f"</{name}") for name in _WITH_CONTENT})
        del lowered
        for number, token in enumerate(tokenize(html)):
            if number >= self._limits.tokens:
                is_cut = True
                break
            self._take(token)
        self._head()
        self._write_mark()
        return Frame(
            html="".join(self._out),
            remote=tuple(self._remote.values()),
            remote_count=self._remote_count,
            links=tuple(self._links),
            refused=tuple(self._refused),
            taken_out=tuple(self._taken_out.most_common(20)),
            missing_alt=self._missing_alt,
            has_dark=self._has_dark,
            fixed_width=self._fixed_width,
            is_flattened=self._is_flattened,
            is_cut=is_cut,
        )

    def _take(self, token: Token) -> None:
        kind = token.type
        if kind == TokenType.TEXT:
            self._text(token.data or "")
        elif kind == TokenType.START_TAG:
            written = len(self._out)
            self._start(token.tag or "", dict(token.attrs or ()))
            if self._mark and len(self._out) > written and (token.line, token.col + 1) <= self._mark:
                self._marked = len(self._out) - 1
        elif kind == TokenType.END_TAG:
            self._end(token.tag or "")
        elif kind == TokenType.DOCTYPE and not self._out:
            self._doctype(token)

    def _write_mark(self) -> None:
        """An id of the element's own gives way: an element has one, and the frame is shown at this one."""
        if self._marked >= 0:
            tag = _ID.sub("", self._out[self._marked]).removesuffix(">")
            self._out[self._marked] = f'{tag} id="{MARK}" data-cx-mark="">'

    def _doctype(self, token: Token) -> None:
        """Kept, because table layouts look different without it or with an old one."""
        public = token.public_id or ""
        if (token.name or "").lower() == "html":
            is_known = _PUBLIC_ID.match(public) is not None
            self._out.append(f'<!DOCTYPE html PUBLIC "{public}">' if is_known else "<!DOCTYPE html>")

    def _head(self) -> None:
        if not self._has_head:
            self._has_head = True
            inverted = _STYLE_INVERTED if self._is_inverted else ""
            self._out.append(f'<meta charset="utf-8"><style>{_STYLE}{inverted}</style>{self._top}')

    def _text(self, data: str) -> None:
        owner, self._text_of = self._text_of, ""
        if self._hidden or owner in _WITH_TEXT or not data:
            return
        if owner == "style":
            self._out.append(self._style(data, is_element=True))
            return
        if not data.isspace():
            self._head()
        self._out.append(escape(data, quote=False))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._hidden:
            self._hidden_depth += name == self._hidden
            return
        self._head()
        self._text_of = name
        self._note_remote(name, attributes)
        if name == "meta":
            self._meta(attributes)
        elif name in _WITH_CONTENT:
            self._taken_out[name] += 1
            if self._ends[name] > 0:
                self._hidden, self._hidden_depth = name, 1
        elif name in _WITH_TEXT or name in _TAG_ONLY:
            if name != "title":
                self._taken_out[name] += 1
        elif _NAME.match(name):
            self._write_start("pre" if name in _RAW_TEXT else name, attributes)

    def _write_start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _VOID and name not in _OPTIONAL_END:
            if self._depth >= self._limits.depth:
                self._is_flattened = True
                self._skipped[name] += 1
                return
            self._depth += 1
        if name not in _VOID:
            self._open[name] += 1
        self._out.append(f"<{name}{self._attributes(name, attributes)}>")

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
        """Only the one that says which colour schemes the mail is made for; charset and refresh are ours to say."""
        named = attributes.get("name", "").lower()
        content = attributes.get("content", "")
        if named in {"color-scheme", "supported-color-schemes"} and _SAFE_SCHEMES.match(content):
            self._has_dark = self._has_dark or "dark" in content.lower()
            self._out.append(f'<meta name="{named}" content="{content}">')
        elif attributes.get("http-equiv", "").strip().lower() == "refresh":
            self._taken_out["meta refresh"] += 1

    def _attributes(self, name: str, attributes: dict[str, str]) -> str:
        written: dict[str, str] = {}
        for key, value in attributes.items():
            if key.startswith(("on", "data-cx")) or key in _DROPPED_ATTRIBUTES or not _NAME.match(key):
                continue
            if key == "style":
                written[key] = self._style(value, is_element=False)
            elif key not in {"href", "src", "srcset", "background", "poster", "xlink:href"}:
                written[key] = value
        self._addresses(name, attributes, written)
        width = attributes.get("width", "").strip().removesuffix("px")
        if name in _BOXES and width.isascii() and width.isdigit() and len(width) < 6:
            self._fixed_width = max(self._fixed_width, int(width))
        return "".join(f' {key}="{escape(value)}"' for key, value in written.items())

    def _addresses(self, name: str, attributes: dict[str, str], written: dict[str, str]) -> None:
        if name in {"a", "area"} and "href" in attributes:
            written |= self._link(attributes["href"])
        if name in {"img", "input", "source"}:
            self._image(name, attributes, written)
        if "background" in attributes and (address := self._picture(attributes["background"], "background")):
            written["background"] = address

    def _link(self, given: str) -> dict[str, str]:
        address = given.translate(_IGNORED_IN_URLS) if _SCHEME.match(given.translate(_IGNORED_IN_URLS)) else given
        address = address.strip()
        if address.startswith("#"):
            return {"href": address}
        scheme = _SCHEME.match(address)
        if (scheme is None and not address.startswith("//")) or (scheme and scheme[1].lower() in _DANGEROUS):
            _remember(self._refused, given[:2000], self._limits.listed)
            why = "Dangerous address, taken out" if scheme else "No absolute address"
            return {"data-cx": "refused", "title": f"{why}: {given[:200]}"}
        _remember(self._links, address, self._limits.listed)
        return {"href": address, "target": "_blank", "rel": "noopener noreferrer"}

    def _image(self, name: str, attributes: dict[str, str], written: dict[str, str]) -> None:
        if name == "img" and "alt" not in attributes:
            self._missing_alt += 1
        is_tiny = all(_TINY.match(attributes.get(side, "")) for side in ("width", "height"))
        address = self._picture(attributes["src"], "image", is_tiny=is_tiny) if "src" in attributes else None
        if address:
            written["src"] = address
        elif "src" in attributes and not is_tiny:
            written["data-cx"] = "blocked"
        candidates = [found[1] for found in _CANDIDATE.finditer(attributes.get("srcset", ""))]
        shown = [self._picture(candidate, "image") for candidate in candidates]
        if shown and shown == candidates:  # an inline image has one size, so nobody lists it here
            written["srcset"] = attributes["srcset"]

    def _picture(self, given: str, kind: str, *, is_tiny: bool = False) -> str | None:
        """The address an image may be fetched from, None when it is none or not allowed now."""
        address = given.translate(_IGNORED_IN_URLS).strip()
        lowered = address[:6].lower()
        if lowered.startswith("cid:"):
            return self._inline(unquote(address[4:])) if self._pictures is not Pictures.NONE else None
        if lowered.startswith("data:"):
            return address if self._pictures is not Pictures.NONE else None
        if lowered.startswith(("http:", "https:", "//")):
            self._found_remote(address, kind, is_tiny=is_tiny)
            return address if self._pictures is Pictures.REMOTE else None
        return None

    def _style(self, css: str, *, is_element: bool) -> str:
        self._has_dark = self._has_dark or _DARK.search(css) is not None
        self._fixed_width = max((self._fixed_width, *(int(found[1]) for found in _FIXED_WIDTH.finditer(css))))
        for found in _CSS_REMOTE.finditer(css):
            self._found_remote(found[1], "CSS")
        css = _CSS_CID.sub(lambda found: f'url("{self._inline(unquote(found[2])) or ""}")', css)
        if is_element:
            css = _TAG_LIKE.sub("", css.replace("<!--", " ").replace("-->", " "))
        return css

    def _note_remote(self, name: str, attributes: dict[str, str]) -> None:
        attribute, kind = _REMOTE_KINDS.get(name, ("", ""))
        address = attributes.get(attribute, "").strip() if attribute else ""
        if address[:6].lower().startswith(("http:", "https:", "//")):
            self._found_remote(address, kind)

    def _found_remote(self, url: str, kind: str, *, is_tiny: bool = False) -> None:
        if url in self._remote:
            return
        self._remote_count += 1
        if len(self._remote) < self._limits.listed:
            self._remote[url] = Remote(url=url[:2000], kind=kind, is_tiny=is_tiny)


def _remember(seen: dict[str, None], entry: str, limit: int) -> None:
    if len(seen) < limit:
        seen[entry] = None
