"""Addresses in a message, with their places: links, images, style sheets, backgrounds, forms, plain text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from catcher.checks.features import image_addresses
from catcher.checks.model import MAX_PLACES, FindingPlace
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.css import Node, NodeKind, urls_in
from catcher.checks.parse.html import HtmlPart
from catcher.checks.parse.sheets import ParsedStyles, parsed_sheets, parsed_styles
from catcher.checks.urls.forms import fault_of_web, scheme_of
from catcher.mime import part_text
from catcher.mime.text.urls import url_in_attribute, urls_in_text

MAX_LINKS = 5_000
"""Occurrences of links in a message that are collected."""
MAX_TEXT = 1_000_000
"""Characters of a plain text that are searched."""


class LinkContext(StrEnum):
    """Element or text in which a link occurs."""

    ANCHOR = "anchor"
    AREA = "area"
    IMAGE = "image"
    BACKGROUND = "background"
    STYLESHEET = "stylesheet"
    CSS = "css"
    FORM = "form"
    RESOURCE = "resource"
    TEXT = "text"


FOLLOWED = (
    LinkContext.ANCHOR,
    LinkContext.AREA,
    LinkContext.IMAGE,
    LinkContext.BACKGROUND,
    LinkContext.STYLESHEET,
    LinkContext.CSS,
    LinkContext.TEXT,
)
"""Kinds of links that readers or mail programs request."""


class MailLink(Struct, frozen=True, kw_only=True):
    """One address. url: as written, stripped. text: visible text of the link, one line.

    places: the first ones; count: number of all.
    """

    url: str
    kind: LinkContext
    text: str = ""
    places: tuple[FindingPlace, ...] = ()
    count: int = 1


@dataclass(slots=True)
class MailLinks:
    """Distinct links in the order of their first place. is_cut: a limit was reached."""

    links: tuple[MailLink, ...] = ()
    is_cut: bool = False


def collect_links(mail: CheckedMail) -> MailLinks:
    """Return all links of the message's HTML and text bodies; never raises."""
    return mail.once(_collected)


def web_addresses(links: MailLinks) -> tuple[str, ...]:
    """Return the distinct, well-formed web addresses of a message in document order."""
    urls = (k.url for k in links.links if k.kind in FOLLOWED and scheme_of(k.url) in ("http", "https"))
    return tuple(dict.fromkeys(url for url in urls if not fault_of_web(url)))


def _collected(mail: CheckedMail) -> MailLinks:
    found: dict[tuple[str, LinkContext, str], MailLink] = {}
    styles = parsed_styles(mail)
    is_cut = False
    for number, link in enumerate(_all(mail, styles)):
        if number >= MAX_LINKS:
            is_cut = True
            break
        key = (link.url, link.kind, link.text)
        known = found.get(key)
        if known is None:
            found[key] = link
        else:
            places = known.places if len(known.places) > MAX_PLACES else known.places + link.places
            found[key] = replace(known, places=places, count=known.count + 1)
    cut_parts = any(part.is_cut for part in mail.html_parts)
    return MailLinks(tuple(found.values()), is_cut or styles.budget().is_spent or cut_parts)


def _all(mail: CheckedMail, styles: ParsedStyles) -> Iterator[MailLink]:
    for part in mail.html_parts:
        for parsed in parsed_sheets(mail).of(part):
            positions, sheet = parsed.offsets(), parsed.sheet
            for url, node in _of_css(parsed.items):
                yield _at(part, url, LinkContext.CSS, sheet.start + positions.of(node), sheet.element)
        for element in range(len(part.elements)):
            yield from _of_element(part, element, styles)
    for index in mail.message.text_parts:
        message_part = mail.message.parts[index]
        text = part_text(mail.octets, message_part)[:MAX_TEXT]
        yield from _of_text(HtmlPart(message_part.part_id, text, partial(mail.sent.of_text, message_part)))


def _at(part: HtmlPart, url: str, kind: LinkContext, offset: int, element: int, text: str = "") -> MailLink:
    return MailLink(url=url_in_attribute(url), kind=kind, text=text, places=(part.place(offset, element),))


def _of_css(items: Iterable[tuple[NodeKind, Node]]) -> Iterator[tuple[str, Node]]:
    for _, node in items:
        if node.type == "declaration":
            yield from urls_in(node.value)
        elif node.type == "at-rule" and node.lower_at_keyword == "import":
            for token in node.prelude:
                if token.type == "string":
                    yield token.value, token
            yield from urls_in(node.prelude)


_ATTRIBUTES = {
    "a": ("href", LinkContext.ANCHOR),
    "area": ("href", LinkContext.AREA),
    "form": ("action", LinkContext.FORM),
    "iframe": ("src", LinkContext.RESOURCE),
    "video": ("src", LinkContext.RESOURCE),
    "audio": ("src", LinkContext.RESOURCE),
    "embed": ("src", LinkContext.RESOURCE),
    "object": ("data", LinkContext.RESOURCE),
    "script": ("src", LinkContext.RESOURCE),
}


def _of_element(part: HtmlPart, element: int, styles: ParsedStyles) -> Iterator[MailLink]:
    node = part.elements[element]
    tag = node.tag
    attributes = part.attributes[element]
    if not attributes:
        return
    if tag in _ATTRIBUTES:
        name, kind = _ATTRIBUTES[tag]
        if name in attributes:
            text = _visible(node.text) if kind is LinkContext.ANCHOR else ""
            yield _at(part, attributes[name], kind, part.attribute(element, name).start, element, text)
    elif tag == "link" and "href" in attributes:
        is_sheet = "stylesheet" in attributes.get("rel", "").lower()
        kind = LinkContext.STYLESHEET if is_sheet else LinkContext.RESOURCE
        yield _at(part, attributes["href"], kind, part.attribute(element, "href").start, element)
    for name, address in image_addresses(tag, attributes):
        kind = LinkContext.BACKGROUND if name == "background" else LinkContext.IMAGE
        yield _at(part, address, kind, part.attribute(element, name).start, element)
    style = attributes.get("style", "")
    if "(" in style:
        parsed = styles.of(style)
        positions = parsed.offsets()
        for url, found in _of_css(parsed.items):
            yield _at(part, url, LinkContext.CSS, part.attribute(element, "style").offset(positions.of(found)), element)


def _visible(text: str) -> str:
    return " ".join(text[:2_000].split())[:200]


def _of_text(plain: HtmlPart) -> Iterator[MailLink]:
    """Yield the addresses in a plain text."""
    for start, _, url in urls_in_text(plain.text):
        yield MailLink(url=url, kind=LinkContext.TEXT, places=(plain.place(start),))
