"""What one process has done with the mail that clients offered, counted since the start."""

from collections.abc import Iterable, MutableSequence
from dataclasses import dataclass
from pathlib import Path

NUMBERS = 4
"""How many numbers a tally is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts at one moment.

    accepted, accepted_octets: messages that were kept, and their size. ignored: acknowledged and not kept, because they
    were there already. refused: recipients and messages that got a 4xx or 5xx.
    """

    accepted: int
    accepted_octets: int
    ignored: int
    refused: int


class Tally:
    """Counts on. numbers: where the `NUMBERS` counts are, for instance in memory that processes share; of one's own
    when None. Only one process may count on them.
    """

    def __init__(self, numbers: "MutableSequence[int] | memoryview[int] | None" = None) -> None:
        self.numbers = [0] * NUMBERS if numbers is None else numbers

    def accept(self, content: bytes | Path) -> None:
        """A message was kept; its octets, or the file that still holds them."""
        self.numbers[0] += 1
        self.numbers[1] += len(content) if isinstance(content, bytes) else content.stat().st_size

    def ignore(self) -> None:
        """A message was acknowledged and not kept."""
        self.numbers[2] += 1

    def refuse(self) -> None:
        """A recipient or a message was refused."""
        self.numbers[3] += 1


def totals(tallies: Iterable[Tally]) -> Totals:
    """The sums of all of them."""
    accepted, octets, ignored, refused = map(sum, zip(*(tally.numbers for tally in tallies), strict=True))
    return Totals(accepted=accepted, accepted_octets=octets, ignored=ignored, refused=refused)
