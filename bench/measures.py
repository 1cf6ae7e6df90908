"""Measurements: each function starts the servers it needs and yields rows of figures."""

import contextlib
import os
import resource
import shlex
import smtplib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.api import Api
from bench.load import Load, send
from bench.mails import mail
from bench.servers import PLAIN, Recipe, Running, all_started, environment, started
from bench.table import Options, Row, alternate, quantile

INGEST = {
    "1.5 kB, 1 session": Load(kind="1.5 kB", messages=2000, sessions=1),
    "1.5 kB, 10 sessions": Load(kind="1.5 kB", messages=6000, sessions=10),
    "1.5 kB, 50 sessions": Load(kind="1.5 kB", messages=6000, sessions=50),
    "1.5 kB, one a connection": Load(kind="1.5 kB", messages=3000, sessions=10, per_connection=1),
    "25 kB, 10 sessions": Load(kind="25 kB", messages=2000, sessions=10),
    "1 MB, 10 sessions": Load(kind="1 MB", messages=120, sessions=10),
}


def ingest(options: Options) -> Iterator[Row]:
    """Yield messages per second and CPU microseconds a message for each load."""
    with all_started([*options.servers, PLAIN]) as servers:
        for server in servers:
            # The first messages pay for late imports.
            send(server.smtp, Load(kind="1.5 kB", messages=200, sessions=5))
            server.rest()
        for name, load in INGEST.items():
            scaled = replace(load, messages=max(options.scaled(load.messages), load.sessions))
            yield from alternate(
                servers,
                options.rounds,
                lambda server, name=name, load=scaled: _ingest_once(server, name, load),  # type: ignore[misc]
            )


def _ingest_once(server: Running, name: str, load: Load) -> Mapping[str, float]:
    before = server.cpu()
    sent = send(server.smtp, load)
    if sent.failures:
        raise RuntimeError(f"{server.recipe.name}: {sent.failures} of {load.messages} mails were not taken")
    spent = server.cpu() - before
    server.rest()
    return {f"{name}: mails/s": sent.rate, f"{name}: CPU µs/mail": spent / load.messages * 1e6}


def reads(options: Options) -> Iterator[Row]:
    """Yield p50 in ms of common requests for each size of the mailbox."""
    servers = [recipe for recipe in options.servers if recipe.paths]
    with contextlib.ExitStack() as stack:
        readers = [
            stack.enter_context(_Reader(server, stored))
            for stored in options.stored
            for server in stack.enter_context(all_started(servers, stored=stored))
        ]
        for name in [*servers[0].paths][1:]:
            yield from alternate(
                [reader for reader in readers if name in reader.paths],
                options.rounds,
                lambda reader, name=name: {  # type: ignore[misc]
                    f"{name}, {reader.stored:,} stored: p50 ms": quantile(
                        reader.timed(reader.paths[name], options.scaled(100)), 50
                    )
                },
            )
        kept = [reader for reader in readers if "info" in reader.paths]
        yield from alternate(kept, 1, lambda reader: reader.cold_pages(options.scaled(100)))


class _Reader(Api):
    """A client of a server with a filled mailbox, and the paths it requests."""

    def __init__(self, server: Running, stored: int) -> None:
        super().__init__(server.http)
        self.name = server.name
        self.stored = stored
        self._server = server
        self.paths = {
            name: path.format(newest=self._newest(), half=stored // 2, third=stored // 3)
            for name, path in server.recipe.paths.items()
        }

    def _newest(self) -> str:
        listed = self.get(self._server.recipe.paths["ready"])
        newest: str = listed["messages"][0]["ID"] if "messages" in listed else listed["items"][0]["id"]
        return newest

    def cold_pages(self, number: int) -> Mapping[str, float]:
        """Return p99 in ms of pages at evenly spaced depths, none of whose octets the system has in its cache."""
        seconds = []
        for turn in range(number):
            for path in self._server.directory.iterdir():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            seconds += self.timed(f"/api/v1/messages?limit=50&start={self.stored * turn // number}", 1)
        return {f"deep page, cold, {self.stored:,} stored: p99 ms": quantile(seconds, 99)}


def start(options: Options) -> Iterator[Row]:
    """Yield ms from the start with an empty directory until SMTP greets and the API answers, and CPU ms until then."""

    def once(recipe: Recipe) -> Mapping[str, float]:
        with started(recipe) as server:
            figures = {"start: SMTP greets, ms": server.smtp_ready * 1000, "start: CPU ms": server.cpu() * 1000}
            return figures | ({"start: API answers, ms": server.http_ready * 1000} if recipe.paths else {})

    yield from alternate([*options.servers, PLAIN], options.rounds, once)


def sendmail(options: Options) -> Iterator[Row]:
    """Yield CPU ms of the command that sends a message, and of the interpreter that does nothing."""
    servers = [recipe for recipe in options.servers if recipe.sendmail]
    with all_started(servers) as running:

        def once(server: Running) -> Mapping[str, float]:
            command = shlex.split(server.recipe.sendmail.format(smtp=server.smtp[1]))
            figures = {"sendmail: CPU ms": _cpu_of(command, server.recipe)}
            if server.recipe.checkout:
                figures["interpreter alone: CPU ms"] = _cpu_of([sys.executable, "-c", "pass"], server.recipe)
            return figures

        yield from alternate(running, options.rounds, once)


def _cpu_of(command: list[str], recipe: Recipe) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    where = environment(recipe.checkout) if recipe.checkout else {}
    subprocess.run(command, input=mail("1.5 kB", 1), check=True, **where)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def memory(options: Options) -> Iterator[Row]:
    """Yield resident MB: idle, after 10,000 messages, and the peak during ten concurrent messages of 15 MB."""

    def once(recipe: Recipe) -> Mapping[str, float]:
        with started(recipe) as server:
            server.rest()
            figures = {"memory: idle, MB": server.memory() / 1e6}
            send(server.smtp, Load(kind="1.5 kB", messages=options.scaled(10_000), sessions=10))
            figures[f"memory: after {options.scaled(10_000):,} mails, MB"] = server.memory() / 1e6
        with started(recipe) as server:
            send(server.smtp, Load(kind="15 MB", messages=10, sessions=10))
            return figures | {"memory: peak of 10 x 15 MB, MB": server.peak_memory() / 1e6}

    yield from alternate([*options.servers, PLAIN], 1, once)


def disk(options: Options) -> Iterator[Row]:
    """Yield kB on disk a message, index included, after a clean stop."""
    for kind, messages in (("1.5 kB", options.scaled(10_000)), ("25 kB", options.scaled(1_000))):

        def once(recipe: Recipe, kind: str = kind, messages: int = messages) -> Mapping[str, float]:
            with TemporaryDirectory(prefix="bench-") as directory:
                with started(recipe, directory=Path(directory)) as server:
                    send(server.smtp, Load(kind=kind, messages=messages, sessions=10))
                    server.rest(seconds=60)
                octets = sum(path.stat().st_blocks * 512 for path in Path(directory).rglob("*") if path.is_file())
            return {f"disk: a mail of {kind}, kB": octets / messages / 1000}

        yield from alternate([recipe for recipe in options.servers if recipe.paths], 1, once)


def freshness(options: Options) -> Iterator[Row]:
    """Yield how often a message was missing from a list requested after its 250, and the time of that list in ms."""

    def once(server: Running) -> Mapping[str, float]:
        missing, seconds = 0, []
        with smtplib.SMTP(*server.smtp) as client, Api(server.http) as api:
            client.ehlo()
            for number in range(options.scaled(2_000)):
                client.mail("a@example.com")
                client.rcpt("b@example.com")
                _, reply = client.data(mail("1.5 kB", number))
                missing += not api.has(reply.decode().rsplit(" ", 1)[-1])
                seconds.append(api.seconds)
        return {"fresh list: not there at once": missing, "fresh list: p99 ms": quantile(seconds, 99)}

    with all_started(options.with_mailpit_api()) as running:
        yield from alternate(running, 1, once)


def busy(options: Options) -> Iterator[Row]:
    """Yield p99 in ms of a list of 50 during repeated arrivals of ten concurrent messages of 20 MB."""

    def once(server: Running) -> Mapping[str, float]:
        done = threading.Event()

        def keep_sending() -> None:
            while not done.is_set():
                send(server.smtp, Load(kind="20 MB", messages=10, sessions=10), processes=1)

        sender = threading.Thread(target=keep_sending)
        sender.start()
        try:
            with Api(server.http) as api:
                seconds = api.timed("/api/v1/messages?limit=50", options.scaled(300))
        finally:
            done.set()
            sender.join()
        return {"busy: list p99 while 10 x 20 MB arrive, ms": quantile(seconds, 99)}

    with all_started(options.with_mailpit_api(), stored=1_000) as running:
        yield from alternate(running, 1, once)


def kill(options: Options) -> Iterator[Row]:
    """Yield the number of acknowledged messages lost to kill -9 during ingest, over all kills."""

    def once(recipe: Recipe) -> Mapping[str, float]:
        acknowledged: list[str] = []
        with TemporaryDirectory(prefix="bench-") as name:
            directory = Path(name)
            for number in range(options.scaled(20)):
                with started(recipe, directory=directory) as server, _senders(server, acknowledged):
                    time.sleep(0.3 + number % 5 / 10)
                    server.process.kill()
            with started(recipe, directory=directory) as server, Api(server.http) as api:
                kept, first = set(), 0
                while page := api.get(f"/api/v1/messages?limit=1000&start={first}")["messages"]:
                    kept |= {message["ID"] for message in page}
                    first += len(page)
            damaged = sum(map(_is_damaged, directory.glob("*.db")))
        return {
            "kill: acknowledged": len(acknowledged),
            "kill: lost": len(set(acknowledged) - kept),
            "kill: files damaged": damaged,
        }

    yield from alternate(options.with_mailpit_api(), 1, once)


def _is_damaged(database: Path) -> bool:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")] != ["ok"]


@contextlib.contextmanager
def _senders(server: Running, acknowledged: list[str], *, sessions: int = 10) -> Iterator[None]:
    def keep_sending(number: int) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException), smtplib.SMTP(*server.smtp, timeout=10) as client:
            client.ehlo()
            while True:
                client.mail("a@example.com")
                client.rcpt("b@example.com")
                code, reply = client.data(mail("1.5 kB", number))
                if code == 250:
                    acknowledged.append(reply.decode().rsplit(" ", 1)[-1])

    threads = [threading.Thread(target=keep_sending, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
