"""What a spam filter says, as values."""

from dataclasses import dataclass
from typing import Protocol

from catcher.envelope import Envelope
from catcher.errors import CatcherError
from catcher.mime import Octets


class SpamError(CatcherError, OSError):
    """The spam filter could not be asked or answered nonsense. The message is short and for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamRule:
    """A rule that matched. score: points it adds, below 0 when it speaks for the message."""

    name: str
    score: float
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamVerdict:
    """score and threshold in the filter's points; is_spam as the filter sees it; rules by points, the most first.

    action: what rspamd would do ("no action", "add header", "reject", …), "" for others.
    """

    score: float
    threshold: float
    is_spam: bool
    rules: tuple[SpamRule, ...] = ()
    action: str = ""


class SpamService(Protocol):
    """A spam filter. name: for people."""

    @property
    def name(self) -> str: ...
    async def ask(self, octets: Octets, envelope: Envelope) -> SpamVerdict:
        """The filter's verdict. Raises SpamError."""
        ...


def by_points(rules: list[SpamRule]) -> tuple[SpamRule, ...]:
    """The rules in the one order they are shown in."""
    return tuple(sorted(rules, key=lambda rule: (-rule.score, rule.name)))
