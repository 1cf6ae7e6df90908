"""Tests of the console, file, memory and dummy backends, and of custom backends."""

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catcher import mail
from catcher.mail import EmailMessage, ImproperlyConfigured, settings
from catcher.mail.backends import base, console, dummy, filebased, locmem
from tests.mail.recording import EmailBackend as OwnBackend


def message(**changes: Any) -> EmailMessage:
    return EmailMessage(**({"subject": "Hello", "body": "Text", "to": ["to@example.com"]} | changes))


def test_the_console_writes_to_the_stream_given() -> None:
    """`stream` replaces standard output. Django docs: Console backend."""
    stream = io.StringIO()
    connection = mail.get_connection("catcher.mail.backends.console.EmailBackend", stream=stream)
    assert connection.send_messages([message(body="àáä")]) == 1
    text = stream.getvalue()
    assert text.startswith('Content-Type: text/plain; charset="utf-8"\n')
    assert "\nSubject: Hello\nFrom: webmaster@localhost\nTo: to@example.com\nDate: " in text
    assert text.endswith("\n\nàáä\n" + "-" * 79 + "\n")


def test_the_console_shows_text_in_other_charsets() -> None:
    """A message in ISO 8859-1 is shown as its text."""
    stream = io.StringIO()
    mixed = message(body="Sürname")
    mixed.encoding = "iso-8859-1"
    console.EmailBackend(stream=stream).send_messages([mixed])
    assert "S=FCrname" in stream.getvalue()


def test_the_console_suppresses_errors_of_the_stream_on_request() -> None:
    """fail_silently covers errors of the stream."""
    stream = io.StringIO()
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        console.EmailBackend(stream=stream).send_messages([message()])
    assert console.EmailBackend(stream=stream, fail_silently=True).send_messages([message()]) == 0


def test_a_bad_header_found_while_writing_is_never_swallowed() -> None:
    """Also one that only message() finds is raised with fail_silently."""

    class Late(EmailMessage):
        def message(self, policy: Any = None) -> Any:
            written = super().message(policy)
            written["X-Late"] = "a\nb"
            return written

    with pytest.raises(mail.BadHeaderError):
        console.EmailBackend(stream=io.StringIO(), fail_silently=True).send_messages([Late(to=["a@b.c"])])


def test_each_connection_has_one_file(tmp_path: Path) -> None:
    """A new file for each session of this backend, the same one when it is opened again. Django docs: File backend."""
    with settings.override(EMAIL_FILE_PATH=str(tmp_path / "deep" / "mail")):
        first, second = filebased.EmailBackend(), filebased.EmailBackend()
        first.send_messages([message()])
        second.send_messages([message()])
        first.send_messages([message(), message()])
        files = sorted((tmp_path / "deep" / "mail").iterdir(), key=lambda file: file.stat().st_size)
        assert [file.read_bytes().count(b"-" * 79) for file in files] == [1, 3]
        assert all(re.fullmatch(r"\d{8}-\d{6}-\d+\.log", file.name) for file in files)
        assert first.open() is True
        assert first.open() is False
        first.close()


def test_many_connections_never_share_a_file(tmp_path: Path) -> None:
    """Names are taken exclusively, though an object's identity is used again within the same second."""
    for _ in range(50):
        filebased.EmailBackend(file_path=tmp_path).send_messages([message()])
    assert len(list(tmp_path.iterdir())) == 50


def test_a_file_where_the_directory_should_be_is_an_error(tmp_path: Path) -> None:
    """ImproperlyConfigured, a ValueError, names the path."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"not a directory: .*taken"):
        filebased.EmailBackend(file_path=tmp_path / "taken")
    with pytest.raises(ImproperlyConfigured, match=r"Could not create .*taken/below"):
        filebased.EmailBackend(file_path=tmp_path / "taken" / "below")
    settings.MAILERS = {
        "files": {
            "BACKEND": "catcher.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": tmp_path / "taken"},
        },
        "nowhere": {"BACKEND": "catcher.mail.backends.filebased.EmailBackend"},
    }
    for alias in settings.MAILERS:
        with pytest.raises(mail.InvalidMailer, match=alias):
            mail.mailers[alias]


def test_a_directory_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    """ImproperlyConfigured at construction, not at the first message; shown as an ordinary user."""
    script = (
        "import os, sys\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "from catcher.mail.backends.filebased import EmailBackend\n"
        "try: EmailBackend(file_path=sys.argv[1])\n"
        "except ValueError as error: print(type(error).__name__, error)\n"
    )
    tmp_path.chmod(0o555)
    root = Path(__file__).parents[2]
    # In memory and not from files: the other user may not be able to read the checkout.
    bundle = "import catcher.mail.backends.filebased\n" + script
    result = subprocess.run(
        [sys.executable, "-c", bundle, str(tmp_path)], cwd=root, capture_output=True, text=True, timeout=60, check=True
    )
    tmp_path.chmod(0o755)
    assert result.stdout.startswith(("ImproperlyConfigured Could not write", "ImproperlyConfigured Could not create"))


@pytest.mark.parametrize("path", [None, object(), 3])
def test_no_path_is_a_type_error(path: Any) -> None:
    """What is no path at all is a TypeError, as in Django."""
    with pytest.raises(TypeError):
        filebased.EmailBackend(file_path=path)


def test_the_outbox_appears_with_the_first_connection() -> None:
    """`outbox` is a list of messages in this package, made by the memory backend. Django docs: In-memory backend."""
    assert not hasattr(mail, "outbox")
    locmem.EmailBackend().send_messages([message()])
    locmem.EmailBackend().send_messages([message(subject="Two")])
    assert [one.subject for one in mail.outbox] == ["Hello", "Two"]
    assert isinstance(mail.outbox[0], EmailMessage)


def test_the_outbox_keeps_copies() -> None:
    """Changing a message after sending does not change what was sent."""
    sent = message(subject="right", connection=locmem.EmailBackend(), attachments=[("a.txt", "a", "text/plain")])
    sent.send()
    sent.subject = "wrong"
    sent.to.append("other@example.com")
    sent.attachments.clear()
    (kept,) = mail.outbox
    assert (kept.subject, kept.to, len(kept.attachments)) == ("right", ["to@example.com"], 1)


def test_a_message_bound_to_another_connection_can_be_kept() -> None:
    """Connections hold locks and sockets; the copy shares them instead of copying."""
    bound = message(connection=mail.get_connection("catcher.mail.backends.smtp.EmailBackend"))
    locmem.EmailBackend().send_messages([bound])
    assert mail.outbox[0].connection is bound.connection


def test_the_outbox_says_through_which_mailer_a_message_went() -> None:
    """`sent_using` is the alias, None without MAILERS (Django 6.1)."""
    settings.MAILERS = {"default": {"BACKEND": "catcher.mail.backends.locmem.EmailBackend"}}
    message().send()
    settings.MAILERS = None
    locmem.EmailBackend().send_messages([message()])
    assert [one.sent_using for one in mail.outbox] == ["default", None]


def test_the_dummy_does_nothing_and_counts() -> None:
    """It does nothing with the messages. Django docs: Dummy backend."""
    assert dummy.EmailBackend().send_messages([message(), message()]) == 2
    assert not hasattr(mail, "outbox")


def test_a_custom_backend_is_named_by_its_path() -> None:
    """EMAIL_BACKEND may be the path of any class that has send_messages().

    Django docs: Defining a custom email backend.
    """
    settings.EMAIL_BACKEND = "tests.mail.recording.EmailBackend"
    connection = mail.get_connection(username="ann", colour="red")
    assert isinstance(connection, OwnBackend)
    assert connection.options == {"fail_silently": False, "username": "ann", "colour": "red"}
    assert message(connection=connection).send() == 1
    assert len(connection.outbox) == 1


def test_the_base_class_leaves_sending_to_its_subclasses() -> None:
    """A backend without send_messages() says so. Django docs: Defining a custom email backend."""
    with pytest.raises(NotImplementedError):
        base.BaseEmailBackend().send_messages([])
    assert base.BaseEmailBackend(True).fail_silently is True


def test_a_with_block_that_cannot_be_opened_is_closed() -> None:
    """An error of open() leaves nothing behind."""
    closed = []

    class Failing(base.BaseEmailBackend):
        def open(self) -> bool:
            raise OSError("no")

        def close(self) -> None:
            closed.append(True)

    with pytest.raises(OSError, match="no"), Failing():
        pass
    assert closed == [True]


def test_file_names_do_not_depend_on_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is made absolute at construction."""
    monkeypatch.chdir(tmp_path)
    backend = filebased.EmailBackend(file_path="here")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    backend.send_messages([message()])
    assert len(list((tmp_path / "here").iterdir())) == 1
