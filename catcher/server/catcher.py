"""Builds a catcher from its settings, starts it and stops it. Read `start` top to bottom; `stop` is the reverse.

The SMTP listener opens before the web and database code is even imported, so that a test suite can connect at once;
mail that arrives that early waits for the store, and its 250 with it.
"""

import asyncio
import contextlib
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from catcher import __version__
from catcher.conf import Origin, Settings, effective_settings
from catcher.counters import Counters
from catcher.envelope import Envelope
from catcher.errors import MessageRefused, StoreUnavailable
from catcher.hooks import LateHook
from catcher.paths import database_file
from catcher.server import options as wiring
from catcher.server.http import Site, http_socket, site_url
from catcher.server.session_log import Observer
from catcher.smtp import SmtpServer
from catcher.smtp.debug import Printer
from catcher.threads import LazyValue, Threads, parsers

if TYPE_CHECKING:
    from catcher.checks import Checker
    from catcher.faults import FaultRules
    from catcher.intake import Intake
    from catcher.pop3 import Pop3Server
    from catcher.relay import RelayOutbox, Relays, WebhookSender
    from catcher.store import AsyncStore, Store
    from catcher.web import InstanceInfo, Services

log = logging.getLogger("catcher")

CHECKING = 2
"""Threads of the checks."""
STOP_SECONDS = 3.0
"""How long dialogues and requests may go on after a stop was asked for; the whole stop stays below five seconds."""

RETENTION_SECONDS = 5.0
"""How long at most a message outlives its limits."""

RETENTION_PAUSE = 0.25
"""Seconds from one look at the limits to the next while mail pours in: each look keeps new mail waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a running catcher is found.

    smtp, lmtp, pop3: addresses as "host:port" or "unix:/path".
    url: of the pages, with the webroot, "" on a Unix socket. database: for people, "" when nothing is kept.
    """

    smtp: tuple[str, ...]
    url: str
    database: str
    lmtp: tuple[str, ...] = ()
    pop3: tuple[str, ...] = ()


class Catcher:
    """A whole catcher in the running event loop. `start` raises StartError, one line for whoever started it.

    origins: where each setting came from, as `conf.load` gives them, for the page that shows them.
    """

    def __init__(self, settings: Settings, *, origins: Mapping[str, Origin] | None = None) -> None:
        self._settings = settings
        self._origins = origins or {}
        self._undo = contextlib.AsyncExitStack()
        self._doors: list[Callable[[], Awaitable[None]]] = []
        self._threads = Threads()
        self._parsers = parsers()
        self._started_at = datetime.now(UTC)
        self._opened: _Opened | None = None
        self._intake: asyncio.Future[Intake] | None = None
        self._store: Store | None = None
        self._whereabouts: Whereabouts | None = None
        self._counters = Counters()
        self._hook = LateHook()
        self._observer = Observer()
        self._outbox: RelayOutbox | None = None
        self._faults: FaultRules | None = None

    @property
    def whereabouts(self) -> Whereabouts:
        """Where it is found; only after `open`, and its POP3 server only after `start`."""
        if self._whereabouts is None:
            raise RuntimeError("not open")
        return self._whereabouts

    @property
    def store(self) -> "Store":
        """The store, for those that run a catcher inside their own process; only after `start`."""
        if self._store is None:
            raise RuntimeError("not started")
        return self._store

    async def open(self) -> None:
        """Open the listeners of SMTP and of the site, so that clients can connect; SMTP answers them from now on.

        What needs the store waits for `start`: the 250 of a message, and every answer of the site. On failure
        everything that was opened is closed again.
        """
        await self._or_stop(self._open())

    async def start(self) -> None:
        """Open the listeners unless they are, then the store, then the site. On failure all is closed again."""
        await self._or_stop(self._start())

    async def _or_stop(self, opening: Awaitable[None]) -> None:
        try:
            await opening
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close the listeners, commit what was accepted, close the store. Safe to call twice.

        All listeners close at once, each with its grace, so that the whole takes no longer than the slowest of them.
        """
        doors, self._doors = self._doors, []
        for failure in await asyncio.gather(*(close() for close in doors), return_exceptions=True):
            if isinstance(failure, Exception):
                log.error("A listener did not close as it should", exc_info=failure)
        await self._undo.aclose()

    async def _open(self) -> None:
        settings, undo = self._settings, self._undo
        self._intake = asyncio.get_running_loop().create_future()
        undo.callback(self._threads.close)
        undo.callback(self._parsers.close)
        database = undo.enter_context(_database(settings))
        http = undo.enter_context(http_socket(settings.listen))
        if settings.faults or settings.chaos_triggers:
            await self._set_up_faults()  # before the listener opens: the first client meets them
        smtp = SmtpServer(
            self._deliver,
            options=wiring.smtp_options(settings),
            hook=self._hook,
            threads=self._threads,
            observe=self._observer.note,
            user_password=self._inbox_password,
            counters=self._counters,
        )
        await smtp.start()
        self._doors.append(partial(smtp.stop, grace=STOP_SECONDS))
        self._opened = _Opened(database, http, smtp)
        self._whereabouts = Whereabouts(
            smtp=tuple(where.address for where in smtp.listening if where.protocol == "smtp"),
            lmtp=tuple(where.address for where in smtp.listening if where.protocol == "lmtp"),
            url=site_url(http, settings.listen, webroot=settings.webroot, is_secure=bool(settings.ui_tls_cert)),
            database=database.shown,
        )

    async def _start(self) -> None:
        if self._opened is None:
            await self._open()
        assert self._opened is not None  # noqa: S101
        assert self._whereabouts is not None  # noqa: S101
        settings = self._settings
        database, http, smtp = self._opened.database, self._opened.http, self._opened.smtp
        await self._threads.run(_import_the_rest)
        from catcher.web import InstanceInfo, ListenerInfo

        store = await self._open_store(database.url)
        pop3 = await self._open_pop3(store)
        tls = await self._threads.run(wiring.web_tls, settings)
        facts = InstanceInfo(
            version=__version__,
            label=settings.label,
            started_at=self._started_at,
            database=database.shown,
            listening=tuple(
                ListenerInfo(protocol=where.protocol, address=where.address, security=where.security)
                for where in smtp.listening
            )
            + tuple(ListenerInfo(protocol="pop3", address=where, security=pop3.security) for where in pop3.addresses()),
            max_message_octets=settings.max_message_size,
            max_messages=settings.max,
            in_container=settings.container,
            ca_certificate=await self._threads.run(wiring.authority, settings),
            settings=effective_settings(settings, self._origins),
        )
        await self._open_site(http, store, facts, tls=tls)
        self._whereabouts = replace(self._whereabouts, pop3=tuple(pop3.addresses()))
        facts_of_start = {"version": __version__, "database": database.shown, "url": self._whereabouts.url}
        log.info("started", extra={**facts_of_start, "smtp": " ".join(smtp.addresses())})

    @property
    def _is_durable(self) -> bool:
        return self._settings.synchronous == "full" and not self._settings.ephemeral

    async def _set_up_faults(self) -> "FaultRules":
        self._faults = self._hook.target = await self._threads.run(wiring.fault_rules, self._settings)
        return self._faults

    async def _deliver(self, envelope: Envelope, content: bytes | Path) -> str:
        """Hand mail to the intake; what comes in before there is one waits for it."""
        assert self._intake is not None  # noqa: S101 - set before the listener opens
        intake = self._intake.result() if self._intake.done() else await asyncio.shield(self._intake)
        store_id = await intake.deliver(envelope, content)
        if not store_id:
            self._counters.ignore()
            return store_id
        if self._outbox is not None and (refusal := await self._outbox.first_reply(store_id)):
            raise MessageRefused(refusal.text, code=refusal.code)
        self._counters.accept(content)
        return store_id

    async def _inbox_password(self, user: str) -> str:
        """The password of the inbox that somebody logs in to by its name; "" when none was made of that name."""
        assert self._intake is not None  # noqa: S101 - set before the listener opens
        await asyncio.shield(self._intake)
        assert self._store is not None  # noqa: S101 - set before there is an intake
        inbox = await self._threads.run(self._store.explicit_inbox, user)
        return "" if inbox is None else inbox.password

    async def _open_store(self, url: str) -> "AsyncStore":
        from catcher.intake import Intake
        from catcher.store import AsyncStore, Store

        assert self._intake is not None  # noqa: S101
        self._store = await self._threads.run(Store.open, url, durable=self._is_durable)
        self._undo.push_async_callback(self._threads.run, self._store.close)
        store = AsyncStore(self._store, self._threads)
        tagging = await self._threads.run(wiring.tagging, self._settings)
        sorting = wiring.sorting(self._settings)
        intake = Intake(
            store,
            threads=self._parsers,
            tagging=tagging,
            sorting=sorting,
            use_message_dates=self._settings.use_message_dates,
            ignore_duplicates=self._settings.ignore_duplicate_ids,
        )
        self._intake.set_result(intake)
        keeping = asyncio.create_task(self._keep_within_limits(store))
        self._undo.push_async_callback(_cancel, keeping)
        observing = asyncio.create_task(self._observer.keep(store))
        self._undo.push_async_callback(self._observer.flush, store)
        self._undo.push_async_callback(_cancel, observing)
        return store

    async def _keep_within_limits(self, store: "AsyncStore") -> None:
        """Retention, in small steps: soon after mail has come in, and every few seconds for the sake of age."""
        settings = self._settings
        arrived = asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(arrived.set)

        unwatch = store.events.on_commit(tell)
        try:
            while True:
                arrived.clear()
                begun = loop.time()
                now = datetime.now(UTC)
                try:
                    while await store.retain(max_messages=settings.max, max_age=settings.max_age, now=now):
                        pass
                    await store.empty_bin(before=now - settings.bin if settings.bin else None)
                except StoreUnavailable as error:
                    log.warning("Old messages could not be deleted and are tried again: %s", error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(arrived.wait(), RETENTION_SECONDS)
                await asyncio.sleep(begun + RETENTION_PAUSE - loop.time())
        finally:
            unwatch()

    async def _open_pop3(self, store: "AsyncStore") -> "Pop3Server":
        """The POP3 server; without an address it listens nowhere."""
        from catcher.pop3 import Pop3Server

        server = Pop3Server(store, options=wiring.pop3_options(self._settings), threads=self._threads)
        if self._settings.pop3 is not None:
            await server.start()
            self._doors.append(partial(server.stop, grace=STOP_SECONDS))
        return server

    async def _open_relays(self, store: "AsyncStore") -> "tuple[Relays, WebhookSender, Callable[[], Awaitable[None]]]":
        """The ways out, each tried as far as that goes without connecting, and how to end them. Raises SettingError."""
        from catcher.relay import RelayOutbox, Relays
        from catcher.web import summary_json

        relays = [wiring.relay(name, settings) for name, settings in self._settings.all_relays.items()]
        for relay in relays:
            await self._threads.run(relay.check)
        running = Relays(relays, store=store.blocking)
        rules = [wiring.rule(rule, running) for rule in self._settings.all_rules]
        webhooks = wiring.webhooks(self._settings, summary_json)
        outbox = RelayOutbox(running, rules, store=store.blocking, threads=self._threads, webhooks=webhooks)

        async def end() -> None:
            """Cut what is being sent; the outbox notes that it is to be sent later."""
            await asyncio.gather(outbox.stop(grace=STOP_SECONDS), self._threads.run(running.close))

        self._doors.append(end)
        await outbox.start()
        self._outbox = outbox
        return running, webhooks, end

    async def _open_site(
        self, http: socket.socket, store: "AsyncStore", facts: "InstanceInfo", *, tls: ssl.SSLContext | None
    ) -> None:
        from catcher.web import Services, create_app

        assert self._intake is not None  # noqa: S101
        settings = self._settings
        options = wiring.web_options(settings)
        if options.is_public:
            log.warning("%s is reachable by others and asks for no password", settings.listen)
        relays, webhooks, end_relays = await self._open_relays(store)
        # few threads of their own: a heavy mail must keep neither the loop nor who reads the store from its turn
        checking = Threads(CHECKING, name="checks")
        self._undo.push_async_callback(self._threads.run, checking.close)
        checks = LazyValue(partial(wiring.checker, settings, checking), threads=self._threads)
        if settings.check_clients or settings.zone_file:
            await checks()  # these settings can be wrong, and a wrong one stops the start
        services = Services(
            store=store,
            intake=self._intake.result(),
            threads=self._threads,
            facts=facts,
            relays=relays,
            webhooks=webhooks,
            checks=checks,
            faults=self._faults or await self._set_up_faults(),
            sorting=wiring.sorting(settings),
            has_metrics=settings.enable_prometheus,
            has_chaos=settings.enable_chaos or bool(settings.chaos_triggers),
            hides_delete_all=settings.hide_delete_all_button,
            ignores_duplicates=settings.ignore_duplicate_ids,
            has_spam_filter=bool(settings.spamassassin or settings.rspamd),
            totals=self._counters.totals,
        )
        app = create_app(services, options)
        await self._open_metrics(services)
        site = Site(app, tls=tls, is_compressed=options.is_compressed)

        async def end() -> None:
            """News and relays first: who waits for them is told, instead of holding up the end."""
            app.state.hub.close()
            await end_relays()
            await site.stop(grace=STOP_SECONDS)

        self._doors[self._doors.index(end_relays)] = end
        await site.start(http)

    async def _open_metrics(self, services: "Services") -> None:
        """The numbers on an address of their own."""
        from catcher.web import metrics_app

        if self._settings.metrics_listen is None:
            return
        listener = self._undo.enter_context(http_socket(self._settings.metrics_listen))
        site = Site(metrics_app(services), tls=None, is_compressed=False)
        self._doors.append(partial(site.stop, grace=STOP_SECONDS))
        await site.start(listener)
        log.info("metrics", extra={"address": str(self._settings.metrics_listen)})


@contextlib.contextmanager
def checker_of(settings: Settings) -> "Iterator[Checker]":
    """The checks as these settings want them, without a server. Raises SettingError."""
    threads = Threads(CHECKING, name="checks")
    try:
        yield wiring.checker(settings, threads)
    finally:
        threads.close()


def debugging_server(settings: Settings, stream: TextIO) -> SmtpServer:
    """An SMTP server on the settings' address that prints every message to the stream and keeps none."""
    return SmtpServer(Printer(stream), options=wiring.smtp_options(settings))


@dataclass(frozen=True, slots=True)
class _Database:
    url: str
    shown: str


@dataclass(frozen=True, slots=True)
class _Opened:
    database: _Database
    http: socket.socket
    smtp: SmtpServer


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[_Database]:
    """The database's URL; of an ephemeral one the file is gone afterwards."""
    if settings.ephemeral:
        from catcher.server.temp_database import ephemeral_directory

        with ephemeral_directory() as directory:
            yield _Database(_sqlite_url(directory / "catcher.db"), "")
    elif "://" in settings.database:
        shown = re.sub(r"(password=)[^&]*", r"\1***", settings.database.rsplit("@", 1)[-1])
        yield _Database(settings.database, shown)
    else:
        path = database_file(settings.database)
        yield _Database(_sqlite_url(path), str(path))


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.absolute()}"


def _import_the_rest() -> None:
    """Import database and web code; in a thread, so that the SMTP listener answers meanwhile."""
    import uvicorn  # noqa: F401

    import catcher.intake
    import catcher.relay
    import catcher.web  # noqa: F401


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
