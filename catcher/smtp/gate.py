"""The seam for faults made on purpose: a gate is asked at each stage of a dialogue what to do there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Stage(Enum):
    """Where the gate is asked, and with what."""

    CONNECT = "connect"
    """Before the greeting, with the client's address."""
    HELO = "helo"
    """HELO, EHLO, LHLO, with the name given."""
    AUTH = "auth"
    """Before credentials are judged, with the user's name."""
    MAIL = "mail"
    """MAIL, with what followed it."""
    RCPT = "rcpt"
    """RCPT, with what followed it."""
    DATA = "data"
    """DATA or the first BDAT, before any content."""
    CONTENT = "content"
    """All content is here, before it is handed over; with the reverse-path."""
    QUIT = "quit"
    """QUIT, with nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What happens at a stage: wait `delay` seconds, then drop the connection or give `reply`, else go on as usual.

    reply: the whole line without its end, for example "451 4.3.0 Try later"; "" for none.
    """

    reply: str = ""
    delay: float = 0.0
    drop: bool = False


Gate: TypeAlias = Callable[[Stage, str], Awaitable[Verdict | None] | Verdict | None]
"""Asked with the stage and its value; None lets pass. It may answer at once or be awaited."""
