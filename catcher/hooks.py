"""The seam for faults made on purpose: a gate is asked at each stage of an SMTP dialogue what to do there."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from catcher.envelope import Client


class Stage(Enum):
    """Where the gate is asked."""

    CONNECT = "connect"
    """Before the greeting."""
    HELO = "helo"
    """HELO, EHLO, LHLO."""
    AUTH = "auth"
    """Before credentials are judged."""
    MAIL = "mail"
    """MAIL."""
    RCPT = "rcpt"
    """RCPT, once for each recipient."""
    DATA = "data"
    """DATA, before any content."""
    CONTENT = "content"
    """All content is here, by DATA or BDAT, before it is handed over."""
    QUIT = "quit"
    """QUIT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is known when the gate is asked.

    value: what the stage is about: the client's address, the name given in HELO, the user's name, what followed MAIL or
        RCPT, the reverse-path for CONTENT, else "".
    reverse_path: of the transaction, None before MAIL. recipients: those accepted so far.
    """

    stage: Stage
    value: str
    client: Client
    reverse_path: str | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What happens at a stage: wait `delay` seconds, then drop the connection or give `reply`, else go on as usual.

    reply: the whole line without its end, for example "451 4.3.0 Try later"; "" for none.
    """

    reply: str = ""
    delay: float = 0.0
    drop: bool = False


class Gate(Protocol):
    """Whoever makes faults. Used on the event loop."""

    @property
    def is_armed(self) -> bool:
        """Whether there is anything to ask; while not, dialogues cost nothing more. Must be quick."""
        ...

    async def judge(self, occasion: Occasion) -> Verdict | None:
        """None lets pass."""
        ...


class Rules(Protocol):
    """What a gate may go by. Used on the event loop; must be quick."""

    @property
    def is_armed(self) -> bool:
        """See `Gate`."""
        ...

    def judge(self, occasion: Occasion) -> Verdict | None:
        """None lets pass."""
        ...


class LateGate:
    """A gate that lets everything pass until it has rules, which take heavier imports than SMTP does."""

    def __init__(self) -> None:
        self.behind: Rules | None = None

    @property
    def is_armed(self) -> bool:
        """See `Gate`."""
        return self.behind is not None and self.behind.is_armed

    async def judge(self, occasion: Occasion) -> Verdict | None:
        """See `Gate`."""
        return self.behind.judge(occasion) if self.behind is not None else None
