"""Style sheets and style attributes of a message, parsed once for every check that reads them."""

from dataclasses import dataclass

from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.css import (
    Budget,
    Node,
    NodeKind,
    Positions,
    StyleSheet,
    sheets_of,
    walk_declarations,
    walk_sheet,
)
from catcher.checks.parse.html import HtmlPart


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSheet:
    """A style element with its items in document order."""

    sheet: StyleSheet
    items: tuple[tuple[NodeKind, Node], ...]

    def offsets(self) -> Positions:
        """Return the positions of nodes, relative to the style sheet."""
        return Positions(self.sheet.text)


class ParsedSheets:
    """The style elements of all HTML parts, within the budget of a message."""

    def __init__(self, mail: CheckedMail) -> None:
        self._budget = Budget()
        self._by_part: dict[str, tuple[ParsedSheet, ...]] = {}
        for part in mail.html_parts:
            sheets = sheets_of(part, self._budget)
            self._by_part[part.part_id] = tuple(
                ParsedSheet(sheet=sheet, items=tuple(walk_sheet(sheet.text))) for sheet in sheets
            )

    def of(self, part: HtmlPart) -> tuple[ParsedSheet, ...]:
        """Return the style sheets of one part."""
        return self._by_part[part.part_id]

    def budget(self) -> Budget:
        """Return a copy of the remaining budget."""
        return self._budget.copy()


def parsed_sheets(mail: CheckedMail) -> ParsedSheets:
    """Return the message's style elements, parsed once."""
    return mail.once(ParsedSheets)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedStyle:
    """The examined text of a style attribute with its items in order."""

    text: str
    items: tuple[tuple[NodeKind, Node], ...]

    def offsets(self) -> Positions:
        """Return the positions of nodes in the attribute's value."""
        return Positions(self.text)


class ParsedStyles:
    """The distinct style attributes of all HTML parts, within the budget that the style elements leave."""

    def __init__(self, mail: CheckedMail) -> None:
        self._budget = parsed_sheets(mail).budget()
        self._by_value: dict[str, ParsedStyle] = {}
        for part in mail.html_parts:
            for attributes in part.attributes:
                self._parse(attributes.get("style", ""))

    def of(self, value: str) -> ParsedStyle:
        """Return the parsed value of a style attribute; empty beyond the budget."""
        return self._by_value.get(value, _EMPTY)

    def budget(self) -> Budget:
        """Return a copy of the budget that remains for linked style sheets."""
        return self._budget.copy()

    def _parse(self, value: str) -> None:
        if value and value not in self._by_value and (text := self._budget.take(value)):
            self._by_value[value] = ParsedStyle(text=text, items=tuple(walk_declarations(text)))


_EMPTY = ParsedStyle(text="", items=())


def parsed_styles(mail: CheckedMail) -> ParsedStyles:
    """Return the message's style attributes, parsed once."""
    return mail.once(ParsedStyles)
