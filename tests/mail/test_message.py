"""EmailMessage and EmailMultiAlternatives: arguments, structure, attachments, transfer encodings."""

import email
import pickle
from collections import UserString
from email.charset import QP, Charset
from email.message import EmailMessage as ModernMessage
from email.message import Message, MIMEPart
from email.mime.image import MIMEImage
from email.mime.text import MIMEText
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast

import pytest

from catcher import mail
from catcher.mail import (
    BadHeaderError,
    EmailAlternative,
    EmailAttachment,
    EmailMessage,
    EmailMultiAlternatives,
    SafeMIMEMultipart,
    SafeMIMEText,
    settings,
)
from catcher.mail.backends.dummy import EmailBackend
from catcher.mail.parts import SafeMIMEMessage, content_part
from catcher.mail.utils import DNS_NAME

SVG = "<p>HTML</p>"


def reread(message: EmailMessage) -> ModernMessage:
    return email.message_from_bytes(message.message().as_bytes(), policy=default)


def structure(part: Message, level: int = 0) -> str:
    inside = "".join(structure(one, level + 1) for one in part.get_payload()) if part.is_multipart() else ""  # type: ignore[arg-type]
    return f"{' ' * level}{part.get_content_type()}\n{inside}"


def attached(message: EmailMessage) -> list[tuple[str | None, str, Any]]:
    parts = reread(message).iter_attachments()
    return [(part.get_filename(), part.get_content_type(), part.get_content()) for part in parts]


def test_all_arguments_are_optional() -> None:
    """All parameters are optional. Django docs: EmailMessage Objects."""
    for message in (EmailMessage(), EmailMultiAlternatives()):
        written = message.message()
        assert (written["Subject"], written["From"], written["To"]) == ("", "webmaster@localhost", None)
        assert written.get_payload() == ""


def test_the_order_of_positional_arguments_is_the_documented_one() -> None:
    """subject, body, from_email, to, bcc, connection, attachments, headers, cc, reply_to.

    Django docs: EmailMessage Objects.
    """
    connection = EmailBackend()
    message = EmailMessage(
        "Hello", "Body", "from@example.com", ["to@example.com"], ["bcc@example.com"], connection,
        [("a.txt", "x", "text/plain")], {"X-A": "b"}, ["cc@example.com"], ["reply@example.com"],
    )  # fmt: skip
    written = message.message()
    values = [written[name] for name in ("Subject", "From", "To", "X-A", "Cc", "Reply-To")]
    assert values == ["Hello", "from@example.com", "to@example.com", "b", "cc@example.com", "reply@example.com"]
    assert message.recipients() == ["to@example.com", "cc@example.com", "bcc@example.com"]
    assert message.get_connection() is connection


def test_the_alternatives_class_takes_alternatives_before_cc() -> None:
    """EmailMultiAlternatives(…, headers, alternatives, cc, reply_to), as in Django."""
    message = EmailMultiAlternatives("s", "b", None, [], [], None, [], {}, [(SVG, "text/html")], ["cc@e.c"], ["r@e.c"])
    assert (message.alternatives, message.cc, message.reply_to) == ([(SVG, "text/html")], ["cc@e.c"], ["r@e.c"])
    assert isinstance(message.alternatives[0], EmailAlternative)


def test_everything_can_be_set_until_it_is_sent() -> None:
    """Attributes set after construction are used. Django docs: EmailMessage Objects."""
    message = EmailMessage("old", "old", "old@example.com", ["old@example.com"], cc=["old@example.com"])
    message.subject, message.body, message.from_email = "new", "new", "new@example.com"
    message.to, message.cc, message.bcc, message.reply_to = ["a@b.c"], [], ["d@e.f"], ["g@h.i"]
    message.extra_headers = {"X-A": "new"}
    message.attachments = [
        ("a.txt", "text", "text/plain"),
        ("b.txt", b"octets", "text/plain"),
        MIMEImage(b"GIF", "gif"),
    ]
    message.connection = EmailBackend()
    assert b"old" not in message.message().as_bytes()
    assert attached(message) == [
        ("a.txt", "text/plain", "text"),
        ("b.txt", "text/plain", "octets"),
        (None, "image/gif", b"GIF"),
    ]
    assert message.send() == 1


@pytest.mark.parametrize("argument", ["to", "cc", "bcc", "reply_to"])
def test_a_string_of_addresses_is_a_type_error(argument: str) -> None:
    """A list or tuple is needed; the error names the argument."""
    with pytest.raises(TypeError, match=f'"{argument}" argument must be a list or tuple'):
        EmailMessage(**cast("Any", {argument: "a@example.com"}))
    assert EmailMessage(**cast("Any", {argument: ("a@example.com",)})).message()


def test_empty_addresses_are_left_out() -> None:
    """Empty strings and None are no recipients."""
    message = EmailMessage(to=["a@b.c", ""], cc=["", "d@e.f"], bcc=[""], reply_to=["", None])  # type: ignore[list-item]
    assert message.recipients() == ["a@b.c", "d@e.f"]
    assert (message.message()["Cc"], message.message()["Reply-To"]) == ("d@e.f", None)


def test_extra_header_fields_win() -> None:
    """`headers` replaces what the other arguments would write, in any letter case, and never twice."""
    headers = {
        "From": "from@example.com", "to": "list@example.com", "CC": "cc@example.com", "Reply-To": "r@example.com",
        "date": "Fri, 09 Nov 2001 01:08:47 -0000", "Message-ID": "foo", "subject": "Other",
    }  # fmt: skip
    written = EmailMessage(
        "Subject", "", "bounce@example.com", ["a@b.c"], cc=["d@e.f"], reply_to=["g@h.i"], headers=headers
    ).message()
    assert {name: written.get_all(name) for name in headers} == {name: [value] for name, value in headers.items()}


def test_bcc_among_the_header_fields_is_refused() -> None:
    """It would show the blind copies to all; a ValueError as in Django 6.1."""
    with pytest.raises(ValueError, match="Bcc"):
        EmailMessage(headers={"bcc": "secret@example.com"}).message()


def test_date_and_message_id_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Date in UTC as -0000, in local time with EMAIL_USE_LOCALTIME; Message-ID ends in this machine's name."""
    written = EmailMessage().message()
    assert written["Date"].endswith("-0000")
    assert written["Message-ID"].endswith(f"@{DNS_NAME}>")
    with settings.override(EMAIL_USE_LOCALTIME=True):
        assert parsedate_to_datetime(EmailMessage().message()["Date"]).tzinfo is not None


def test_the_machine_name_is_ascii_and_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is not ASCII goes as IDNA; `del DNS_NAME._fqdn` forgets it."""
    del DNS_NAME._fqdn
    monkeypatch.setattr("socket.getfqdn", lambda: "漢字")
    assert "@xn--p8s937b>" in EmailMessage().message()["Message-ID"]
    monkeypatch.setattr("socket.getfqdn", lambda: "other.example")
    assert str(DNS_NAME) == "xn--p8s937b"
    del DNS_NAME._fqdn
    assert DNS_NAME.get_fqdn() == "other.example"
    del DNS_NAME._fqdn


def test_the_classes_of_message_are_the_documented_ones() -> None:
    """message() is SafeMIMEText (a MIMEText) or SafeMIMEMultipart. Django docs: EmailMessage Objects, message()."""
    assert isinstance(EmailMessage().message(), SafeMIMEText)
    assert isinstance(EmailMessage().message(), MIMEText)
    assert isinstance(EmailMessage(attachments=[("a", "b")]).message(), SafeMIMEMultipart)


def test_texts_may_be_lazy() -> None:
    """Whatever gives text by str() is taken as text: translations that are looked up late."""
    lazy: Any = UserString
    message = EmailMultiAlternatives(
        lazy("Sübject"), lazy("Bödy"), lazy("from@example.com"), [lazy("to@example.com")], cc=[lazy("cc@example.com")],
        headers={"X-A": lazy("ä")}, alternatives=[(lazy("<p>Bödy"), "text/html")],
    )  # fmt: skip
    written = reread(message)
    assert (written["Subject"], written["From"], written["To"]) == ("Sübject", "from@example.com", "to@example.com")
    assert written.get_body(("html",)).get_content().strip() == "<p>Bödy"  # type: ignore[union-attr]
    assert message.body_contains("Bödy")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Only ASCII.", "7bit"),
        ("Latin àáä.", "8bit"),
        ("А Б В Г Д Е", "8bit"),
        ("В южных морях " * 60, "quoted-printable"),
        ("x" * 998, "7bit"),
        ("x" * 999, "quoted-printable"),
    ],
)
def test_the_transfer_encoding_follows_the_text(body: str, expected: str) -> None:
    """UTF-8 stays as it is unless a line exceeds 998 octets. RFC 5322 §2.1.1."""
    written = EmailMessage(body=body).message()
    assert written["Content-Transfer-Encoding"] == expected
    assert written.get_payload(decode=True) == body.encode()
    assert max(map(len, written.as_bytes().split(b"\n"))) <= 998


def test_other_charsets_are_used_for_all_parts() -> None:
    """`encoding` sets the charset of text, alternatives and header fields; DEFAULT_CHARSET does without it."""
    message = EmailMultiAlternatives("Sübject", "Sürname", to=["Ü <a@b.c>"], alternatives=[("<p>Sürname", "text/html")])
    message.encoding = "iso-8859-1"
    written = message.message()
    assert (written["Subject"], written["To"]) == ("=?iso-8859-1?q?S=FCbject?=", "=?iso-8859-1?q?=DC?= <a@b.c>")
    for part in written.get_payload():
        assert part.get_content_charset() == "iso-8859-1"  # type: ignore[union-attr]
        assert "S=FCrname" in part.get_payload()  # type: ignore[union-attr]
    with settings.override(DEFAULT_CHARSET="iso-8859-1"):
        assert EmailMessage(body="ü").message().get_content_charset() == "iso-8859-1"


def test_a_charset_object_sets_the_transfer_encoding() -> None:
    """An email.charset.Charset is used as it is."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    message = EmailMessage(body="àáä", attachments=[("a.bin", "ä", "application/x-a")])
    message.encoding = charset
    body, attachment = cast("list[Message]", message.message().get_payload())
    assert body["Content-Transfer-Encoding"] == "quoted-printable"
    assert attachment.get_payload(decode=True) == "ä".encode()


def test_the_registry_of_charsets_is_left_alone() -> None:
    """Other libraries in the process still get base64 for UTF-8."""
    assert "Content-Transfer-Encoding: base64" in MIMEText("text", "plain", "utf-8").as_string()


def test_lines_that_begin_with_from_are_not_mangled() -> None:
    """No ">" is put before "From "."""
    assert b"\nFrom the future" in EmailMessage(body="From the future").message().as_bytes()
    assert "\nFrom the future" in EmailMessage(body="From the future").message().as_string()
    assert b"a\r\nb" in EmailMessage(body="a\nb").message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]


ALTERNATIVE = EmailAlternative(SVG, "text/html")
IMAGE = EmailAttachment("image.gif", b"GIF", "image/gif")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (EmailMessage(body="t"), "text/plain\n"),
        (EmailMessage(body="t", attachments=[IMAGE]), "multipart/mixed\n text/plain\n image/gif\n"),
        (EmailMessage(attachments=[IMAGE]), "multipart/mixed\n image/gif\n"),
        (EmailMultiAlternatives(), "text/plain\n"),
        (
            EmailMultiAlternatives(body="t", alternatives=[ALTERNATIVE]),
            "multipart/alternative\n text/plain\n text/html\n",
        ),
        (EmailMultiAlternatives(alternatives=[ALTERNATIVE]), "multipart/alternative\n text/html\n"),
        (
            EmailMultiAlternatives(body="t", alternatives=[ALTERNATIVE], attachments=[IMAGE]),
            "multipart/mixed\n multipart/alternative\n  text/plain\n  text/html\n image/gif\n",
        ),
        (
            EmailMessage(body="t", attachments=[(None, EmailMessage(body="inner"), "message/rfc822")]),
            "multipart/mixed\n text/plain\n message/rfc822\n  text/plain\n",
        ),
    ],
    ids=lambda value: " ".join(value.split()) if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.parametrize("policy", [None, default])
def test_the_structure_follows_the_contents(message: EmailMessage, expected: str, policy: Any) -> None:
    """No empty body beside alternatives or attachments; the same with a policy.

    Django docs: Sending alternative content types.
    """
    assert structure(message.message(policy)) == expected


def test_content_subtype_changes_the_main_type() -> None:
    """`content_subtype = "html"` makes the body text/html. Django docs: Sending alternative content types."""
    message = EmailMessage(body=SVG)
    message.content_subtype = "html"
    assert message.message().get_content_type() == "text/html"
    assert message.message(default).get_content_type() == "text/html"


def test_attach_takes_three_forms() -> None:
    """A part, name and content, or name, content and media type. Django docs: EmailMessage Objects, attach()."""
    message = EmailMessage()
    image = MIMEImage(b"GIF", "gif")
    image["Content-ID"] = "<id@example.com>"
    message.attach(image)
    message.attach("design.png", b"\x89PNG", "image/png")
    message.attach("guess.txt", "text")
    message.attach("guess.unknowable", "text")
    message.attach(content=b"nameless")
    assert message.attachments[0] is image
    assert attached(message) == [
        (None, "image/gif", b"GIF"),
        ("design.png", "image/png", b"\x89PNG"),
        ("guess.txt", "text/plain", "text"),
        ("guess.unknowable", "application/octet-stream", b"text"),
        (None, "application/octet-stream", b"nameless"),
    ]
    assert list(reread(message).iter_attachments())[0]["Content-ID"] == "<id@example.com>"  # noqa: RUF015


def test_attach_takes_parts_of_the_modern_classes() -> None:
    """A MIMEPart goes in as it is (Django 6.0)."""
    part = MIMEPart()
    part.set_content("Ünïcode", filename="ü.txt", disposition="attachment")
    message = EmailMessage(body="b", attachments=[part])
    assert attached(message) == [("ü.txt", "text/plain", "Ünïcode\n")]


def test_attach_refuses_what_contradicts_itself() -> None:
    """ValueError: a part with more arguments, no content, a media type that is none."""
    message = EmailMessage()
    for more in ({"content": "x"}, {"mimetype": "text/plain"}):
        with pytest.raises(ValueError, match="must not be given when a MIMEBase instance"):
            message.attach(MIMEText("x"), **more)
    with pytest.raises(ValueError, match="content must be provided"):
        message.attach("file.txt", mimetype="text/plain")
    with pytest.raises(ValueError, match="mimetype='text'"):
        message.attach("file.txt", "x", "text")
    with pytest.raises(BadHeaderError, match="mimetype"):
        message.attach("file.txt", "x", "text/plain\nX: y")


def test_a_line_break_in_a_file_name_is_a_bad_header() -> None:
    """An attachment's name cannot add fields either."""
    message = EmailMessage(attachments=[("a\r\nBcc: x@example.com", "x", "text/plain")])
    for policy in (None, default):
        with pytest.raises(BadHeaderError):
            message.message(policy)


def test_text_that_does_not_decode_is_sent_as_octets() -> None:
    """text/* in UTF-8 is decoded; anything else becomes application/octet-stream, unchanged."""
    message = EmailMessage(attachments=[("a.txt", b"\xc3\xa4"), ("b.txt", b"\xff")])
    message.attachments.append(("c.txt", b"\xff", "text/plain"))
    assert attached(message) == [
        ("a.txt", "text/plain", "ä"),
        ("b.txt", "application/octet-stream", b"\xff"),
        ("c.txt", "application/octet-stream", b"\xff"),
    ]


def test_attach_file_reads_a_file(tmp_path: Path) -> None:
    """The name is the file's, the media type is given or guessed. Django docs: EmailMessage Objects, attach_file()."""
    (tmp_path / "map.png").write_bytes(b"\x89PNG")
    (tmp_path / "notes.txt").write_bytes("ä".encode())
    message = EmailMessage()
    message.attach_file(tmp_path / "map.png")
    message.attach_file(str(tmp_path / "notes.txt"))
    message.attach_file(tmp_path / "notes.txt", "application/x-notes")
    message.attach_file(tmp_path / "map.png", mimetype="text/plain")
    assert message.attachments == [
        ("map.png", b"\x89PNG", "image/png"),
        ("notes.txt", "ä", "text/plain"),
        ("notes.txt", "ä".encode(), "application/x-notes"),
        ("map.png", b"\x89PNG", "application/octet-stream"),
    ]
    with pytest.raises(FileNotFoundError):
        message.attach_file(tmp_path / "missing")


def inner_messages() -> list[Any]:
    classic = Message()
    classic["Subject"] = "inner"
    classic.set_payload("text")
    modern = ModernMessage()
    modern["Subject"] = "inner"
    modern.set_content("text")
    return [EmailMessage("inner", "text"), classic, modern, classic.as_string(), classic.as_bytes()]


@pytest.mark.parametrize("inner", inner_messages(), ids=lambda inner: type(inner).__name__)
@pytest.mark.parametrize("policy", [None, default])
def test_messages_can_be_attached(inner: Any, policy: Any) -> None:
    """message/rfc822 takes EmailMessage and email.message.Message, and is not base64. RFC 2046 §5.2.1."""
    message = EmailMessage("outer", "body")
    message.attach(content=inner, mimetype="message/rfc822")
    octets = message.message(policy).as_bytes()
    (part,) = email.message_from_bytes(octets, policy=default).iter_attachments()
    assert part.get("Content-Transfer-Encoding", "7bit") in {"7bit", "8bit", "binary"}
    assert (part.get_content()["Subject"], part.get_content().get_content().strip()) == ("inner", "text")


def test_an_attached_message_in_eight_bits_stays_in_eight_bits() -> None:
    """Octets of an attached message are not re-encoded."""
    inner = "Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n¡Hola!\n".encode()
    message = EmailMessage(attachments=[("a.eml", inner, "message/rfc822")])
    assert "¡Hola!".encode() in message.message().as_bytes()


def test_header_fields_of_an_attached_part_cannot_be_forged() -> None:
    """SafeMIMEMessage and its kin refuse line breaks wherever a field is set."""
    for part in (SafeMIMEMessage(Message()), SafeMIMEText("x"), SafeMIMEMultipart()):
        with pytest.raises(BadHeaderError):
            part["X-A"] = "a\nb"


def test_file_names_in_unicode_survive() -> None:
    """Extended parameters carry them. RFC 2231 §4."""
    message = EmailMessage(attachments=[("une pièce jointe.pdf", b"%PDF", "application/pdf")])
    assert attached(message)[0][0] == "une pièce jointe.pdf"


def test_text_content_of_a_binary_type_is_written_in_the_charset() -> None:
    """A str for application/* is encoded, not guessed at."""
    assert content_part("é", "application/x-a", encoding="utf-8").get_payload(decode=True) == "é".encode()


def test_alternatives_need_content_and_type() -> None:
    """attach_alternative() refuses None for either."""
    message = EmailMultiAlternatives()
    for arguments in ((None, "text/html"), ("x", None)):
        with pytest.raises(ValueError, match="Both content and mimetype must be provided"):
            message.attach_alternative(*arguments)


def test_body_contains_looks_into_every_text() -> None:
    """True only when the body and each text alternative contain it; other alternatives do not count."""
    message = EmailMultiAlternatives(body="I am content.")
    message.attach_alternative(b"sound", "audio/mpeg")
    assert message.body_contains("content.") is True
    message.attach_alternative(b"<p>I am other", "text/html")
    assert message.body_contains("I am") is True
    assert message.body_contains("content.") is False


def test_messages_can_be_pickled() -> None:
    """Messages travel between processes."""
    message = EmailMultiAlternatives("s", "b", to=["a@b.c"], alternatives=[ALTERNATIVE], attachments=[IMAGE])
    restored = pickle.loads(pickle.dumps(message))
    assert vars(restored) == vars(message)


def test_writing_twice_changes_nothing() -> None:
    """message() leaves the message as it was."""
    message = EmailMessage("s", "b", headers={"From": "a@b.c", "Date": "x", "Message-ID": "y"})
    assert message.message().as_bytes() == message.message().as_bytes()


def test_a_policy_gives_a_modern_message() -> None:
    """message(policy=…), or EMAIL_MESSAGE_POLICY, builds email.message.EmailMessage (Django 6.0)."""
    message = EmailMultiAlternatives("Sübject", "Bödy", "Ä <a@öäü.com>", ["t@b.c"], alternatives=[(SVG, "text/html")])
    message.attach("ü.txt", "ä")
    message.attach("b.txt", b"\xff")
    message.attachments.append(("c.txt", b"\xff", "text/plain"))
    message.attach("d.bin", "ä", "application/x-d")
    with settings.override(EMAIL_MESSAGE_POLICY=default):
        for written in (message.message(), message.message(default)):
            assert isinstance(written, ModernMessage)
            assert (written["Subject"], written["From"]) == ("Sübject", "Ä <a@xn--4ca9at.com>")
            names = [(part.get_filename(), part.get_content()) for part in written.iter_attachments()]
            assert names == [("ü.txt", "ä\n"), ("b.txt", b"\xff"), ("c.txt", b"\xff"), ("d.bin", "ä".encode())]
        with pytest.raises(BadHeaderError, match="Subject"):
            EmailMessage("a\nb").message()
        with_charset = EmailMessage(body="ü", attachments=[MIMEText("x")])
        with_charset.encoding = Charset("iso-8859-1")
        assert with_charset.message().get_payload(0).get_content_charset() == "iso-8859-1"  # type: ignore[union-attr]


def test_send_without_recipients_needs_no_backend() -> None:
    """An empty list of recipients raises nothing and returns 0. Django docs: EmailMessage Objects, send()."""
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert EmailMessage().send() == 0
    with pytest.raises(ImportError):
        EmailMessage(to=["a@b.c"]).send()


def test_send_keeps_its_default_connection() -> None:
    """Without a connection one is made and used again; fail_silently reaches it."""
    settings.EMAIL_BACKEND = "catcher.mail.backends.locmem.EmailBackend"
    message = EmailMessage(to=["a@b.c"])
    assert message.send(fail_silently=True) == 1
    assert message.connection.fail_silently is True
    assert message.get_connection() is message.connection
    assert len(mail.outbox) == 1
