"""Counters of the mail that clients submitted since the start."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The counters at one moment.

    accepted, accepted_octets: messages that were stored, and their size. ignored: messages that were acknowledged but
    not stored, as duplicates. refused: recipients and messages with a 4xx or 5xx reply.
    """

    accepted: int
    accepted_octets: int
    ignored: int
    refused: int


class Counters:
    """Running counters, to be used on the event loop."""

    def __init__(self) -> None:
        self._accepted = self._accepted_octets = self._ignored = self._refused = 0

    def accept(self, content: bytes | Path) -> None:
        """Count a stored message. content: its octets, or the file that still contains them."""
        self._accepted += 1
        self._accepted_octets += len(content) if isinstance(content, bytes) else content.stat().st_size

    def ignore(self) -> None:
        """Count a message that was acknowledged but not stored."""
        self._ignored += 1

    def refuse(self) -> None:
        """Count a recipient or a message that was refused."""
        self._refused += 1

    def totals(self) -> Totals:
        """Return the current counters."""
        return Totals(
            accepted=self._accepted,
            accepted_octets=self._accepted_octets,
            ignored=self._ignored,
            refused=self._refused,
        )
