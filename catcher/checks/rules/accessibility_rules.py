"""Accessibility rules, one function for each subject. Source: WCAG 2.2, as far as inline styles show."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import turbohtml

from catcher.checks.model import Severity
from catcher.checks.parse.html import HtmlPart, excerpt
from catcher.checks.parse.styles import ComputedStyles, contrast, hexadecimal

MIN_CONTRAST = 4.5
"""Minimum contrast of text (WCAG 2.2, 1.4.3); `MIN_CONTRAST_LARGE` from 24 pixels, or bold from 18.66."""
MIN_CONTRAST_LARGE = 3.0
MIN_FONT_SIZE = 12.0
"""Pixels below which text is too small to read on a phone."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|svg|bmp)\Z", re.IGNORECASE)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")
_VAGUE_WORDS = (
    "click here|here|click|tap here|more|read more|learn more|link|this link|this|details|go|see more|continue|"
    "download|hier|hier klicken|klicken sie hier|mehr|weiterlesen|mehr erfahren|ici|cliquez ici|en savoir plus|"
    "plus|aquí|aqui|haz clic aquí|más|leer más|clique aqui|qui|clicca qui|klik hier"
)
_VAGUE = frozenset(_VAGUE_WORDS.split("|"))


class RenderedPart:
    """A part with its visible elements: index, element and computed style of each."""

    def __init__(self, part: HtmlPart, styles: ComputedStyles) -> None:
        self.part = part
        self.visible = tuple(
            (index, element, style)
            for index, (element, style) in enumerate(zip(part.elements, styles.of, strict=True))
            if not style.is_hidden
        )


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. element: its index; attribute: the faulty one, "" when the whole element is.

    severity: None for that of the rule.
    """

    rule: str
    text: str
    element: int
    attribute: str = ""
    severity: Severity | None = None


def _languages(page: RenderedPart) -> Iterator[Violation]:
    found = [(index, e) for index, e in enumerate(page.part.elements) if e.attr("lang") is not None]
    for index, element in found:
        lang = (element.attr("lang") or "").strip()
        if lang and not _LANGUAGE.match(lang):
            text = f"“{excerpt(lang)}” is no language."
            yield Violation("lang-invalid", text, element=index, attribute="lang")
    if not any((element.attr("lang") or "").strip() for _, element in found):
        text = "The HTML does not say its language, so that screen readers guess how to pronounce it."
        yield Violation("lang-missing", text, element=0)


def _titles(page: RenderedPart) -> Iterator[Violation]:
    title = page.part.tree.select_one("head > title")
    if title is None or not title.text.strip():
        text = "The HTML has no title, which is read out when the mail opens in a browser."
        yield Violation("title-missing", text, element=0)


def _directions(page: RenderedPart) -> Iterator[Violation]:
    body = page.part.tree.select_one("body")
    text = body.text[:20_000] if body is not None else ""
    letters = len(_LETTER.findall(text))
    if letters and len(_RIGHT_TO_LEFT.findall(text)) > letters / 2 and page.part.tree.select_one("[dir]") is None:
        sentence = "The text runs from right to left, but the HTML does not say so."
        yield Violation("dir-missing", sentence, element=0)


def _images(page: RenderedPart) -> Iterator[Violation]:
    for index, element, _ in page.visible:
        if element.tag not in ("img", "area") and not (element.tag == "input" and element.attr("type") == "image"):
            continue
        attributes = page.part.attributes[index]
        alt = attributes.get("alt")
        if (
            alt is None
            and not attributes.get("aria-label")
            and attributes.get("aria-hidden") != "true"
            and "presentation" not in attributes.get("role", "")
        ):
            text = "An image has no alternative text; with images off there is nothing in its place."
            yield Violation("alt-missing", text, element=index)
        elif alt and _FILE_NAME.match(alt.strip()):
            text = f"The alternative text is a file name: {excerpt(alt)}"
            yield Violation("alt-file-name", text, element=index, attribute="alt")


def _links(page: RenderedPart) -> Iterator[Violation]:
    for index, element, _ in page.visible:
        if element.tag != "a" or element.attr("href") is None:
            continue
        name = _name_of(element)
        if not name:
            text = "A link has no text that could be read out."
            yield Violation("link-unnamed", text, element=index)
        elif name.lower().strip(" .!»›>→:") in _VAGUE:
            text = f"The link “{excerpt(name)}” does not say where it leads when it is read alone."
            yield Violation("link-vague", text, element=index)


def _name_of(element: turbohtml.Element) -> str:
    """Return the accessible name of a link. Visits at most 200 elements inside it."""
    for name in ("aria-label", "title"):
        if (label := (element.attr(name) or "").strip()) != "":
            return label
    text = " ".join(element.text[:1_000].split())
    if text:
        return text
    for number, inner in enumerate(element.iter_elements()):
        if number > 200:
            break
        label = (inner.attr("alt") or inner.attr("aria-label") or "").strip()
        if label:
            return label
    return ""


def _headings(page: RenderedPart) -> Iterator[Violation]:
    last = 0
    for index, element, _ in page.visible:
        if len(element.tag) != 2 or element.tag[0] != "h" or element.tag[1] not in "123456":
            continue
        level = int(element.tag[1])
        if last and level > last + 1:
            text = f"A heading of level {level} follows one of level {last}; the levels between are missing."
            yield Violation("heading-order", text, element=index)
        if not element.text.strip() and not any(inner.attr("alt") for inner in element.iter_elements("img")):
            yield Violation("heading-empty", "A heading is empty.", element=index)
        last = level


def _tables(page: RenderedPart) -> Iterator[Violation]:
    """Yield layout tables without role: of these a screen reader reads out row and column of every cell."""
    with_heads = {_table_above(element) for element in page.part.elements if element.tag in ("th", "caption")}
    for index, element, _ in page.visible:
        if element.tag != "table":
            continue
        role = (element.attr("role") or "").strip().lower()
        if not role and element not in with_heads and not element.attr("summary") and not element.attr("aria-label"):
            text = "A table without headings does not say whether it is for layout; screen readers count its cells."
            yield Violation("table-role", text, element=index)
        elif role in ("presentation", "none") and element in with_heads:
            text = "A table has headings but says that it is for layout only."
            yield Violation("table-role-wrong", text, element=index)


def _table_above(element: turbohtml.Element) -> turbohtml.Node | None:
    node: turbohtml.Node | None = element.parent
    for _ in range(6):
        if node is None or (isinstance(node, turbohtml.Element) and node.tag == "table"):
            return node
        node = node.parent
    return None


def _texts(page: RenderedPart) -> Iterator[Violation]:
    for index, element, style in page.visible:
        if element.tag in ("style", "script", "title", "option") or not _has_text(element):
            continue
        if style.size < MIN_FONT_SIZE:
            text = f"Text has {style.size:.3g} pixels; below {MIN_FONT_SIZE:g} it is hard to read on a phone."
            yield Violation("font-small", text, element=index)
        if style.background is None or not (style.color_is_set or style.background_is_set):
            continue
        ratio = contrast(style.color, style.background)
        is_large = style.size >= 24 or (style.is_bold and style.size >= 18.66)
        if ratio < (MIN_CONTRAST_LARGE if is_large else MIN_CONTRAST):
            text = f"{hexadecimal(style.color)} on {hexadecimal(style.background)} has a contrast of {ratio:.1f}:1."
            severity = Severity.ERROR if ratio < MIN_CONTRAST_LARGE else Severity.WARNING
            yield Violation("contrast", text, element=index, severity=severity)


def _has_text(element: turbohtml.Element) -> bool:
    """Return whether the element itself has text, not only its descendants."""
    return any(
        isinstance(child, turbohtml.Text) and not child.text.isspace() and child.text for child in element.children
    )


def _motions(page: RenderedPart) -> Iterator[Violation]:
    for index, element, _ in page.visible:
        if element.tag in ("marquee", "blink"):
            text = f"<{element.tag}> moves by itself and cannot be stopped."
            yield Violation("motion", text, element=index)
        content = (element.attr("content") or "").replace(" ", "").lower() if element.tag == "meta" else ""
        if "user-scalable=no" in content or "user-scalable=0" in content or "maximum-scale=1" in content.split(","):
            yield Violation("zoom-off", "The HTML forbids to zoom.", element=index, attribute="content")


RULES: tuple[Callable[[RenderedPart], Iterator[Violation]], ...] = (
    _languages,
    _titles,
    _directions,
    _images,
    _links,
    _headings,
    _tables,
    _texts,
    _motions,
)
"""All rules, in the order in which they are applied."""
