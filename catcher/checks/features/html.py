"""Features that elements, attributes and addresses of an HTML part show."""

import re
from collections.abc import Iterator

import turbohtml

from catcher.checks.features import tables
from catcher.checks.features.images import image_features, srcset_addresses
from catcher.checks.parse.html import HtmlPart

_HTML5_DOCTYPE = re.compile(r"doctype\s+html\s*$", re.IGNORECASE)
_SCRIPTS_THAT_ARE_DATA = ("application/json", "application/ld+json", "importmap", "speculationrules")
_FOREIGN = (turbohtml.Namespace.SVG, turbohtml.Namespace.MATHML)


def html_features(part: HtmlPart, element: int) -> Iterator[tuple[str, str]]:
    """Yield the features of one element, each with its attribute, "" for the element itself.

    Elements that the parser implied show none.
    """
    node = part.elements[element]
    tag = node.tag
    if node.source_line is None:
        return
    if node.namespace in _FOREIGN and tag != "svg":
        return
    attributes = part.attributes[element]
    for feature in tables.ELEMENTS.get(tag, ()):
        if feature != "html-script" or attributes.get("type", "").lower() not in _SCRIPTS_THAT_ARE_DATA:
            yield feature, ""
    if tag == "input":
        kind = attributes.get("type", "text").strip().lower()
        yield tables.INPUT_TYPES.get(kind, "html-input-text" if kind not in _OTHER_INPUTS else ""), ""
    elif tag == "button":
        yield tables.BUTTON_TYPES.get(attributes.get("type", "submit").strip().lower(), ""), ""
    elif tag == "meta" and attributes.get("name", "").strip().lower() in ("color-scheme", "supported-color-schemes"):
        yield "html-meta-color-scheme", ""
    if tag == "svg":
        return
    for name in attributes:
        for feature in tables.ATTRIBUTES.get(name, ()):
            yield feature, name
    yield from _of_addresses(tag, attributes)


_INPUT_WORDS = """
button color date datetime-local email file image month number password range search tel time url week
"""
_OTHER_INPUTS = frozenset(_INPUT_WORDS.split())


def _of_addresses(tag: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    target = attributes.get("href", "").strip()
    if tag in ("a", "area") and target:
        if target.startswith("#") and len(target) > 1:
            yield "html-anchor-links", "href"
        elif target[:7].lower() == "mailto:":
            yield "html-mailto-links", "href"
    for name, address in image_addresses(tag, attributes):
        for feature in image_features(address):
            yield feature, name


def image_addresses(tag: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield attribute name and address of each image of one element."""
    if tag in ("img", "input", "image") and "src" in attributes:
        yield "src", attributes["src"]
    if tag == "source" and attributes.get("type", "image/").startswith("image/") and "src" in attributes:
        yield "src", attributes["src"]
    if tag in ("img", "source") and "srcset" in attributes:
        for address in srcset_addresses(attributes["srcset"]):
            yield "srcset", address
    if tag == "video" and "poster" in attributes:
        yield "poster", attributes["poster"]
    if "background" in attributes:
        yield "background", attributes["background"]


def is_html5(doctype: str) -> bool:
    """Return whether the document type declaration is that of HTML5."""
    return _HTML5_DOCTYPE.match(doctype) is not None
