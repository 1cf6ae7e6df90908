"""Attributes and styles of the frame's document: addresses are resolved, blocked or disabled, and counted."""

import re
from collections.abc import Callable
from html import escape

from catcher.web.frame.model import FrameOptions, ImagePolicy, RemoteResource

NAME = re.compile(r"[a-z][a-z0-9:._-]{0,63}\Z", re.ASCII)
"""Names of elements and attributes that are kept."""


def name_set(names: str) -> frozenset[str]:
    """Return names that are separated by spaces as a set."""
    return frozenset(names.split())


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
_DROPPED = name_set(
    "action formaction formtarget formmethod ping manifest lowsrc dynsrc longdesc cite profile codebase "
    "classid archive code data srcdoc sandbox target rel referrerpolicy nonce integrity crossorigin "
    "attributionsrc autofocus accesskey download is slot http-equiv contenteditable tabindex popover popovertarget"
)
_ADDRESSES = name_set("href src srcset background poster xlink:href")
_DANGEROUS = name_set("javascript vbscript data file blob filesystem about view-source livescript mocha")
_BOXES = name_set("table td th col div")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.ASCII | re.IGNORECASE)
_CSS_REMOTE = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s;]{1,2000})""", re.IGNORECASE)
_CSS_URL = re.compile(r"""url\(\s*(["']?)([^"'()\s]{1,998})\1\s*\)""", re.IGNORECASE)
_TAG_START = re.compile(r"<(?=[^\s=\d])")
_IGNORED_IN_URLS = dict.fromkeys(range(33))
_TINY = re.compile(r"\s*[01](?:\.0*)?(?:px)?\s*\Z", re.IGNORECASE)
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])((?:\s+[\d.]+[wxh])*)\s*(?:,|$)")
_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark", re.IGNORECASE)
# Not the condition of a media query, and not a maximum width.
_FIXED_WIDTH = re.compile(r"(?<![\w(-])(?:min-)?width\s*:\s*(\d{1,5})(?:\.\d{1,9})?px", re.IGNORECASE)
_REMOTE_SCHEMES = ("http:", "https:", "//")


class AttributeRewriter:
    """Rewrites the attributes and styles of one document and records what it finds.

    inline: returns the address of the part that a URL of the mail names, None when there is none.
    """

    def __init__(self, inline: Callable[[str], str | None], options: FrameOptions) -> None:
        self._inline = inline
        self._policy = options.images
        self._listed = options.limits.listed
        self.remote: dict[str, RemoteResource] = {}
        self.remote_count = 0
        self.disabled_links: dict[str, None] = {}
        self.missing_alt = 0
        self.has_dark = False
        self.fixed_width = 0

    def rewrite(self, element: str, attributes: dict[str, str]) -> str:
        """Return the attributes of a start tag as HTML, with a space before each."""
        written: dict[str, str] = {}
        for key, value in attributes.items():
            if key.startswith(("on", "data-cx")) or key in _DROPPED or not NAME.match(key):
                continue
            if key == "style":
                written[key] = self.style(value)
            elif key not in _ADDRESSES:
                written[key] = value
        if element in {"a", "area"} and "href" in attributes:
            written |= self._link(attributes["href"])
        if element in {"img", "input", "source"}:
            self._image(element, attributes, written)
        if "background" in attributes and (address := self._image_address(attributes["background"], "background")):
            written["background"] = address
        width = attributes.get("width", "").strip().removesuffix("px")
        if element in _BOXES and width.isascii() and width.isdigit() and len(width) < 6:
            self.fixed_width = max(self.fixed_width, int(width))
        return "".join(f' {key}="{escape(value)}"' for key, value in written.items())

    def style(self, css: str) -> str:
        """Return CSS with the addresses of inline images, and record remote resources, dark styles and widths."""
        self.has_dark = self.has_dark or _DARK.search(css) is not None
        self.fixed_width = max((self.fixed_width, *(int(found[1]) for found in _FIXED_WIDTH.finditer(css))))
        for found in _CSS_REMOTE.finditer(css):
            self._add_remote(found[1], "CSS")
        return _CSS_URL.sub(self._css_url, css)

    def _css_url(self, found: re.Match[str]) -> str:
        address = self._inline(found[2])
        if address is None and not found[2][:4].lower().startswith("cid:"):
            return found[0]
        return f'url("{address or ""}")'

    def style_element(self, css: str) -> str:
        """Return the text of a style element, without anything that any parser state could take for a tag.

        Nothing is deleted, which could join what stands around it: "<" is written as an escape of CSS.
        """
        return _TAG_START.sub(r"\\3c ", self.style(css).replace("<!--", " ").replace("-->", " "))

    def record_remote(self, element: str, attributes: dict[str, str]) -> None:
        """Record the address of an element that loads a resource and is left out itself."""
        attribute, kind = _REMOTE_KINDS.get(element, ("", ""))
        address = attributes.get(attribute, "").strip() if attribute else ""
        if address[:6].lower().startswith(_REMOTE_SCHEMES):
            self._add_remote(address, kind)

    def _link(self, given: str) -> dict[str, str]:
        compact = given.translate(_IGNORED_IN_URLS)
        address = (compact if _SCHEME.match(compact) else given).strip()
        if address.startswith("#"):
            return {"href": address}
        scheme = _SCHEME.match(address)
        if (scheme is None and not address.startswith("//")) or (scheme and scheme[1].lower() in _DANGEROUS):
            if len(self.disabled_links) < self._listed:
                self.disabled_links[given[:2000]] = None
            reason = "Unsafe link, disabled" if scheme else "Relative link, leads nowhere in a mail"
            return {"data-cx": "refused", "title": f"{reason}: {given[:200]}"}
        return {"href": address, "target": "_blank", "rel": "noopener noreferrer"}

    def _image(self, element: str, attributes: dict[str, str], written: dict[str, str]) -> None:
        if element == "img" and "alt" not in attributes:
            self.missing_alt += 1
        is_tiny = all(_TINY.match(attributes.get(side, "")) for side in ("width", "height"))
        address = self._image_address(attributes["src"], "image", is_tiny=is_tiny) if "src" in attributes else None
        if address:
            written["src"] = address
        elif "src" in attributes and not is_tiny:
            written["data-cx"] = "blocked"
        candidates = list(_CANDIDATE.finditer(attributes.get("srcset", "")))
        allowed = [self._image_address(candidate[1], "image") for candidate in candidates]
        if candidates and None not in allowed:
            pairs = zip(allowed, candidates, strict=True)
            written["srcset"] = ", ".join(f"{address}{candidate[2]}" for address, candidate in pairs)

    def _image_address(self, given: str, kind: str, *, is_tiny: bool = False) -> str | None:
        """Return the address to load an image from; None when it is not an image's or the policy forbids it."""
        address = given.translate(_IGNORED_IN_URLS).strip()
        lowered = address[:6].lower()
        if found := self._inline(address):
            return None if self._policy is ImagePolicy.NONE else found
        if lowered.startswith(_REMOTE_SCHEMES):
            self._add_remote(address, kind, is_tiny=is_tiny)
            return address if self._policy is ImagePolicy.REMOTE else None
        return address if lowered.startswith("data:") and self._policy is not ImagePolicy.NONE else None

    def _add_remote(self, url: str, kind: str, *, is_tiny: bool = False) -> None:
        if url not in self.remote:
            self.remote_count += 1
            if len(self.remote) < self._listed:
                self.remote[url] = RemoteResource(url=url[:2000], kind=kind, is_tiny=is_tiny)
