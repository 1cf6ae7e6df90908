"""Features that a message uses, with their places, found in one pass over its HTML and CSS."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from catcher.checks.features.css import css_features
from catcher.checks.features.html import html_features, image_addresses, is_html5
from catcher.checks.features.images import part_image_feature
from catcher.checks.model import MAX_PLACES, FindingPlace
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.css import Budget, walk_sheet
from catcher.checks.parse.html import HtmlPart
from catcher.checks.parse.sheets import ParsedSheet, parsed_sheets, parsed_styles
from catcher.mime import part_octets

MAX_IMAGE = 10_000_000
"""Decoded octets of an image part whose format is detected."""


@dataclass(slots=True)
class Occurrences:
    """Number of uses of one feature, and the places of the first ones."""

    count: int = 0
    places: list[FindingPlace] = field(default_factory=list)


class Features:
    """Features by name, in the order of their first use. nodes: elements as Mailpit counts them, for its scores."""

    def __init__(self) -> None:
        self.by_name: dict[str, Occurrences] = {}
        self.nodes = 0
        self.is_cut = False

    def add(self, feature: str, part: HtmlPart, offset: int, element: int = -1) -> None:
        """Count a use, and keep its place when it is among the first."""
        found = self.by_name.setdefault(feature, Occurrences())
        found.count += 1
        if len(found.places) <= MAX_PLACES:
            found.places.append(part.place(offset, element))

    def needs_place(self, feature: str) -> bool:
        """Return whether another place would be kept."""
        found = self.by_name.get(feature)
        return found is None or len(found.places) <= MAX_PLACES

    def count(self, feature: str) -> None:
        """Count a use without its place."""
        self.by_name[feature].count += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSheet:
    """A linked style sheet that was fetched. element: index of its link element in the part."""

    part_id: str
    element: int
    address: str
    text: str


_NEVER_COUNTED = frozenset({"html", "head", "meta"})
_COUNTED_IN_DOCUMENTS = frozenset({"body", "title", "style", "link", "base"})
"""Elements that count only if the HTML is a whole document, with an end tag of its body."""


def find_features(mail: CheckedMail, linked: tuple[LinkedSheet, ...] = ()) -> Features:
    """Return every feature of the client tables that the message shows; never raises on any message.

    Uses in linked sheets have the place of their link element. Work is bounded by `css.Budget` and the limits
    of `document`.
    """
    features = Features()
    sheets, budget = parsed_sheets(mail), parsed_styles(mail).budget()
    for part in mail.html_parts:
        features.is_cut = features.is_cut or part.is_cut
        of_part = tuple(sheet for sheet in linked if sheet.part_id == part.part_id)
        _Pass(mail, part, features, budget).run(sheets.of(part), of_part)
    _of_message(mail, features)
    features.is_cut = features.is_cut or budget.is_spent
    return features


class _Pass:
    """The pass over one HTML part."""

    def __init__(self, mail: CheckedMail, part: HtmlPart, features: Features, budget: Budget) -> None:
        self._mail = mail
        self._part = part
        self._features = features
        self._inline: dict[str, tuple[tuple[str, int], ...]] = {}
        self._styles = parsed_styles(mail)
        self._budget = budget
        self._parts_by_id = mail.parts_by_content_id()
        self._formats: dict[str, str | None] = {}
        self._uncounted = _NEVER_COUNTED if "</body>" in part.text.lower() else _COUNTED_IN_DOCUMENTS | _NEVER_COUNTED

    def run(self, sheets: tuple[ParsedSheet, ...], linked: tuple[LinkedSheet, ...]) -> None:
        part, features = self._part, self._features
        if is_html5(part.doctype):
            features.add("html-doctype", part, part.text.lower().find("<!doctype"))
        for offset, _ in part.comments():
            features.add("html-comments", part, offset)
        for parsed in sheets:
            positions, sheet = parsed.offsets(), parsed.sheet
            for feature, node in css_features(parsed.items):
                self._add(feature, sheet.start + positions.of(node), sheet.element)
        for link in linked:
            for feature, _ in css_features(walk_sheet(self._budget.take(link.text))):
                self._add(feature, part.start_of(link.element), link.element)
        for element in range(len(part.elements)):
            self._element(element)

    def _add(self, feature: str, offset: int, element: int) -> None:
        if self._features.needs_place(feature):
            self._features.add(feature, self._part, offset, element)
        else:
            self._features.count(feature)

    def _element(self, element: int) -> None:
        part, features = self._part, self._features
        node = part.elements[element]
        if node.tag not in self._uncounted:
            features.nodes += 1
        for feature, attribute in self._of_element(element):
            if not features.needs_place(feature):
                features.count(feature)
            elif attribute:
                features.add(feature, part, part.attribute(element, attribute).start, element)
            else:
                features.add(feature, part, part.start_of(element), element)
        if style := part.attributes[element].get("style"):
            self._style(element, style)

    def _of_element(self, element: int) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        node = self._part.elements[element]
        for feature, attribute in html_features(self._part, element):
            if feature and feature not in seen:
                seen.add(feature)
                yield feature, attribute
        if node.tag in ("img", "input", "source", "video") or node.attr("background"):
            for name, address in image_addresses(node.tag, self._part.attributes[element]):
                if address[:4].lower() == "cid:" and (embedded := self._embedded(address[4:])):
                    yield embedded, name

    def _embedded(self, content_id: str) -> str | None:
        """Return the format of the image part with that Content-ID, looked into once."""
        if content_id not in self._formats:
            part = self._parts_by_id.get(content_id)
            small = part is not None and part.size <= MAX_IMAGE
            octets = part_octets(self._mail.octets, part) if part is not None and small else b""
            self._formats[content_id] = part_image_feature(part.media_type, octets) if part is not None else None
        return self._formats[content_id]

    def _style(self, element: int, style: str) -> None:
        uses = self._inline.get(style)
        if uses is None:
            uses = self._inline[style] = self._of_style(style)
        attribute = None
        for feature, index in uses:
            if not self._features.needs_place(feature):
                self._features.count(feature)
                continue
            attribute = attribute or self._part.attribute(element, "style")
            self._features.add(feature, self._part, attribute.offset(index), element)

    def _of_style(self, style: str) -> tuple[tuple[str, int], ...]:
        """Return the features of a style attribute's value with their offsets; none beyond the limit."""
        parsed = self._styles.of(style)
        positions = parsed.offsets()
        return tuple((feature, positions.of(node)) for feature, node in css_features(parsed.items))


def _of_message(mail: CheckedMail, features: Features) -> None:
    """Add the features outside the HTML: AMP parts and BIMI selectors."""
    amp = [part for part in mail.message.parts if part.media_type == "text/x-amp-html"]
    if amp:
        features.by_name["amp"] = Occurrences(
            len(amp), [FindingPlace(part_id=part.part_id) for part in amp[: MAX_PLACES + 1]]
        )
    if mail.field_bodies("BIMI-Selector"):
        features.by_name["bimi"] = Occurrences(1, [FindingPlace(excerpt="BIMI-Selector")])
