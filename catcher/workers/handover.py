"""What a worker is given to work with, so that it reads no file that may have changed since the first process did."""

import pickle
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catcher.conf import Settings
from catcher.smtp import Listener, SmtpOptions
from catcher.smtp.server import Place

if TYPE_CHECKING:  # imported after the listener has opened
    from catcher.intake import Tagging
    from catcher.store.labels.inbox_routing import Sorting


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is the same for all workers.

    settings: for the log. options: of the SMTP server, all of them values, so that they can be handed over. database:
    its URL. durable: see `Store.open`. grace: seconds that dialogues may go on after the end was asked for.
    """

    settings: Settings
    options: SmtpOptions
    database: str
    durable: bool
    tagging: "Tagging"
    sorting: "Sorting"
    use_message_dates: bool
    grace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The work, with the number of one worker, from 0, and the file descriptors that it inherits.

    board: those of the `Board`. listening: bound sockets, with what is spoken on each.
    """

    work: Work
    number: int
    board: tuple[int, int]
    listening: tuple[tuple[Listener, int], ...]

    @classmethod
    def of(cls, work: Work, *, number: int, board: tuple[int, int], places: Sequence[Place]) -> "Handover":
        """For a worker that serves these sockets."""
        listening = tuple((listener, bound.fileno()) for listener, bound in places)
        return cls(work=work, number=number, board=board, listening=listening)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """All that the worker has to inherit."""
        return (*self.board, *(descriptor for _, descriptor in self.listening))

    @property
    def places(self) -> list[Place]:
        """The sockets, in the worker."""
        return [(listener, socket.socket(fileno=descriptor)) for listener, descriptor in self.listening]

    def packed(self) -> bytes:
        """As octets, which hold passwords: only for the socket between the two processes."""
        return pickle.dumps(self)

    @staticmethod
    def unpacked(octets: bytes) -> "Handover":
        """From octets of the process that started this one; nobody else can write to that socket."""
        handover = pickle.loads(octets)  # noqa: S301
        assert isinstance(handover, Handover)  # noqa: S101 - for the type checker
        return handover
