"""Style sheets of a message, parsed once for every check that reads them."""

from dataclasses import dataclass

from catcher.checks.css import Budget, Kind, Node, Positions, Sheet, sheets_of, walk_sheet
from catcher.checks.document import HtmlPart
from catcher.checks.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSheet:
    """A style element with everything in it, in document order."""

    sheet: Sheet
    items: tuple[tuple[Kind, Node], ...]

    def offsets(self) -> Positions:
        """Where each node stands, from the sheet's own start."""
        return Positions(self.sheet.text)


class ParsedSheets:
    """The style elements of all HTML parts, as far as the budget of a message goes."""

    def __init__(self, subject: Subject) -> None:
        self._budget = Budget()
        self._by_part: dict[str, tuple[ParsedSheet, ...]] = {}
        for part in subject.html_parts:
            sheets = sheets_of(part, self._budget)
            self._by_part[part.part_id] = tuple(
                ParsedSheet(sheet=sheet, items=tuple(walk_sheet(sheet.text))) for sheet in sheets
            )

    def of(self, part: HtmlPart) -> tuple[ParsedSheet, ...]:
        """Those of one part."""
        return self._by_part[part.part_id]

    def budget(self) -> Budget:
        """What is left for style attributes and linked sheets, for whoever goes on with it."""
        return self._budget.copy()


def parsed_sheets(subject: Subject) -> ParsedSheets:
    """The message's style elements, parsed when they are first asked for."""
    return subject.once(ParsedSheets)
