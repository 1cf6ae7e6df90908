"""Opens the addresses that mail is taken on, and closes them. One server may listen on many, in different ways."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from catcher.counters import Counters
from catcher.envelope import SmtpSession
from catcher.hooks import Hook
from catcher.net.sockets import shown
from catcher.smtp.bound_sockets import bind, bind_beside
from catcher.smtp.options import Listener, SmtpOptions
from catcher.smtp.protocol import CatcherSMTP
from catcher.smtp.proxy_listener import ProxiedDoor
from catcher.smtp.reception import Deliver, OwnPassword, Reception
from catcher.smtp.spool import remove_leftovers
from catcher.threads import Threads

BACKLOG = 1024
TURNS = 5  # of the loop, at most, between the acceptance of a connection and its greeting
LEFTOVER_SECONDS = 86_400.0

Door: TypeAlias = asyncio.Server | ProxiedDoor

Place: TypeAlias = tuple[Listener, socket.socket]
"""A bound socket and what is spoken on it."""


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

    observe: told of each connection when it is over, in the loop; must be quick. hook: asked at each stage of a
    dialogue. threads: for what blocks, its own when None. own_password: of users that have one whatever the options
    say; without it there are none. counters: what is refused is counted on it; the rest is for `deliver` to count.
    """

    def __init__(
        self,
        deliver: Deliver,
        *,
        options: SmtpOptions,
        observe: Callable[[SmtpSession], None] | None = None,
        hook: Hook | None = None,
        threads: Threads | None = None,
        own_password: OwnPassword | None = None,
        counters: Counters | None = None,
    ) -> None:
        self._deliver = deliver
        self.options = options
        self._observe = observe
        self._hook = hook
        self._threads = threads
        self._own_password = own_password or _no_password
        self._counters = counters or Counters()
        self._own_threads: Threads | None = None
        self._reception: Reception | None = None
        self._context: ssl.SSLContext | None = None
        self._places: list[Place] = []
        self._doors: list[Door] = []
        self._tidying: asyncio.Task[int] | None = None
        self._paths: list[Path] = []
        self._listening: list[Listening] = []

    @property
    def listening(self) -> tuple[Listening, ...]:
        """Where it really listens, port 0 resolved, in the order of the options; empty when it does not."""
        return tuple(self._listening)

    def addresses(self) -> list[str]:
        """The addresses of `listening`."""
        return [listening.address for listening in self._listening]

    async def start(self, places: Sequence[Place] = ()) -> None:
        """Open every listener, or listen on the sockets that are given. They are closed by `stop`.

        Raises AddressInUse, and whatever the TLS provider raises; then nothing is left open.
        """
        if self._threads is None:
            self._own_threads = Threads(2, name="catcher-smtp")
        threads = self._threads or self._own_threads
        assert threads is not None  # noqa: S101 - for the type checker
        self._reception = Reception(
            self._deliver,
            options=self.options,
            hostname=self.options.hostname or socket.gethostname(),
            threads=threads,
            observe=self._observe,
            hook=self._hook,
            own_password=self._own_password,
            counters=self._counters,
        )
        try:
            self._context = self.options.tls() if self.options.tls is not None else None
            for place in places:
                await self._open(place)
            for listener in self.options.listeners if not places else ():
                for bound in await bind(listener):
                    await self._open((listener, bound))
        except BaseException:
            await self.stop(grace=0)
            raise
        # Not waited for: nobody should wait for the sweeping of a directory to connect.
        self._tidying = asyncio.create_task(
            threads.run(remove_leftovers, self.options.spool_directory, older_than=LEFTOVER_SECONDS)
        )

    def beside(self) -> list[Place]:
        """One more socket on each TCP address; somebody has to serve them as soon as they listen. Raises OSError."""
        return [(listener, bind_beside(bound)) for listener, bound in self._places if not listener.path]

    async def serve(self, places: Sequence[Place]) -> Callable[[], Awaitable[None]]:
        """Serve these sockets besides one's own, until the result is called, which ends no connection.

        They stay open and listening, and are the caller's to close.
        """
        doors = [await self._door(listener, bound.dup()) for listener, bound in places]
        self._doors += doors

        async def leave() -> None:
            servers = [door for door in doors if not isinstance(door, ProxiedDoor) and door in self._doors]
            self._doors = [door for door in self._doors if door not in servers]
            await _close(servers)
            for door in doors:
                if isinstance(door, ProxiedDoor):
                    door.leave()  # those who are still at the header are closed with the others

        return leave

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
        self._places = []
        if self._tidying is not None:
            await self._tidying
            self._tidying = None
        if self._own_threads is not None:
            self._own_threads.close()
            self._own_threads = None

    async def _open(self, place: Place) -> None:
        listener, bound = place
        if listener.path:
            self._paths.append(Path(listener.path))
        self._doors.append(await self._door(listener, bound))
        self._places.append(place)
        security = "TLS" if listener.implicit_tls else "STARTTLS"
        self._listening.append(
            Listening(
                protocol="lmtp" if listener.lmtp else "smtp",
                address=shown(bound),
                security=security if self._context is not None else "",
            )
        )

    async def _door(self, listener: Listener, bound: socket.socket) -> Door:
        """Listen on the socket, which belongs to the result."""
        loop = asyncio.get_running_loop()
        secure = self._context if listener.implicit_tls else None
        assert self._reception is not None  # noqa: S101 - for the type checker
        make = functools.partial(CatcherSMTP, self._reception, listener, tls=self._context)
        if listener.path:
            return await loop.create_unix_server(make, sock=bound, ssl=secure, backlog=BACKLOG)
        if self.options.trusted_proxies:
            door = ProxiedDoor(make, bound, tls=secure, trusted=self.options.trusted_proxies)
            door.open(BACKLOG)
            return door
        return await loop.create_server(make, sock=bound, ssl=secure, backlog=BACKLOG)


async def _close(doors: Sequence[Door]) -> None:
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
