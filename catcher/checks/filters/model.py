"""Results of spam filters."""

from dataclasses import dataclass
from typing import Protocol

from catcher.envelope import Envelope
from catcher.errors import CatcherError
from catcher.mime import Octets


class SpamError(CatcherError, OSError):
    """The spam filter cannot be reached, or its response is invalid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamRule:
    """A rule that matched. score: points it adds, negative for a sign of legitimate mail."""

    name: str
    score: float
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamVerdict:
    """The verdict of a filter, in its own points. rules: highest score first.

    action: of rspamd ("no action", "add header", "reject", …), "" for others.
    """

    score: float
    threshold: float
    is_spam: bool
    rules: tuple[SpamRule, ...] = ()
    action: str = ""


class SpamService(Protocol):
    """A spam filter."""

    @property
    def name(self) -> str:
        """Display name."""
        ...

    async def ask(self, octets: Octets, envelope: Envelope) -> SpamVerdict:
        """Return the filter's verdict. Raises SpamError."""
        ...


def by_points(rules: list[SpamRule]) -> tuple[SpamRule, ...]:
    """Return the rules, highest score first."""
    return tuple(sorted(rules, key=lambda rule: (-rule.score, rule.name)))
