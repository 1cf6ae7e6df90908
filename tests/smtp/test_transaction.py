"""Tests of catcher.smtp.transaction."""

from datetime import UTC, datetime

import pytest

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.smtp.replies import Reply
from catcher.smtp.transaction import Transaction

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def envelope(*, mail: bytes, rcpt: tuple[bytes, ...] = (b"TO:<b@c>",), is_extended: bool = True) -> Envelope:
    transaction = Transaction(max_octets=1000, max_recipients=0)
    assert transaction.mail(mail, is_extended=is_extended) is Reply.SENDER_OK
    for argument in rcpt:
        assert transaction.rcpt(argument) is Reply.RECIPIENT_OK
    return transaction.envelope(client=Client(), received_at=NOW)


def test_the_envelope_keeps_parameters_and_duplicates() -> None:
    """Each recipient keeps its RFC 3461 parameters; duplicates are kept."""
    kept = envelope(
        mail=b"FROM:<a@b> SIZE=10 RET=HDRS ENVID=x+2By AUTH=<> BODY=8BITMIME SMTPUTF8",
        rcpt=(b"TO:<b@c> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@c", b"TO:<b@c>"),
    )
    assert kept.forward_paths == (
        ForwardPath(addr_spec="b@c", parameters=(("NOTIFY", "SUCCESS,FAILURE"), ("ORCPT", "rfc822;b@c"))),
        ForwardPath(addr_spec="b@c"),
    )
    assert dict(kept.parameters)["ENVID"] == "x+2By"
    assert kept.notes == ()


@pytest.mark.parametrize(
    ("mail", "note"),
    [
        (b"FROM:<a@b> XYZ=1", "parameter XYZ of MAIL is not one that was offered"),
        (b"FROM:<a@b> NOTIFY=NEVER", "parameter NOTIFY of MAIL is not one that was offered"),
        (b"FROM:<a@b> RET=ALL", "parameter RET of MAIL has a value it cannot have"),
        (b"FROM:<a@b> ENVID=a+b", "parameter ENVID of MAIL has a value it cannot have"),
        ("FROM:<jos\u00e9@b>".encode(), "address beyond ASCII without SMTPUTF8"),
    ],
)
def test_an_unknown_parameter_is_accepted_with_a_note(mail: bytes, note: str) -> None:
    """Strict servers refuse them; here the message has a note."""
    assert envelope(mail=mail).notes == (note,)


def test_parameters_after_helo_are_noted() -> None:
    """Extensions need EHLO. RFC 5321 §2.2.1."""
    assert envelope(mail=b"FROM:<a@b> SIZE=1", is_extended=False).notes == ("ESMTP parameters after HELO",)


def test_notes_are_bounded() -> None:
    """At most fifty."""
    rcpt = tuple(b"TO:<b@c> " + b" ".join(b"X%d=1" % (n + 10 * m) for m in range(10)) for n in range(100))
    assert len(envelope(mail=b"FROM:<a@b>", rcpt=rcpt).notes) == 50


def test_a_size_over_the_limit_is_refused_before_any_content() -> None:
    """RFC 1870 §6.1."""
    transaction = Transaction(max_octets=1000, max_recipients=0)
    assert transaction.mail(b"FROM:<a@b> SIZE=1001", is_extended=True).startswith(b"552 5.3.4 ")
    assert transaction.mail(b"FROM:<a@b> SIZE=" + b"9" * 21, is_extended=True) is Reply.BAD_SIZE
    assert transaction.mail(b"FROM:<a@b> SIZE=1000", is_extended=True) is Reply.SENDER_OK
