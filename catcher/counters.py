"""Counters of the mail that clients offered since the start."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The counters at one moment.

    accepted, accepted_octets: messages that were kept, and their size. ignored: acknowledged and not kept, because they
    were stored already. refused: recipients and messages that got a 4xx or 5xx reply.
    """

    accepted: int
    accepted_octets: int
    ignored: int
    refused: int


class Counters:
    """Running counters; they belong to the event loop."""

    def __init__(self) -> None:
        self._accepted = self._accepted_octets = self._ignored = self._refused = 0

    def accept(self, content: bytes | Path) -> None:
        """Count a message that was kept: its octets, or the file that still holds them."""
        self._accepted += 1
        self._accepted_octets += len(content) if isinstance(content, bytes) else content.stat().st_size

    def ignore(self) -> None:
        """Count a message that was acknowledged and not kept."""
        self._ignored += 1

    def refuse(self) -> None:
        """Count a recipient or a message that was refused."""
        self._refused += 1

    def totals(self) -> Totals:
        """Return the counters as they stand."""
        return Totals(
            accepted=self._accepted,
            accepted_octets=self._accepted_octets,
            ignored=self._ignored,
            refused=self._refused,
        )
