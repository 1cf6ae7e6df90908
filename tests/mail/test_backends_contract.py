"""Contract suite of the mail backends."""

import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage as ModernMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from catcher import mail
from catcher.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, settings
from catcher.mail.backends.base import BaseEmailBackend
from tests.mail.recording import RecordingDummy
from tests.mail.servers import Mailbox

HYPHENS = b"\n" + b"-" * 79 + b"\n"


def parsed(octets: bytes) -> ModernMessage:
    return message_from_bytes(octets, policy=default)


def message(**changes: Any) -> EmailMessage:
    return EmailMessage(**({"subject": "Hello", "body": "Text", "to": ["to@example.com"]} | changes))


class BackendContract:
    """The contract. A subclass says how its backend is made and where the messages are found."""

    backend = ""

    def delivered(self) -> list[ModernMessage]:
        """What has arrived so far, in order."""
        raise NotImplementedError

    def connection(self, **options: Any) -> Any:
        return mail.get_connection(self.backend, **options)

    def test_it_is_a_base_email_backend_made_from_its_dotted_path(self) -> None:
        """get_connection(backend) makes an instance of that backend.

        Django docs: Obtaining an instance of an email backend.
        """
        assert isinstance(self.connection(), BaseEmailBackend)

    def test_the_default_backend_is_the_one_of_the_setting(self) -> None:
        """get_connection() makes what EMAIL_BACKEND names. Django docs: Obtaining an instance of an email backend."""
        settings.EMAIL_BACKEND = self.backend
        assert type(mail.get_connection()) is type(self.connection())

    def test_the_number_of_messages_is_returned_and_all_arrive_in_order(self) -> None:
        """send_messages() takes a list of messages and returns how many were sent. Django docs: Email backends."""
        assert self.connection().send_messages([message(subject=f"Number {n}") for n in range(3)]) == 3
        assert [one["Subject"] for one in self.delivered()] == ["Number 0", "Number 1", "Number 2"]

    def test_messages_may_come_from_an_iterator(self) -> None:
        """Any iterable of messages is taken, as in Django."""
        assert self.connection().send_messages(iter([message(), message()])) == 2
        assert len(self.delivered()) == 2

    def test_no_messages_are_zero(self) -> None:
        """An empty list sends nothing and returns 0."""
        assert self.connection().send_messages([]) == 0
        assert self.delivered() == []

    def test_content_arrives_as_written(self) -> None:
        """Subject, names and text survive, whatever their letters. Django docs: The EmailMessage class."""
        self.connection().send_messages(
            [
                EmailMultiAlternatives(
                    "Chère maman",
                    "Je t'aime très fort\nFrom the heart",
                    '"Firstname Sürname" <from@öäü.com>',
                    ["to@example.com"],
                    cc=["cc@example.com"],
                    reply_to=["reply@example.com"],
                    alternatives=[("<p>très</p>", "text/html")],
                    attachments=[("une pièce.bin", b"\0\xff\r\n", "application/x-thing")],
                )
            ]
        )
        (arrived,) = self.delivered()
        assert arrived["Subject"] == "Chère maman"
        assert arrived["From"] == "Firstname Sürname <from@xn--4ca9at.com>"
        assert (arrived["Cc"], arrived["Reply-To"]) == ("cc@example.com", "reply@example.com")
        texts = [part.get_content() for part in arrived.walk() if part.get_content_maintype() == "text"]
        assert [text.splitlines() for text in texts] == [["Je t'aime très fort", "From the heart"], ["<p>très</p>"]]
        (attached,) = arrived.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == ("une pièce.bin", b"\0\xff\r\n")

    def test_bcc_is_not_written(self) -> None:
        """Blind copies are in recipients() and not in the message. Django docs: EmailMessage Objects, bcc."""
        self.connection().send_messages([message(bcc=["secret@example.com"])])
        (arrived,) = self.delivered()
        assert "secret@example.com" not in arrived.as_string()

    @pytest.mark.slow
    @pytest.mark.parametrize("fail_silently", [False, True])
    @pytest.mark.parametrize(
        "bad",
        [
            {"subject": "a\nBcc: x@example.com"},
            {"subject": "a\rb"},
            {"subject": "a\r\nb"},
            {"from_email": "from@example.com\nBcc: x@example.com"},
            {"to": ["to@example.com\r\nBcc: x@example.com"]},
            {"cc": ["a\n@example.com"]},
            {"bcc": ["a\n@example.com"]},
            {"reply_to": ["a\n@example.com"]},
            {"headers": {"X-Thing": "a\nBcc: x@example.com"}},
            {"headers": {"X-Thing\nBcc": "x@example.com"}},
            {"attachments": [("a\r\nX: y.txt", "text", "text/plain")]},
        ],
        ids=str,
    )
    def test_line_breaks_in_header_fields_stop_everything(self, bad: dict[str, Any], fail_silently: bool) -> None:
        """BadHeaderError, a ValueError, also with fail_silently; nothing is sent.

        Django docs: Preventing header injection.
        """
        connection = self.connection(fail_silently=fail_silently)
        with pytest.raises(BadHeaderError, match=r"newlines"):
            connection.send_messages([message(), message(**bad)])
        assert self.delivered() == []

    def test_open_keeps_the_connection_until_close(self) -> None:
        """After open() several calls share one session, close() ends it. Django docs: Sending multiple emails."""
        connection = self.connection()
        connection.open()
        connection.send_messages([message(subject="1")])
        connection.send_messages([message(subject="2"), message(subject="3")])
        connection.close()
        connection.close()
        assert [one["Subject"] for one in self.delivered()] == ["1", "2", "3"]

    def test_it_can_be_closed_without_having_been_opened(self) -> None:
        """close() of a connection that was never opened does nothing."""
        self.connection().close()

    def test_a_with_block_opens_and_closes(self) -> None:
        """The context manager calls open() and close() and gives the connection. Django docs: Email backends."""
        calls = []
        connection = self.connection()
        real_open, real_close = connection.open, connection.close

        def recorded(name: str, method: Callable[[], object]) -> object:
            calls.append(name)
            return method()

        connection.open = lambda: recorded("open", real_open)
        connection.close = lambda: recorded("close", real_close)
        with connection as same:
            assert same is connection
            message(connection=connection).send()
            message(connection=connection).send()
        assert (calls[0], calls[-1], calls.count("close")) == ("open", "close", 1)
        assert len(self.delivered()) == 2

    def test_threads_share_a_connection(self) -> None:
        """Eight threads sending through one backend lose and mix nothing."""
        connection = self.connection()
        threads = [
            threading.Thread(target=connection.send_messages, args=([message(subject=f"{n}", body=f"{n} " * 500)],))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        arrived = {one["Subject"]: one.get_content().strip() for one in self.delivered()}
        assert arrived == {f"{n}": (f"{n} " * 500).strip() for n in range(8)}

    def test_unknown_arguments_are_ignored_without_an_alias_and_refused_with_one(self) -> None:
        """get_connection() passes everything on; an entry of MAILERS must be exact (Django 6.1)."""
        assert self.connection(foo="bar").alias is None
        settings.MAILERS = {"one": {"BACKEND": self.backend, "OPTIONS": {**self.options(), "foo": 1}}}
        with pytest.raises(mail.InvalidMailer, match=r"MAILERS\['one'\]: Unknown options 'foo'"):
            mail.mailers["one"]

    def test_an_entry_of_mailers_makes_it(self) -> None:
        """OPTIONS are the constructor's arguments, and alias names the entry (Django 6.1)."""
        settings.MAILERS = {"one": {"BACKEND": self.backend, "OPTIONS": self.options()}}
        assert message().send(using="one") == 1
        assert mail.mailers["one"].alias == "one"
        assert len(self.delivered()) == 1

    def options(self) -> dict[str, Any]:
        """What an entry of MAILERS has to say for this backend."""
        return {}

    def test_a_message_is_anything_that_is_written_like_one(self) -> None:
        """Messages of other classes are sent: from_email, recipients() and message() are enough."""

        class Note:
            from_email = "note@example.com"

            def recipients(self) -> list[str]:
                return ["to@example.com"]

            def message(self) -> ModernMessage:
                note = ModernMessage()
                note["Subject"] = "Gżegżółka"
                note["From"] = self.from_email
                note.set_content("Żółw")
                return note

        assert self.connection().send_messages([Note()]) == 1
        (arrived,) = self.delivered()
        assert (arrived["Subject"], arrived.get_content().strip()) == ("Gżegżółka", "Żółw")


class TestSMTP(BackendContract):
    backend = "catcher.mail.backends.smtp.EmailBackend"

    @pytest.fixture(autouse=True)
    def _server(self, server: Mailbox) -> None:
        self.server = server

    def delivered(self) -> list[ModernMessage]:
        return [parsed(envelope.original_content) for envelope in self.server.messages]

    def options(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.server.port}


class TestConsole(BackendContract):
    backend = "catcher.mail.backends.console.EmailBackend"

    @pytest.fixture(autouse=True)
    def _standard_output(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.captured = capsys

    def delivered(self) -> list[ModernMessage]:
        return [parsed(one) for one in self.captured.readouterr().out.encode().split(HYPHENS) if one]


class TestFile(BackendContract):
    backend = "catcher.mail.backends.filebased.EmailBackend"

    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path: Path) -> None:
        self.directory = tmp_path / "mail"
        settings.EMAIL_FILE_PATH = self.directory

    def delivered(self) -> list[ModernMessage]:
        files = sorted(self.directory.iterdir()) if self.directory.exists() else []
        return [parsed(one) for file in files for one in file.read_bytes().split(HYPHENS) if one]

    def options(self) -> dict[str, Any]:
        return {"file_path": str(self.directory)}


class TestLocmem(BackendContract):
    backend = "catcher.mail.backends.locmem.EmailBackend"

    def delivered(self) -> list[ModernMessage]:
        return [parsed(one.message().as_bytes()) for one in getattr(mail, "outbox", [])]


class TestDummy(BackendContract):
    """The dummy keeps nothing, so the contract runs on a subclass that records its messages."""

    backend = "tests.mail.recording.RecordingDummy"

    @pytest.fixture(autouse=True)
    def _record(self) -> None:
        RecordingDummy.taken.clear()

    def delivered(self) -> list[ModernMessage]:
        return [parsed(one.message().as_bytes()) for one in RecordingDummy.taken]


class TestSQLite(BackendContract):
    backend = "catcher.mail.backends.sqlite.EmailBackend"

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> None:
        self.directory = tmp_path / "mail"
        settings.EMAIL_FILE_PATH = self.directory

    def delivered(self) -> list[ModernMessage]:
        outbox = mail.get_connection(self.backend).outbox
        return [parsed(one.message().as_bytes()) for one in outbox]

    def options(self) -> dict[str, Any]:
        return {"file_path": str(self.directory)}
