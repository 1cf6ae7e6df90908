"""Opens the addresses that mail is taken on, and closes them. One server may listen on many, in different ways."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catcher.envelope import Session
from catcher.gate import Gate
from catcher.smtp.options import Listener, SmtpOptions
from catcher.smtp.protocol import CatcherSMTP
from catcher.smtp.proxied import ProxiedDoor
from catcher.smtp.reception import Deliver, OwnPassword, Reception
from catcher.smtp.sockets import bind
from catcher.smtp.spool import remove_leftovers
from catcher.sockets import shown
from catcher.threads import Threads

BACKLOG = 1024
TURNS = 5  # of the loop, at most, between the acceptance of a connection and its greeting
LEFTOVER_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """One address that really is listened on.

    protocol: "smtp" or "lmtp". address: "host:port", "[host]:port" or "unix:/path". security: "", "STARTTLS" or "TLS".
    """

    protocol: str
    address: str
    security: str


class SmtpServer:
    """Takes mail on every listener of the options and hands it to `deliver`; belongs to the loop it is started in.

    observe: told of each connection when it is over, in the loop; must be quick. gate: asked at each stage of a
    dialogue. threads: for what blocks, its own when None. own_password: of users that have one whatever the options
    say; without it there are none.
    """

    def __init__(
        self,
        deliver: Deliver,
        *,
        options: SmtpOptions,
        observe: Callable[[Session], None] | None = None,
        gate: Gate | None = None,
        threads: Threads | None = None,
        own_password: OwnPassword | None = None,
    ) -> None:
        self._deliver = deliver
        self._options = options
        self._observe = observe
        self._gate = gate
        self._threads = threads
        self._own_password = own_password or _no_password
        self._own_threads: Threads | None = None
        self._reception: Reception | None = None
        self._doors: list[asyncio.Server | ProxiedDoor] = []
        self._tidying: asyncio.Task[int] | None = None
        self._paths: list[Path] = []
        self._listening: list[Listening] = []

    @property
    def listening(self) -> tuple[Listening, ...]:
        """Where it really listens, port 0 resolved, in the order of the options; empty when it does not."""
        return tuple(self._listening)

    @property
    def refused(self) -> int:
        """How many recipients and messages have been refused since the start; 0 when it does not listen."""
        return self._reception.refused if self._reception is not None else 0

    def addresses(self) -> list[str]:
        """The addresses of `listening`."""
        return [listening.address for listening in self._listening]

    async def start(self) -> None:
        """Open every listener. Raises AddressInUse, and whatever the TLS provider raises; then nothing is left open."""
        if self._threads is None:
            self._own_threads = Threads(2, name="catcher-smtp")
        threads = self._threads or self._own_threads
        assert threads is not None  # noqa: S101 - for the type checker
        self._reception = Reception(
            self._deliver,
            options=self._options,
            hostname=self._options.hostname or socket.gethostname(),
            threads=threads,
            observe=self._observe,
            gate=self._gate,
            own_password=self._own_password,
        )
        try:
            context = self._options.tls() if self._options.tls is not None else None
            for listener in self._options.listeners:
                for bound in await bind(listener):
                    await self._open(listener, bound, context)
        except BaseException:
            await self.stop(grace=0)
            raise
        # Not waited for: nobody should wait for the sweeping of a directory to connect.
        self._tidying = asyncio.create_task(
            threads.run(remove_leftovers, self._options.spool_directory, older_than=LEFTOVER_SECONDS)
        )

    async def stop(self, *, grace: float) -> None:
        """Accept nobody any more, let messages in transfer come through within `grace` seconds, end all connections."""
        doors, self._doors = self._doors, []
        await _close(doors)
        if self._reception is not None:
            await self._reception.stop(grace=grace)
            self._reception = None
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._paths = []
        self._listening = []
        if self._tidying is not None:
            await self._tidying
            self._tidying = None
        if self._own_threads is not None:
            self._own_threads.close()
            self._own_threads = None

    async def _open(self, listener: Listener, bound: socket.socket, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        secure = context if listener.implicit_tls else None
        assert self._reception is not None  # noqa: S101 - for the type checker
        make = functools.partial(CatcherSMTP, self._reception, listener, tls=context)
        if listener.path:
            self._paths.append(Path(listener.path))
            self._doors.append(await loop.create_unix_server(make, sock=bound, ssl=secure, backlog=BACKLOG))
        elif self._options.trusted_proxies:
            door = ProxiedDoor(make, bound, tls=secure, trusted=self._options.trusted_proxies)
            door.open(BACKLOG)
            self._doors.append(door)
        else:
            self._doors.append(await loop.create_server(make, sock=bound, ssl=secure, backlog=BACKLOG))
        self._listening.append(
            Listening(
                protocol="lmtp" if listener.lmtp else "smtp",
                address=shown(bound),
                security="TLS" if secure else "STARTTLS" if context else "",
            )
        )


async def _close(doors: list[asyncio.Server | ProxiedDoor]) -> None:
    """Accept nobody any more.

    A connection that asyncio (up to 3.12) accepts in the same turn in which its server is closed would stay open for
    ever, known to nobody: so it is told to look at the sockets no more, and closes them when all accepted have arrived.
    """
    loop = asyncio.get_running_loop()
    if isinstance(loop, asyncio.SelectorEventLoop):
        for door in doors:
            if isinstance(door, asyncio.Server):
                for bound in door.sockets:
                    loop.remove_reader(bound.fileno())
        for _ in range(TURNS):
            await asyncio.sleep(0)
    for door in doors:
        door.close()


async def _no_password(user: str) -> str:
    return ""
