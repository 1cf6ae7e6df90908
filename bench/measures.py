"""Measurements: each function drives running servers and returns figures by name."""

import contextlib
import smtplib
import sqlite3
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.api import Api
from bench.load import Load, Sent, send
from bench.mails import mail
from bench.servers import Recipe, Running, started

Figures = dict[str, float]

INGEST = {
    "1.5 kB, 1 session": Load(kind="1.5 kB", messages=2000, sessions=1),
    "1.5 kB, 10 sessions": Load(kind="1.5 kB", messages=6000, sessions=10),
    "1.5 kB, 50 sessions": Load(kind="1.5 kB", messages=6000, sessions=50),
    "1.5 kB, one a connection": Load(kind="1.5 kB", messages=3000, sessions=10, per_connection=1),
    "25 kB, 10 sessions": Load(kind="25 kB", messages=2000, sessions=10),
    "1 MB, 10 sessions": Load(kind="1 MB", messages=120, sessions=10),
    "15 MB, 1 session": Load(kind="15 MB", messages=10, sessions=1),
}


def ingest(servers: list[Running], loads: dict[str, Load], *, rounds: int = 3) -> dict[str, Figures]:
    """Return messages per second and CPU milliseconds a message for each load and server, medians of the rounds."""
    table: dict[str, Figures] = {}
    for server in servers:
        server.rest()
        # The first messages pay for late imports.
        send(server.smtp, Load(kind="1.5 kB", messages=200, sessions=5))
    for name, load in loads.items():
        rates: dict[str, list[tuple[float, float]]] = {server.recipe.name: [] for server in servers}
        for _ in range(rounds):
            for server in servers:
                rates[server.recipe.name].append(_ingest_once(server, load))
        for server_name, outcomes in rates.items():
            table.setdefault(f"{name}: mails/s", {})[server_name] = statistics.median(rate for rate, _ in outcomes)
            table.setdefault(f"{name}: CPU ms/mail", {})[server_name] = statistics.median(cpu for _, cpu in outcomes)
    return table


def _ingest_once(server: Running, load: Load) -> tuple[float, float]:
    before = server.cpu()
    sent: Sent = send(server.smtp, load)
    if sent.failures:
        raise RuntimeError(f"{server.recipe.name}: {sent.failures} of {load.messages} mails were not taken")
    spent = server.cpu() - before
    server.rest()
    return sent.rate, spent / load.messages * 1000


def freshness(server: Running, *, times: int = 10_000) -> Figures:
    """Return how often a message was missing from a list requested after its 250, and the time of the list in ms."""
    api = Api(server.http)
    missing, seconds = 0, []
    with smtplib.SMTP(*server.smtp) as client:
        client.ehlo()
        for number in range(times):
            client.mail("a@example.com")
            client.rcpt("b@example.com")
            _, reply = client.data(mail("1.5 kB", number))
            missing += not api.has(reply.decode().rsplit(" ", 1)[-1])
            seconds.append(api.seconds)
    return {"not there at once": missing, "list p50 ms": quantile(seconds, 50), "list p99 ms": quantile(seconds, 99)}


def reads(server: Running, stored: int) -> Figures:
    """Return p95 in ms of common requests; the mailbox has `stored` messages of `bench.mails`, indexed."""
    api = Api(server.http)
    newest = api.get("/api/v1/messages?limit=1")["messages"][0]["ID"]
    paths = {
        "list of 50": "/api/v1/messages?limit=50",
        "get one": f"/api/v1/message/{newest}",
        "page at half depth": f"/api/v1/messages?limit=50&start={stored // 2}",
        "rare word": f"/api/v1/search?query=needle{stored // 3:07d}",
        "common word": "/api/v1/search?query=delivery",
        "tags": "/api/v1/tags",
    }
    size = f"{stored:,} stored"
    figures = {f"{name}, {size}: p95 ms": quantile(api.timed(path, 100), 95) for name, path in paths.items()}
    oldest = [one["ID"] for one in api.get(f"/api/v1/messages?limit=500&start={stored - 500}")["messages"]]
    api.delete("/api/v1/messages", {"IDs": oldest})
    return figures | {f"delete 500, {size}: ms": api.seconds * 1000}


def fill(server: Running, stored: int) -> None:
    """Send 1.5 kB messages until `stored` are there, and wait until the server is idle."""
    present = Api(server.http).count()
    if present < stored:
        send(server.smtp, Load(kind="1.5 kB", messages=stored - present, sessions=20, first=present))
    server.rest(seconds=600)


def start_up(recipe: Recipe, directory: Path, *, times: int = 5) -> Figures:
    """Return milliseconds until SMTP greets and HTTP responds, on the database in the directory."""
    ready = []
    for _ in range(times):
        with started(recipe, directory=directory) as server:
            ready.append((server.smtp_ready * 1000, server.http_ready * 1000))
    return {
        "SMTP ready ms": statistics.median(smtp for smtp, _ in ready),
        "HTTP ready ms": statistics.median(http for _, http in ready),
    }


def memory(recipe: Recipe) -> Figures:
    """Return resident MB: idle, after 10,000 messages, and the peak during ten concurrent messages of 15 MB."""
    with started(recipe) as server:
        idle = server.memory()
        send(server.smtp, Load(kind="1.5 kB", messages=10_000, sessions=10))
        after = server.memory()
    with started(recipe) as server:
        send(server.smtp, Load(kind="15 MB", messages=10, sessions=10))
        peak = server.peak_memory()
    return {
        name: value / 1e6 for name, value in {"RSS idle MB": idle, "after 10k": after, "peak 10 x 15 MB": peak}.items()
    }


def size_on_disk(recipe: Recipe, *, messages: int = 1000) -> Figures:
    """Return octets on disk per octet of mail for 25 kB messages, index included, after a clean stop."""
    with TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        with started(recipe, directory=directory) as server:
            send(server.smtp, Load(kind="25 kB", messages=messages, sessions=4))
            time.sleep(3)  # the index follows in idle time
        octets = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    return {"disk octets per octet, 25 kB": octets / sum(len(mail("25 kB", number)) for number in range(messages))}


def list_while_large_arrive(server: Running, *, requests: int = 300) -> Figures:
    """Return p99 in ms of a list of 50 during repeated arrivals of ten concurrent messages of 20 MB."""
    done = threading.Event()

    def keep_sending() -> None:
        while not done.is_set():
            send(server.smtp, Load(kind="20 MB", messages=10, sessions=10), processes=1)

    sender = threading.Thread(target=keep_sending)
    sender.start()
    try:
        seconds = Api(server.http).timed("/api/v1/messages?limit=50", requests)
    finally:
        done.set()
        sender.join()
    return {"list p99 ms while 10 x 20 MB arrive": quantile(seconds, 99)}


def lost_to_kill(recipe: Recipe, *, rounds: int = 20) -> Figures:
    """Return the number of acknowledged messages lost to kill -9 during ingest, over all rounds."""
    acknowledged: list[str] = []
    with TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        for number in range(rounds):
            with started(recipe, directory=directory) as server, _senders(server, acknowledged):
                time.sleep(0.3 + number % 5 / 10)
                server.process.kill()
        with started(recipe, directory=directory) as server:
            kept, start = set(), 0
            api = Api(server.http)
            while page := api.get(f"/api/v1/messages?limit=1000&start={start}")["messages"]:
                kept |= {message["ID"] for message in page}
                start += len(page)
        damaged = sum(map(_is_damaged, directory.glob("*.db")))
    return {"acknowledged": len(acknowledged), "lost": len(set(acknowledged) - kept), "files damaged": damaged}


def _is_damaged(database: Path) -> bool:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")] != ["ok"]


@contextlib.contextmanager
def _senders(server: Running, acknowledged: list[str], *, sessions: int = 4) -> Iterator[None]:
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


def quantile(seconds: list[float], percent: int) -> float:
    """Return the percentile of the times, in milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000
