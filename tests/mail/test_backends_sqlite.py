"""The SQLite backend: mail straight into catcher's database, beside a running catcher or without one."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from catcher import mail
from catcher.errors import DatabaseUnusable
from catcher.mail import EmailAttachment, EmailMessage, EmailMultiAlternatives, get_connection, settings
from catcher.testing import running_catcher
from tests.mail.test_inside_django import run_project, subjects

BACKEND = "catcher.mail.backends.sqlite.EmailBackend"
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.sqlite


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mail.db"


def rich() -> EmailMultiAlternatives:
    return EmailMultiAlternatives(
        "Grüße",
        "Text über alles\n",
        "Ünal <from@example.com>",
        ["Änn <ann@example.com>", '"Bob, B." <bob@example.com>'],
        bcc=["secret@example.com"],
        cc=["cc@example.com"],
        reply_to=["reply@example.com"],
        headers={"X-Thing": "1"},
        alternatives=[("<p>über</p>", "text/html")],
        attachments=[("a.txt", "some text", "text/plain"), ("b.bin", b"\0\xff\r\n", "application/x-thing")],
    )


def test_the_outbox_gives_messages_with_what_they_were_sent_with(file: Path) -> None:
    """subject, body, to, cc, bcc, from_email, attachments, alternatives, extra_headers, message(), as with locmem."""
    connection = get_connection(BACKEND, database=file)
    assert connection.send_messages([rich()]) == 1
    (stored,) = connection.outbox
    assert (stored.subject, stored.body, stored.from_email) == ("Grüße", "Text über alles\n", "Ünal <from@example.com>")
    assert (stored.to, stored.cc) == (["Änn <ann@example.com>", '"Bob, B." <bob@example.com>'], ["cc@example.com"])
    assert (stored.bcc, stored.reply_to) == (["secret@example.com"], ["reply@example.com"])
    assert stored.alternatives == [("<p>über</p>", "text/html")]
    assert stored.attachments == [
        EmailAttachment("a.txt", "some text", "text/plain"),
        EmailAttachment("b.bin", b"\0\xff\r\n", "application/x-thing"),
    ]
    assert stored.extra_headers["X-Thing"] == "1"
    assert stored.message()["X-Thing"] == "1"
    assert stored.recipients() == ["ann@example.com", "bob@example.com", "cc@example.com", "secret@example.com"]
    assert stored.body_contains("über")


@pytest.mark.parametrize("body", ["Text", "", "two\nlines", "Zürich", "x" * 2000])
def test_a_plain_body_comes_back_as_it_was(file: Path, body: str) -> None:
    """`.body` equals the body that was sent."""
    connection = get_connection(BACKEND, database=file)
    connection.send_messages([EmailMessage("s", body, to=["to@example.com"])])
    assert connection.outbox[0].body == body


def test_an_html_body_is_the_body(file: Path) -> None:
    """With content_subtype "html" the HTML is the body and there is no alternative."""
    message = EmailMessage("s", "<p>Hello</p>", to=["to@example.com"])
    message.content_subtype = "html"
    connection = get_connection(BACKEND, database=file)
    connection.send_messages([message])
    stored = connection.outbox[0]
    assert (stored.body, stored.content_subtype, stored.alternatives) == ("<p>Hello</p>", "html", [])


def test_the_outbox_is_like_a_list(file: Path) -> None:
    """len, index, negative index, slice, iteration, equality with [], clear."""
    connection = get_connection(BACKEND, database=file)
    assert connection.outbox == []
    connection.send_messages([EmailMessage(f"Number {n}", "b", to=["to@example.com"]) for n in range(5)])
    outbox = connection.outbox
    assert len(outbox) == 5
    assert (outbox[0].subject, outbox[-1].subject) == ("Number 0", "Number 4")
    assert [one.subject for one in outbox[1:3]] == ["Number 1", "Number 2"]
    assert [one.subject for one in outbox] == [f"Number {n}" for n in range(5)]
    assert outbox[0] in outbox
    with pytest.raises(IndexError):
        outbox[5]
    outbox.clear()
    assert (len(outbox), list(outbox)) == (0, [])


def test_it_is_the_outbox_of_the_library_too(file: Path) -> None:
    """`catcher.mail.outbox` is the view of the backend in use, and the memory backend makes its own list again."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = BACKEND, file
    mail.send_mail("Hello", "b", None, ["to@example.com"])
    assert [one.subject for one in mail.outbox] == ["Hello"]
    get_connection("catcher.mail.backends.locmem.EmailBackend").send_messages([rich()])
    assert [one.subject for one in mail.outbox] == ["Grüße"]


def test_the_envelope_and_octets_are_those_that_smtp_would_have_delivered(file: Path) -> None:
    """Every recipient is in the envelope, blind ones too; lines end with CRLF, the message as well; Bcc is no field."""
    with running_catcher(database=str(file)) as catcher:
        connection = get_connection(BACKEND, database=file)
        connection.send_messages([rich()])
        stored = catcher.store.get(catcher.store.latest().store_id)
        octets = catcher.store.raw(stored.summary.store_id)
    assert stored.envelope.reverse_path == "from@example.com"
    assert stored.envelope.recipients == ("ann@example.com", "bob@example.com", "cc@example.com", "secret@example.com")
    assert stored.envelope.client.protocol == "local"
    assert octets.endswith(b"\r\n")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"secret@example.com" not in octets


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("mail", "mail/catcher.db"),
        ("mail/", "mail/catcher.db"),
        ("some.db", "some.db"),
        ("deep/er/x.sqlite3", "deep/er/x.sqlite3"),
    ],
)
def test_file_path_is_a_directory_or_a_file(tmp_path: Path, given: str, expected: str) -> None:
    """A directory is made as the file backend makes it, and catcher.db lies in it; a name of a database is a file."""
    settings.EMAIL_FILE_PATH = f"{tmp_path}/{given}"
    get_connection(BACKEND).send_messages([rich()])
    assert (tmp_path / expected).is_file()


def test_without_a_path_it_is_the_database_of_catcher_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither argument nor setting: CATCHER_DATABASE, else catcher.db in the user's data directory."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CATCHER_DATABASE", raising=False)
    get_connection(BACKEND).send_messages([rich()])
    assert (tmp_path / "data" / "catcher" / "catcher.db").is_file()
    monkeypatch.setenv("CATCHER_DATABASE", str(tmp_path / "named.db"))
    get_connection(BACKEND).send_messages([rich()])
    assert (tmp_path / "named.db").is_file()


@pytest.mark.slow
def test_a_running_catcher_shows_the_mail_live(file: Path) -> None:
    """Mail that another process stores is announced by the catcher that runs on the same file."""
    arrived = threading.Event()
    with running_catcher(database=str(file)) as catcher:
        catcher.store.events.subscribe(lambda events: arrived.set() if events[0].kind == "new" else None)
        send = (
            "import sys; from catcher.mail import get_connection, EmailMessage\n"
            f"get_connection({BACKEND!r}, database=sys.argv[1])"
            ".send_messages([EmailMessage('From afar', 'b', to=['to@example.com'])])"
        )
        subprocess.run([sys.executable, "-c", send, str(file)], check=True, cwd=ROOT, timeout=60)
        assert arrived.wait(10)
        assert catcher.store.latest().subject == "From afar"


@pytest.mark.slow
def test_several_processes_write_at_once(file: Path) -> None:
    """Two processes with fifty messages each: all are there, and in one transaction per call."""
    send = (
        "import sys; from catcher.mail import get_connection, EmailMessage\n"
        f"connection = get_connection({BACKEND!r}, database=sys.argv[1])\n"
        "for n in range(5):\n"
        "    sent = connection.send_messages([EmailMessage('s', 'b', to=['to@example.com']) for _ in range(10)])\n"
        "    assert sent == 10\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", send, str(file)], cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert len(get_connection(BACKEND, database=file).outbox) == 100


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which this system does not have")
def test_a_forked_process_reopens_the_database(file: Path) -> None:
    """A server that opens the connection and then forks its workers can send from all of them."""
    connection = get_connection(BACKEND, database=file)
    connection.open()
    send = f"""
import os, sys
from catcher.mail import get_connection, EmailMessage
connection = get_connection({BACKEND!r}, database=sys.argv[1])
connection.open()
child = os.fork()
connection.send_messages([EmailMessage('s', 'b', to=['to@example.com'])])
if child:
    assert os.waitpid(child, 0)[1] == 0
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", send, str(file)], check=True, cwd=ROOT, timeout=60)
    assert len(connection.outbox) == 2
    connection.close()


def test_nothing_is_kept_when_one_message_cannot_be_written(file: Path) -> None:
    """One transaction a call: an error in one message leaves none of them."""
    connection = get_connection(BACKEND, database=file)
    with pytest.raises(ValueError):
        connection.send_messages([rich(), EmailMessage("s", "b", to=["ann@example.com, bob@example.com"])])
    assert len(connection.outbox) == 0


@pytest.mark.parametrize("fail_silently", [False, True])
def test_what_cannot_be_opened_is_an_error_or_zero(tmp_path: Path, fail_silently: bool) -> None:
    """A file that is no database: DatabaseUnusable, or 0 with fail_silently; the file stays as it was."""
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear Ann, " * 500)
    connection = get_connection(BACKEND, fail_silently=fail_silently, database=file)
    expected: Any = contextlib.nullcontext() if fail_silently else pytest.raises(DatabaseUnusable)
    with expected:
        assert connection.send_messages([rich()]) == 0
    assert file.read_bytes() == b"Dear Ann, " * 500


@pytest.mark.slow
def test_it_serves_django(tmp_path: Path) -> None:
    """As EMAIL_BACKEND of a real Django project, with Django's own messages and EMAIL_FILE_PATH."""
    project = {
        "EMAIL_BACKEND": BACKEND,
        "EMAIL_FILE_PATH": str(tmp_path / "mail"),
        "ADMINS": [["Ann", "ann@example.com"]],
    }
    run_project(sys.executable, project, [None])
    outbox = get_connection(BACKEND, file_path=tmp_path / "mail").outbox
    assert [one.subject for one in outbox] == ["Sübject", "Second", "[Django] Broken"]
    assert subjects([one.message().as_bytes() for one in outbox]) == ["Sübject", "Second", "[Django] Broken"]
