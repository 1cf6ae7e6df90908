"""The hook that is called at each stage of an SMTP dialogue; fault injection is built on it."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from catcher.envelope import Client


class Stage(Enum):
    """A point of the dialogue at which the hook is called."""

    CONNECT = "connect"
    """Before the greeting."""
    HELO = "helo"
    """HELO, EHLO, LHLO."""
    AUTH = "auth"
    """Before credentials are verified."""
    MAIL = "mail"
    """MAIL."""
    RCPT = "rcpt"
    """RCPT, once for each recipient."""
    DATA = "data"
    """DATA, before any content."""
    CONTENT = "content"
    """All content has been received, by DATA or BDAT, and is about to be delivered."""
    QUIT = "quit"
    """QUIT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookContext:
    """The state of the dialogue when the hook is called.

    value: depends on the stage: the client's address, the name given in HELO, the user name, the argument of MAIL
        or RCPT, the reverse-path for CONTENT, else "".
    reverse_path: of the transaction, None before MAIL. recipients: those accepted so far.
    """

    stage: Stage
    value: str
    client: Client
    reverse_path: str | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HookAction:
    """The hook's decision: wait `delay` seconds, then drop the connection or send `reply`, else go on as usual.

    reply: the whole line without CRLF, for example "451 4.3.0 Try later"; "" for none.
    """

    reply: str = ""
    delay: float = 0.0
    drop: bool = False


class Hook(Protocol):
    """A hook. Called on the event loop; must not block."""

    @property
    def is_armed(self) -> bool:
        """Whether the hook needs to be called at all; while it is False, dialogues pay nothing for it."""
        ...

    def act(self, context: HookContext) -> HookAction | None:
        """Decide what happens at this stage; None lets the dialogue go on."""
        ...


class LateHook:
    """A hook that does nothing until `target` is set: fault rules need heavier imports than the SMTP listener."""

    def __init__(self) -> None:
        self.target: Hook | None = None

    @property
    def is_armed(self) -> bool:
        """See `Hook`."""
        return self.target is not None and self.target.is_armed

    def act(self, context: HookContext) -> HookAction | None:
        """See `Hook`."""
        return self.target.act(context) if self.target is not None else None
