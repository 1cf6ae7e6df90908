"""`--workers N`: several processes take mail on the same addresses, and to everybody they are one catcher."""

import contextlib
import os
import select
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from catcher.conf import load
from catcher.errors import StoreUnavailable
from catcher.server import options as wiring
from catcher.store import Store
from catcher.workers.board import Board
from tests.served import WORDS, Served, send, serving
from tests.waiting import wait_until

PATIENCE = 60


@dataclass
class Team:
    """A catcher with workers, all of them ready. log: its log file."""

    served: Served
    log: Path

    @property
    def first(self) -> int:
        """The first process's id."""
        return self.served.process.pid

    @property
    def ready(self) -> int:
        """How many workers have ever been ready."""
        return self.log.read_text().count("worker ready")

    @property
    def workers(self) -> list[int]:
        """The ids of the others."""
        return [int(pid) for task in Path(f"/proc/{self.first}/task").iterdir() for pid in _words(task / "children")]

    def wait_ready(self, number: int) -> None:
        """Until so many workers have ever been ready."""
        wait_until(lambda: self.ready >= number, said=self.log.read_text)

    def connect(self) -> smtplib.SMTP:
        """A connection, wherever it leads."""
        return smtplib.SMTP(*self.served.smtp, timeout=PATIENCE)

    def connect_to(self, pid: int) -> smtplib.SMTP:
        """A connection that this process holds."""
        for _ in range(200):
            client = self.connect()
            if self.holder(client) == pid:
                return client
            client.close()
        raise AssertionError(f"of 200 connections none came to {pid}")

    def holder(self, client: smtplib.SMTP) -> int:
        """The process that holds the other end of a connection."""
        assert client.sock is not None
        ends = [f"0100007F:{end[1]:04X}" for end in (client.sock.getpeername(), client.sock.getsockname())]

        def find() -> int | None:
            table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
            sockets = {Path(f"socket:[{line[9]}]") for line in table if line[1:3] == ends}
            return next((pid for pid in (self.first, *self.workers) if sockets & set(_open_files(pid))), None)

        return wait_until(find)


@contextlib.contextmanager
def team(directory: Path, *arguments: str, workers: int = 2) -> Iterator[Team]:
    """A catcher of so many processes, on a file in the directory unless --database is among the arguments."""
    log = directory / "catcher.log"
    given = arguments if "--database" in arguments else (*arguments, "--database", str(directory / "mail.db"))
    with serving("--workers", str(workers), "--log-file", str(log), *given) as served:
        found = Team(served, log)
        found.wait_ready(workers - 1)
        yield found


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Three processes that the tests share; what a test kills is there again at its end."""
    with team(tmp_path_factory.mktemp("team"), "--smtp-tls-cert", "auto", workers=3) as found:
        yield found


@contextlib.contextmanager
def gone(pid: int) -> Iterator[None]:
    """At the end of the block, wait until this process is no more."""
    descriptor = os.pidfd_open(pid)
    try:
        yield
        assert select.select([descriptor], [], [], PATIENCE)[0], f"{pid} still runs"
    finally:
        os.close(descriptor)


def _open_files(pid: int) -> Iterator[Path]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield descriptor.readlink()


def _words(file: Path) -> list[str]:
    return file.read_text().split()


def begin(client: smtplib.SMTP) -> None:
    """A message, to the point where its octets are awaited."""
    client.ehlo()
    client.mail("a@example.com")
    client.rcpt("b@example.com")
    assert client.docmd("DATA")[0] == 354


def finish(client: smtplib.SMTP) -> str:
    """The rest of it; its store id."""
    client.send(WORDS + b".\r\n")
    code, text = client.getreply()
    assert code == 250, text
    return text.decode().rsplit(" ", 1)[-1]


def listed(served: Served) -> list[str]:
    """The ids of all messages, oldest first."""
    answer = httpx2.get(served.url + "api/v1/messages", params={"limit": 0}, timeout=PATIENCE).json()
    return [message["ID"] for message in answer["messages"]][::-1]


def test_mail_that_several_processes_take_is_one_mailbox(tmp_path: Path, one: Team) -> None:
    """All of it is listed once, in the order of its 250s, and is in streams of news, waits and totals. SQLite."""
    _is_one_mailbox(one)


def test_it_is_one_mailbox_on_postgresql_too(tmp_path: Path, postgresql_url: str) -> None:
    """There the database tells the first process of what the others store."""
    with team(tmp_path, "--database", postgresql_url) as two:
        _is_one_mailbox(two)


def _is_one_mailbox(one: Team) -> None:
    api = httpx2.Client(base_url=one.served.url, timeout=PATIENCE)
    with api, api.stream("GET", "api/v1/events") as news, contextlib.ExitStack() as until_end:
        before = api.get("api/v1/info").json()["RuntimeStats"]
        lines = news.iter_lines()
        assert next(lines) == ": listening"
        clients = [until_end.enter_context(one.connect_to(pid)) for pid in (one.first, *one.workers)]
        sent = [send(client) for _ in range(4) for client in clients]
        told: list[str] = []
        while len(told) < len(sent):
            line = next(lines)
            told += [store_id for store_id in sent if line.startswith("data: ") and store_id in line]
        cursor = api.get("api/v1/messages").json()["cursor"]
        sent.append(send(clients[-1]))
        found = api.get("api/v1/wait", params={"since": cursor, "timeout": PATIENCE}).json()
        clients[-1].mail("a@example.com")
        assert clients[-1].rcpt("<")[0] >= 500
        after = api.get("api/v1/info").json()["RuntimeStats"]
    assert told == sent[:-1]
    assert [message["ID"] for message in found["messages"]] == sent[-1:]
    assert listed(one.served)[-len(sent) :] == sent
    keys = ("SMTPAccepted", "SMTPAcceptedSize", "SMTPRejected")
    assert [after[key] - before[key] for key in keys] == [len(sent), len(sent) * len(WORDS), 1]


def test_the_death_of_a_worker_loses_nothing_and_another_one_comes(one: Team) -> None:
    """kill -9 amid many sessions: every 250 is kept, new connections are taken meanwhile, and a new worker is ready."""
    acknowledged: list[str] = []
    enough = threading.Event()

    def keep_sending() -> None:
        for _ in range(40):
            with contextlib.suppress(OSError, smtplib.SMTPException), one.connect() as client:
                acknowledged.extend(send(client) for _ in range(5))
            if len(acknowledged) > 60:
                enough.set()

    worker, ready = one.workers[0], one.ready
    senders = [threading.Thread(target=keep_sending) for _ in range(4)]
    for sender in senders:
        sender.start()
    assert enough.wait(PATIENCE)
    with gone(worker):
        os.kill(worker, signal.SIGKILL)
    one.served.send()
    one.wait_ready(ready + 1)
    for sender in senders:
        sender.join(PATIENCE)
    (another,) = [pid for pid in one.workers if f"pid={pid}" in one.log.read_text().rpartition("started anew")[2]]
    with one.connect_to(another) as client:
        acknowledged.append(send(client))
    assert "a worker ended and is started anew status=-9" in one.log.read_text()
    kept = listed(one.served)
    assert set(acknowledged) <= set(kept)
    assert len(set(kept)) == len(kept)


def test_a_worker_that_is_told_to_end_ends_its_dialogues_first(one: Team) -> None:
    """SIGTERM to a worker alone: a message in transfer comes through, others need not wait for that, and another worker
    takes its place.
    """
    worker, ready = one.workers[0], one.ready
    with one.connect_to(worker) as client, one.connect_to(worker) as idle, gone(worker):
        begin(client)
        os.kill(worker, signal.SIGTERM)
        assert idle.getreply()[0] == 421
        for _ in range(4):
            one.served.send()
        assert worker in one.workers
        store_id = finish(client)
        assert client.getreply()[0] == 421
    one.wait_ready(ready + 1)
    assert store_id in listed(one.served)


def test_faults_are_one_list_for_all_processes(one: Team) -> None:
    """As soon as the API has answered they strike on every connection, open ones too, and once means once in all."""
    with httpx2.Client(base_url=one.served.url, timeout=PATIENCE) as api, contextlib.ExitStack() as until_end:
        clients = [until_end.enter_context(one.connect_to(pid)) for pid in (*one.workers, one.first)]
        for client in clients:
            client.ehlo()
        always = api.post("api/v1/faults", json={"stage": "mail", "code": 451, "text": "Later"}).json()
        assert [client.mail("a@example.com")[0] for client in clients] == [451] * 3
        assert api.get("api/v1/faults").json()["faults"][0]["hits"] == 3
        api.delete(f"api/v1/faults/{always['id']}")
        assert [client.mail("a@example.com")[0] for client in clients] == [250] * 3
        api.post("api/v1/faults", json={"stage": "rcpt", "query": "to:b@", "code": 550, "times": 2})
        assert [client.rcpt("c@example.com")[0] for client in clients] == [250] * 3
        assert [client.rcpt("b@example.com")[0] for client in clients] == [550, 550, 250]
        api.put("api/v1/faults", json={"faults": [{"stage": "content", "drop": True, "times": 1}]})
        with pytest.raises(smtplib.SMTPServerDisconnected):
            clients[0].data(WORDS)
        assert [client.data(WORDS)[0] for client in clients[1:]] == [250] * 2
        api.delete("api/v1/faults")


def test_connections_without_a_message_are_remembered_from_everywhere(one: Team) -> None:
    """The page and the API know those of the workers, too."""
    with one.connect_to(one.workers[0]) as client:
        client.ehlo("nothing.example")

    def known() -> list[str]:
        sessions = httpx2.get(f"{one.served.url}api/v1/sessions").json()["sessions"]
        return [session["helo"] for session in sessions]

    wait_until(lambda: "nothing.example" in known(), said=known)


def test_all_processes_show_one_certificate(one: Team) -> None:
    """Also a worker that is started when the certificate has been made anew: the first process's is what counts."""
    worker, ready, made = one.workers[0], one.ready, one.log.with_name("catcher-tls")
    shown = _certificate(one, one.first)
    assert _certificate(one, worker) == shown
    (made / "server.json").unlink()
    (made / "server.pem").unlink()
    with gone(worker):
        os.kill(worker, signal.SIGKILL)
    one.wait_ready(ready + 1)
    assert [_certificate(one, pid) for pid in one.workers] == [shown, shown]


def _certificate(one: Team, pid: int) -> bytes:
    with one.connect_to(pid) as client:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client.starttls(context=context)
        assert isinstance(client.sock, ssl.SSLSocket)
        shown = client.sock.getpeercert(binary_form=True)
        assert send(client)
    assert shown
    return shown


HOLD = """
import fcntl, sys
fcntl.lockf(int(sys.argv[1]), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_turn_that_does_not_come_is_not_waited_for_without_end() -> None:
    """A process that stands still in the middle of a transaction makes the others answer 4xx, not wait for ever."""
    board = Board.make()
    page, bell = board.descriptors
    hasty = Board(page, bell, patience=0.05)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(page)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[page]
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreUnavailable), hasty.turn():
            pass
        holder.kill()
    with hasty.turn():  # a turn ends with the process that has it
        pass
    board.close()


def test_no_worker_outlives_the_first_process(tmp_path: Path) -> None:
    """kill -9 of the first ends them, and what they acknowledged is there."""
    with team(tmp_path, workers=3) as one, contextlib.ExitStack() as until_end:
        for pid in one.workers:
            until_end.enter_context(gone(pid))
        clients = [until_end.enter_context(contextlib.closing(one.connect_to(pid))) for pid in one.workers]
        sent = [send(client) for client in clients]
        one.served.process.kill()
    with Store.open(f"sqlite:///{tmp_path / 'mail.db'}", poll=0) as store:
        assert {summary.store_id for summary in store.page().messages} == set(sent)


def test_all_of_them_stop_together(tmp_path: Path) -> None:
    """SIGTERM: who is idle is told, a message in transfer comes through, and one that never ends holds up nobody."""
    with team(tmp_path) as one, contextlib.ExitStack() as until_end:
        (worker,) = one.workers
        until_end.enter_context(gone(worker))
        idle, sending, hanging = [until_end.enter_context(contextlib.closing(one.connect_to(worker))) for _ in range(3)]
        begin(sending)
        begin(hanging)
        one.served.process.terminate()
        assert idle.getreply()[0] == 421
        assert finish(sending)
        assert one.served.process.wait(PATIENCE) == 0
    assert "started anew" not in one.log.read_text()


def test_lmtp_and_proxies_are_served_by_all(tmp_path: Path) -> None:
    """Each address is shared, and the client that a PROXY header names is the message's."""
    with team(tmp_path, "--lmtp", "127.0.0.1:0", "--smtp-trusted-proxies", "127.0.0.0/8") as one:
        host, port = one.served.screen.partition("  (LMTP)")[0].split()[-1].rsplit(":", 1)
        holders = set()
        while len(holders) < 2:
            with contextlib.closing(smtplib.LMTP()) as client:
                client.sock = socket.create_connection((host, int(port)), timeout=PATIENCE)
                client.sock.sendall(b"PROXY TCP4 192.0.2.7 192.0.2.8 1234 24\r\n")
                assert client.getreply()[0] == 220
                holders.add(one.holder(client))
                send(client)
        with Store.open(f"sqlite:///{tmp_path / 'mail.db'}", poll=0) as store:
            kept = [store.get(store_id).envelope.client for store_id in listed(one.served)]
        assert {(client.address, client.protocol) for client in kept} == {("192.0.2.7", "LMTP")}


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"ignore_duplicate_ids": True}, "--ignore-duplicate-ids"),
        ({"smtp": "unix:/run/mail.sock"}, "a Unix socket"),
        (
            {"smtp_relay_host": "relay.example", "smtp_relay_all": True, "smtp_relay_forward_smtp_errors": True},
            "--smtp-relay-forward-smtp-errors",
        ),
    ],
)
def test_what_cannot_be_shared_is_done_by_one_process(flags: dict[str, Any], reason: str) -> None:
    """And there is a word on why."""
    settings, _ = load(flags=flags)
    assert reason in wiring.why_alone(settings)
    settings, _ = load(flags={**flags, "lmtp": "127.0.0.1:1024"})
    assert (wiring.why_alone(settings) == "") is ("smtp" in flags)


def test_one_process_starts_no_others(tmp_path: Path) -> None:
    """By default, and with a warning where several cannot."""
    log = tmp_path / "log"
    with serving("--ephemeral", "--workers", "3", "--ignore-duplicate-ids", "--log-file", str(log)) as served:
        assert Team(served, log).workers == []
        assert log.read_text().count("One process takes mail, not 3: --ignore-duplicate-ids") == 1
    with serving("--ephemeral", "--log-file", str(log)) as served:
        assert Team(served, log).workers == []


def test_files_of_the_current_directory_are_no_modules_of_a_worker(tmp_path: Path) -> None:
    """A project may have a select.py or a directory catcher."""
    (tmp_path / "select.py").write_text("raise SystemExit(1)")
    (tmp_path / "catcher").mkdir()
    (tmp_path / "catcher" / "__init__.py").write_text("raise SystemExit(1)")
    log = tmp_path / "log"
    free = ("--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--ephemeral", "--log-file", str(log))
    program = str(Path(sys.executable).with_name("catcher"))
    with subprocess.Popen([program, "--workers", "2", *free], cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: process.poll() is not None or (log.exists() and "worker ready" in log.read_text()))
            assert process.poll() is None
        finally:
            process.terminate()


def test_processes_share_the_connections_that_are_allowed() -> None:
    """Rounded up, and no limit stays none."""
    settings, _ = load(flags={"smtp_max_connections": "101", "smtp_max_connections_per_address": "0"})
    options = wiring.smtp_options(settings, processes=4)
    assert (options.max_connections, options.max_connections_per_address) == (26, 0)
