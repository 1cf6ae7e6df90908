"""The worked example of each section of Django's document on sending mail, run against a real server."""

import smtplib
from email import message_from_bytes
from email.mime.image import MIMEImage
from pathlib import Path
from typing import Any

import pytest

from catcher import mail
from catcher.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail, send_mass_mail, settings
from tests.mail.servers import Mailbox

SUBJECTS = "Subject here"


def subjects(server: Mailbox) -> list[str]:
    lines = [line for one in server.messages for line in one.original_content.decode().split("\r\n")]
    return [line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: ")]


def test_one_call_sends_a_mail(server: Mailbox) -> None:
    """One call sends through EMAIL_HOST and EMAIL_PORT. Django docs: Quick example."""
    sent = send_mail(
        "Subject here", "Here is the message.", "from@example.com", ["to@example.com"], fail_silently=False
    )
    assert (sent, subjects(server)) == (1, [SUBJECTS])
    assert server.messages[0].original_content.endswith(b"\r\n\r\nHere is the message.\r\n")


def test_mass_mail_uses_one_connection(server: Mailbox) -> None:
    """Two messages to two sets of recipients, one connection. Django docs: send_mass_mail()."""
    message1 = ("Subject here", "Here is the message", "from@example.com", ["first@example.com", "other@example.com"])
    message2 = ("Another Subject", "Here is another message", "from@example.com", ["second@test.com"])
    assert send_mass_mail((message1, message2), fail_silently=False) == 2
    assert server.sessions == 1
    assert [one.rcpt_tos for one in server.messages] == [
        ["first@example.com", "other@example.com"],
        ["second@test.com"],
    ]


def test_send_mail_uses_a_connection_per_call(server: Mailbox) -> None:
    """send_mail() opens a connection each time it is called. send_mass_mail() vs. send_mail()."""
    for number in range(2):
        send_mail(f"{number}", "Message.", "from@example.com", ["john@example.com"])
    assert server.sessions == 2


def test_recipients_may_share_a_message_or_not(server: Mailbox) -> None:
    """One message that both see, or a message for each. Django docs: Examples."""
    send_mail("Subject", "Message.", "from@example.com", ["john@example.com", "jane@example.com"])
    send_mass_mail(
        (
            ("Subject", "Message.", "from@example.com", ["john@example.com"]),
            ("Subject", "Message.", "from@example.com", ["jane@example.com"]),
        )
    )
    to = [one.original_content.split(b"\r\nTo: ")[1].split(b"\r\n")[0] for one in server.messages]
    assert to == [b"john@example.com, jane@example.com", b"john@example.com", b"jane@example.com"]


def contact_view(form: dict[str, str]) -> str:
    """The document's view, with a dictionary for the request and a string for the response."""
    subject, message, from_email = form.get("subject", ""), form.get("message", ""), form.get("from_email", "")
    if not (subject and message and from_email):
        return "Make sure all fields are entered and valid."
    try:
        send_mail(subject, message, from_email, ["admin@example.com"])
    except BadHeaderError:
        return "Invalid header found."
    return "/contact/thanks/"


@pytest.mark.parametrize(
    ("changes", "answer", "sent"),
    [
        ({}, "/contact/thanks/", 1),
        ({"subject": ""}, "Make sure all fields are entered and valid.", 0),
        ({"subject": "Hi\nBcc: victim@example.com"}, "Invalid header found.", 0),
        ({"from_email": "a@b.c\r\nTo: victim@example.com"}, "Invalid header found.", 0),
        ({"message": "To: not a header\nFrom: neither"}, "/contact/thanks/", 1),
    ],
)
def test_header_injection_is_refused_by_the_view(
    changes: dict[str, str], answer: str, sent: int, server: Mailbox
) -> None:
    """The view answers and sends nothing forged; header lines in the body stay body.

    Django docs: Preventing header injection.
    """
    form = {"subject": "Hi", "message": "Hello", "from_email": "visitor@example.com"} | changes
    assert contact_view(form) == answer
    assert (len(server.messages), server.sessions) == (sent, sent)
    if sent:
        body = server.messages[0].original_content.split(b"\r\n\r\n", 1)[1]
        assert body == form["message"].replace("\n", "\r\n").encode() + b"\r\n"
        assert server.messages[0].rcpt_tos == ["admin@example.com"]


def test_a_message_has_bcc_reply_to_and_headers(server: Mailbox) -> None:
    """The document's message with Bcc, Reply-To and a Message-ID of its own. Django docs: EmailMessage Objects."""
    email = EmailMessage(
        "Hello",
        "Body goes here",
        "from@example.com",
        ["to1@example.com", "to2@example.com"],
        ["bcc@example.com"],
        reply_to=["another@example.com"],
        headers={"Message-ID": "foo"},
    )
    assert email.send() == 1
    (arrived,) = server.messages
    assert arrived.rcpt_tos == ["to1@example.com", "to2@example.com", "bcc@example.com"]
    assert b"\r\nReply-To: another@example.com\r\n" in arrived.original_content
    assert b"\r\nMessage-ID: foo\r\n" in arrived.original_content
    assert b"bcc@example.com" not in arrived.original_content


def test_html_goes_beside_the_text_or_alone(server: Mailbox) -> None:
    """Text and HTML together, and HTML alone. Django docs: Sending alternative content types."""
    subject, from_email, to = "hello", "from@example.com", "to@example.com"
    html_content = "<p>This is an <strong>important</strong> message.</p>"
    both = EmailMultiAlternatives(subject, "This is an important message.", from_email, [to])
    both.attach_alternative(html_content, "text/html")
    both.send()
    alone = EmailMessage(subject, html_content, from_email, [to])
    alone.content_subtype = "html"
    alone.send()
    first, second = (one.original_content for one in server.messages)
    assert first.startswith(b"Content-Type: multipart/alternative;")
    assert first.index(b"text/plain") < first.index(b"text/html")
    assert second.startswith(b"Content-Type: text/html;")


def test_a_with_block_holds_one_connection(server: Mailbox) -> None:
    """A with block opens and closes one connection for its messages. Django docs: Email backends."""
    with mail.get_connection() as connection:
        mail.EmailMessage("1", "body", "from@example.com", ["to@example.com"], connection=connection).send()
        mail.EmailMessage("2", "body", "from@example.com", ["to@example.com"], connection=connection).send()
    assert (subjects(server), server.sessions) == (["1", "2"], 1)


def test_the_console_backend_prints_mail(capsys: pytest.CaptureFixture[str]) -> None:
    """EMAIL_BACKEND names the console backend; mail is shown instead of sent. Django docs: Console backend."""
    with settings.override(EMAIL_BACKEND="catcher.mail.backends.console.EmailBackend"):
        send_mail(SUBJECTS, "Text", "from@example.com", ["to@example.com"])
    assert f"\nSubject: {SUBJECTS}\n" in capsys.readouterr().out


def test_the_file_backend_writes_files(tmp_path: Path) -> None:
    """EMAIL_FILE_PATH names the directory. Django docs: File backend."""
    with settings.override(
        EMAIL_BACKEND="catcher.mail.backends.filebased.EmailBackend", EMAIL_FILE_PATH=str(tmp_path / "app-messages")
    ):
        send_mail(SUBJECTS, "Text", "from@example.com", ["to@example.com"])
    (file,) = (tmp_path / "app-messages").iterdir()
    assert f"\nSubject: {SUBJECTS}\n" in file.read_text()


def test_send_messages_uses_one_connection(server: Mailbox) -> None:
    """send_messages() uses one connection for the list. Django docs: Sending multiple emails."""
    connection = mail.get_connection()
    messages = [EmailMessage(f"{n}", "body", "from@example.com", ["to@example.com"]) for n in range(3)]
    assert connection.send_messages(messages) == 3
    assert (subjects(server), server.sessions) == (["0", "1", "2"], 1)


def test_an_open_connection_stays_open(server: Mailbox) -> None:
    """open(), send(), send_messages(), close(): one connection throughout. Django docs: Sending multiple emails."""
    connection = mail.get_connection()
    connection.open()
    email1 = mail.EmailMessage("1", "Body goes here", "from@example.com", ["to1@example.com"], connection=connection)
    email1.send()
    email2 = mail.EmailMessage("2", "Body goes here", "from@example.com", ["to2@example.com"])
    email3 = mail.EmailMessage("3", "Body goes here", "from@example.com", ["to3@example.com"])
    connection.send_messages([email2, email3])
    assert connection.connection is not None
    connection.close()
    assert (subjects(server), server.sessions) == (["1", "2", "3"], 1)


@pytest.mark.parametrize("missing", range(4))
def test_the_first_four_parameters_are_required(missing: int) -> None:
    """subject, message, from_email and recipient_list are required; a TypeError without one.

    Django docs: send_mail().
    """
    names = ("subject", "message", "from_email", "recipient_list")
    arguments: dict[str, Any] = dict(zip(names, ("S", "m", "a@example.com", ["b@example.com"]), strict=True))
    del arguments[names[missing]]
    with pytest.raises(TypeError, match=names[missing]):
        send_mail(**arguments)


def test_a_refused_mail_is_an_smtp_exception(server: Mailbox) -> None:
    """What the server refuses is a smtplib.SMTPException; with fail_silently it is 0 sent. Django docs: send_mail()."""
    refused = ["refused@example.com"]
    server.refuse.update(refused)
    with pytest.raises(smtplib.SMTPException):
        send_mail("S", "m", "from@example.com", refused, fail_silently=False)
    assert send_mail("S", "m", "from@example.com", refused, fail_silently=True) == 0
    assert server.messages == []


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("forged", ["subject", "from_email", "recipient_list"])
def test_every_function_refuses_line_breaks(newline: str, forged: str, server: Mailbox) -> None:
    """Line breaks of Unix, Windows and Mac in each argument, for every function.

    Django docs: Preventing header injection.
    """
    text = f"a@example.com{newline}Bcc: victim@example.com"
    given: dict[str, Any] = {"subject": "S", "from_email": "from@example.com", "recipient_list": ["to@example.com"]}
    given[forged] = [text] if forged == "recipient_list" else text
    arguments = (given["subject"], "m", given["from_email"], given["recipient_list"])
    good = ("S", "m", "from@example.com", ["to@example.com"])
    people = [("Ann", address) for address in given["recipient_list"]]
    with settings.override(SERVER_EMAIL=given["from_email"], ADMINS=people, MANAGERS=people):
        for send in (
            lambda: send_mail(*arguments, fail_silently=True),
            lambda: send_mass_mail([good, arguments], fail_silently=True),
            lambda: mail.mail_admins(given["subject"], "m", fail_silently=True),
            lambda: mail.mail_managers(given["subject"], "m", fail_silently=True),
        ):
            with pytest.raises(BadHeaderError) as raised:
                send()
            assert isinstance(raised.value, ValueError)
    assert (server.messages, server.sessions) == ([], 0)


def test_message_and_recipients_can_be_overridden(server: Mailbox) -> None:
    """A subclass that overrides message() and recipients() is sent as these say.

    Django docs: EmailMessage Objects, message().
    """

    class Signed(EmailMessage):
        def message(self, policy: Any = None) -> Any:
            written = super().message(policy)
            written["X-Signature"] = "42"
            return written

        def recipients(self) -> list[str]:
            return [*super().recipients(), "archive@example.com"]

    assert Signed("S", "b", "from@example.com", ["to@example.com"]).send() == 1
    (arrived,) = server.messages
    assert arrived.rcpt_tos == ["to@example.com", "archive@example.com"]
    assert b"\r\nX-Signature: 42\r\n" in arrived.original_content


def test_several_messages_share_a_connection(server: Mailbox) -> None:
    """send() uses the message's connection where it has one, else begins a new one.

    Django docs: EmailMessage Objects.
    """
    connection = mail.get_connection()
    connection.open()
    for bound in (connection, connection, None):
        EmailMessage("S", "b", "from@example.com", ["to@example.com"], connection=bound).send()
    connection.close()
    assert (len(server.messages), server.sessions) == (3, 2)


def test_both_forms_of_an_address_are_accepted(server: Mailbox) -> None:
    """fred@example.com and Fred <fred@example.com>, in a list or a tuple. Django docs: EmailMessage Objects."""
    EmailMessage("S", "b", "Fred <fred@example.com>", ("Ann <ann@example.com>", "bob@example.com")).send()
    EmailMessage("S", "b", "fred@example.com", ["ann@example.com"]).send()
    first, second = server.messages
    assert (first.mail_from, first.rcpt_tos) == ("fred@example.com", ["ann@example.com", "bob@example.com"])
    assert b"\r\nFrom: Fred <fred@example.com>\r\nTo: Ann <ann@example.com>, bob@example.com\r\n" in (
        first.original_content
    )
    assert second.mail_from == "fred@example.com"


def test_the_constructor_takes_attachments(server: Mailbox, tmp_path: Path) -> None:
    """`attachments` takes MIMEBase objects and triples; attach() and attach_file() add to them.

    Django docs: EmailMessage Objects, attach().
    """
    (tmp_path / "weather_map.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    part = MIMEImage(b"GIF89a", _subtype="gif")
    email = EmailMessage("S", "b", "from@example.com", ["to@example.com"], attachments=[part, ("a.txt", "ä", None)])
    email.attach("design.png", b"\x89PNG", "image/png")
    email.attach_file(str(tmp_path / "weather_map.png"))
    email.send()
    arrived = message_from_bytes(server.messages[0].original_content)
    found = [(one.get_content_type(), one.get_filename()) for one in arrived.walk()][1:]
    assert found == [
        ("text/plain", None),
        ("image/gif", None),
        ("text/plain", "a.txt"),
        ("image/png", "design.png"),
        ("image/png", "weather_map.png"),
    ]
