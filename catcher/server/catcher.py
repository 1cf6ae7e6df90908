"""A whole catcher from its settings: first its listeners, then everything behind them.

Read `open_listeners`, then `start_catcher`, top to bottom; stopping is the reverse. The SMTP listener opens before the
web and database code is imported, so that a test suite can connect at once; mail that arrives that early waits for the
store, and its 250 with it.
"""

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from catcher import __version__, checks, faults, intake, pop3, relay, server, store, web
from catcher.conf import Origin, Settings, effective_settings
from catcher.counters import Counters
from catcher.hooks import LateHook
from catcher.paths import database_file
from catcher.server import options
from catcher.server.http_socket import http_socket, site_url
from catcher.server.late_intake import LateIntake
from catcher.server.retention import enforce_limits
from catcher.server.session_log import SessionLog
from catcher.smtp import SmtpServer
from catcher.threads import LazyValue, Threads

log = logging.getLogger("catcher")

STOP_SECONDS = 3.0
"""How long dialogues and requests may take after a stop; the whole stop stays below five seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddresses:
    """The addresses of a catcher.

    smtp, lmtp, pop3: as "host:port" or "unix:/path". url: of the pages, with the webroot; "" on a Unix socket.
    database: for display, "" for an ephemeral one.
    """

    smtp: tuple[str, ...]
    lmtp: tuple[str, ...]
    url: str
    database: str
    pop3: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listeners:
    """Open listeners: SMTP answers, deliveries and HTTP requests wait for `start_catcher`."""

    settings: Settings
    addresses: ServerAddresses
    database_url: str
    smtp: SmtpServer
    http: socket.socket
    intake: LateIntake
    hook: LateHook
    fault_rules: "faults.FaultRules | None"
    counters: Counters
    session_log: SessionLog
    threads: Threads
    opened_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relaying:
    relays: "relay.Relays"
    webhooks: "relay.WebhookSender"
    outbox: "relay.RelayOutbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedCatcher:
    """A running catcher and its store, for use in the same process."""

    addresses: ServerAddresses
    store: "store.Store"


@contextlib.asynccontextmanager
async def run_catcher(settings: Settings, *, origins: Mapping[str, Origin]) -> AsyncIterator[StartedCatcher]:
    """Run a catcher for the length of the block. Raises StartError and SettingError.

    origins: the source of each setting, as `conf.load` returns them, for display.
    """
    async with open_listeners(settings) as listeners, start_catcher(listeners, origins=origins) as started:
        yield started


@contextlib.asynccontextmanager
async def open_listeners(settings: Settings) -> AsyncIterator[Listeners]:
    """Open the listeners of SMTP and of the site, so that clients can connect. Raises StartError and SettingError."""
    late_intake, hook, counters, session_log = LateIntake(), LateHook(), Counters(), SessionLog()
    with (
        contextlib.closing(Threads()) as threads,
        _database(settings) as (database_url, shown_database),
        http_socket(settings.listen) as http,
    ):
        fault_rules = None
        if settings.faults or settings.chaos_triggers:  # they apply to the first client already
            fault_rules = hook.target = await threads.run(options.fault_rules, settings)
        smtp = SmtpServer(
            late_intake.deliver,
            options=options.smtp_options(settings),
            hook=hook,
            threads=threads,
            observe=session_log.add,
            user_password=late_intake.inbox_password,
            counters=counters,
        )
        async with _running(smtp):
            addresses = ServerAddresses(
                smtp=tuple(each.address for each in smtp.listening if each.protocol == "smtp"),
                lmtp=tuple(each.address for each in smtp.listening if each.protocol == "lmtp"),
                url=site_url(http, settings.listen, webroot=settings.webroot, is_secure=bool(settings.ui_tls_cert)),
                database=shown_database,
            )
            yield Listeners(
                settings=settings,
                addresses=addresses,
                database_url=database_url,
                smtp=smtp,
                http=http,
                intake=late_intake,
                hook=hook,
                fault_rules=fault_rules,
                counters=counters,
                session_log=session_log,
                threads=threads,
            )


@contextlib.asynccontextmanager
async def start_catcher(listeners: Listeners, *, origins: Mapping[str, Origin]) -> AsyncIterator[StartedCatcher]:
    """Start everything behind the listeners; at the end stop it, and them. Raises StartError and SettingError."""
    settings, threads = listeners.settings, listeners.threads
    await threads.run(_import_rooms)
    async with (
        _open_store(listeners) as mail_store,
        _relaying(settings, mail_store, threads) as relaying,
        _accepting_mail(listeners, mail_store, relaying) as mail_intake,
        _pop3_server(settings, mail_store, threads) as pop3_server,
        _checker(settings, threads) as checker,
    ):
        fault_rules = listeners.fault_rules
        if fault_rules is None:
            fault_rules = listeners.hook.target = await threads.run(options.fault_rules, settings)
        services = web.Services(
            store=mail_store,
            intake=mail_intake,
            threads=threads,
            facts=await _instance_info(listeners, pop3_server, origins),
            relays=relaying.relays,
            webhooks=relaying.webhooks,
            checks=checker,
            faults=fault_rules,
            routing=options.inbox_routing(settings),
            extract_rules=options.extract_rules(settings),
            has_metrics=settings.enable_prometheus,
            has_chaos=settings.enable_chaos or bool(settings.chaos_triggers),
            hides_delete_all=settings.hide_delete_all_button,
            ignores_duplicates=settings.ignore_duplicate_ids,
            has_spam_filter=bool(settings.spamassassin or settings.rspamd),
            totals=listeners.counters.totals,
        )
        async with _metrics_server(settings, services) as metrics, _site(listeners, services) as (site, hub):
            addresses = replace(listeners.addresses, pop3=tuple(pop3_server.addresses()))
            facts = {"version": __version__, "database": addresses.database, "url": addresses.url}
            log.info("started", extra={**facts, "smtp": " ".join(listeners.smtp.addresses())})
            try:
                yield StartedCatcher(addresses=addresses, store=mail_store.blocking)
            finally:
                await _stop_together(
                    listeners.smtp.stop(grace=STOP_SECONDS),
                    pop3_server.stop(grace=STOP_SECONDS),
                    _stop_site(site, hub, relaying, threads),
                    *(each.stop(grace=STOP_SECONDS) for each in metrics),
                )


async def _stop_together(*stopping: Awaitable[None]) -> None:
    """Stop all listeners at once, each with its grace, so that the whole takes no longer than the slowest of them."""
    for failure in await asyncio.gather(*stopping, return_exceptions=True):
        if isinstance(failure, Exception):
            log.error("A listener did not stop cleanly", exc_info=failure)


@contextlib.asynccontextmanager
async def _open_store(listeners: Listeners) -> "AsyncIterator[store.AsyncStore]":
    """Open the store, with retention and the session log at work on it."""
    settings, threads, session_log = listeners.settings, listeners.threads, listeners.session_log
    is_durable = settings.synchronous == "full" and not settings.ephemeral
    opened = await threads.run(store.Store.open, listeners.database_url, durable=is_durable)
    mail_store = store.AsyncStore(opened, threads)
    retention = enforce_limits(mail_store, max_messages=settings.max, max_age=settings.max_age, bin=settings.bin)
    try:
        async with _background(retention), _background(session_log.write_all(mail_store)):
            yield mail_store
    finally:
        await session_log.flush(mail_store)
        await threads.run(opened.close)


@contextlib.asynccontextmanager
async def _relaying(settings: Settings, mail_store: "store.AsyncStore", threads: Threads) -> AsyncIterator[_Relaying]:
    """Start relays and webhooks, each checked as far as that is possible without connecting."""
    hosts = [options.relay_host(name, each) for name, each in settings.all_relays.items()]
    for host in hosts:
        await threads.run(host.check)
    relays = relay.Relays(hosts, store=mail_store.blocking)
    rules = [options.relay_rule(each, relays) for each in settings.all_rules]
    webhooks = options.webhook_sender(settings)
    outbox = relay.RelayOutbox(relays, rules, store=mail_store.blocking, threads=threads, webhooks=webhooks)
    try:
        await outbox.start()
        yield _Relaying(relays=relays, webhooks=webhooks, outbox=outbox)
    finally:
        await asyncio.gather(outbox.stop(grace=STOP_SECONDS), threads.run(relays.close))


@contextlib.asynccontextmanager
async def _accepting_mail(
    listeners: Listeners, mail_store: "store.AsyncStore", relaying: _Relaying
) -> "AsyncIterator[intake.Intake]":
    """Let SMTP deliver, until the end: the store closes later."""
    settings, threads = listeners.settings, listeners.threads
    # Large messages are parsed in threads of their own, so that they do not delay database reads.
    with contextlib.closing(Threads(2, name="catcher-parse")) as parser_threads:
        mail_intake = intake.Intake(
            mail_store,
            threads=parser_threads,
            tags=await threads.run(options.tag_options, settings),
            routing=options.inbox_routing(settings),
            use_message_dates=settings.use_message_dates,
            ignore_duplicates=settings.ignore_duplicate_ids,
            counters=listeners.counters,
            first_reply=relaying.outbox.first_reply,
        )
        listeners.intake.set(mail_intake)
        try:
            yield mail_intake
        finally:
            await listeners.smtp.stop(grace=STOP_SECONDS)


@contextlib.asynccontextmanager
async def _pop3_server(
    settings: Settings, mail_store: "store.AsyncStore", threads: Threads
) -> "AsyncIterator[pop3.Pop3Server]":
    """Start the POP3 server; without an address it listens nowhere."""
    pop3_server = pop3.Pop3Server(mail_store, options=options.pop3_options(settings), threads=threads)
    if settings.pop3 is None:
        yield pop3_server
    else:
        async with _running(pop3_server):
            yield pop3_server


@contextlib.asynccontextmanager
async def _checker(settings: Settings, threads: Threads) -> "AsyncIterator[LazyValue[checks.Checker]]":
    """Prepare the checks, in few threads of their own: a heavy message must not delay readers of the store."""
    check_threads = Threads(options.CHECK_THREADS, name="checks")
    try:
        checker = LazyValue(partial(options.checker, settings, check_threads), threads=threads)
        if settings.check_clients or settings.zone_file:
            await checker()  # a wrong value of these settings stops the start
        yield checker
    finally:
        await threads.run(check_threads.close)


async def _instance_info(
    listeners: Listeners, pop3_server: "pop3.Pop3Server", origins: Mapping[str, Origin]
) -> "web.InstanceInfo":
    settings, threads = listeners.settings, listeners.threads
    bound = [(each.protocol, each.address, each.security) for each in listeners.smtp.listening]
    bound += [("pop3", each, pop3_server.security) for each in pop3_server.addresses()]
    return web.InstanceInfo(
        version=__version__,
        label=settings.label,
        started_at=listeners.opened_at,
        database=listeners.addresses.database,
        listening=tuple(
            web.ListenerInfo(protocol=protocol, address=address, security=security)
            for protocol, address, security in bound
        ),
        max_message_octets=settings.max_message_size,
        max_messages=settings.max,
        in_container=settings.container,
        ca_certificate=await threads.run(options.ca_certificate, settings),
        settings=effective_settings(settings, origins),
    )


@contextlib.asynccontextmanager
async def _metrics_server(
    settings: Settings, services: "web.Services"
) -> "AsyncIterator[tuple[server.HttpServer, ...]]":
    """Serve the metrics on an address of their own, if there is one."""
    if settings.metrics_listen is None:
        yield ()
        return
    with http_socket(settings.metrics_listen) as listener:
        metrics = server.HttpServer(web.metrics_app(services), listener, tls=None, is_compressed=False)
        async with _running(metrics):
            log.info("metrics", extra={"address": str(settings.metrics_listen)})
            yield (metrics,)


@contextlib.asynccontextmanager
async def _site(listeners: Listeners, services: "web.Services") -> "AsyncIterator[tuple[server.HttpServer, web.Hub]]":
    """Serve the API and the pages."""
    settings = listeners.settings
    web_options = options.web_options(settings)
    if web_options.is_public:
        log.warning("%s is reachable from other machines without a password", settings.listen)
    app = web.create_app(services, web_options)
    tls = await listeners.threads.run(options.web_tls, settings)
    site = server.HttpServer(app, listeners.http, tls=tls, is_compressed=web_options.is_compressed)
    async with _running(site):
        yield site, app.state.hub


async def _stop_site(site: "server.HttpServer", hub: "web.Hub", relaying: _Relaying, threads: Threads) -> None:
    """Stop event streams and relays first: requests that wait for them are answered and do not delay the stop."""
    hub.close()
    await asyncio.gather(relaying.outbox.stop(grace=STOP_SECONDS), threads.run(relaying.relays.close))
    await site.stop(grace=STOP_SECONDS)


class _Server(Protocol):
    async def start(self) -> None: ...
    async def stop(self, *, grace: float) -> None: ...


@contextlib.asynccontextmanager
async def _running(server: _Server) -> AsyncIterator[None]:
    """Start a server and stop it at the end, if it has not been stopped before."""
    try:
        await server.start()
        yield
    finally:
        await server.stop(grace=STOP_SECONDS)


@contextlib.asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a coroutine as a task that is cancelled at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the database's URL and its name for display; an ephemeral database is deleted at the end."""
    if settings.ephemeral:
        with server.ephemeral_directory() as directory:
            yield _sqlite_url(directory / "catcher.db"), ""
    elif "://" in settings.database:
        yield settings.database, re.sub(r"(password=)[^&]*", r"\1***", settings.database.rsplit("@", 1)[-1])
    else:
        path = database_file(settings.database)
        yield _sqlite_url(path), str(path)


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.absolute()}"


def _import_rooms() -> None:
    """Import database and web code; in a thread, so that SMTP answers meanwhile."""
    for room, name in (
        (intake, "Intake"),
        (relay, "RelayOutbox"),
        (server, "HttpServer"),
        (store, "AsyncStore"),
        (web, "create_app"),
        (web, "metrics_app"),
    ):
        getattr(room, name)
