"""A message as its author wrote it, on the cases that the outboxes built on it do not reach."""

from email.message import EmailMessage

import pytest

from catcher.mime import parse, parse_addresses
from catcher.mime.authored_message import authored_message, mailbox


@pytest.mark.parametrize(
    "text",
    ["ann@example.com", "Änn B <ann@example.com>", '"Bob, B." <bob@example.com>', '"a \\"b\\" c" <c@example.com>'],
)
def test_an_address_is_written_as_it_was(text: str) -> None:
    """Names stand in their own letters; quotation marks only where they are needed. RFC 5322 §3.4."""
    (address,) = parse_addresses(text)
    assert mailbox(address) == text


def test_alternatives_of_the_body_are_no_attachments() -> None:
    """A calendar in multipart/alternative is an alternative; one with a file name is a file."""
    message = EmailMessage()
    message["Subject"] = "Meeting"
    message.set_content("At noon.\n")
    message.add_alternative("<p>At noon.</p>", subtype="html")
    message.add_alternative("BEGIN:VCALENDAR\n", subtype="calendar")
    message.add_attachment("BEGIN:VCALENDAR\n", subtype="calendar", filename="invite.ics")
    octets = message.as_bytes()
    found = authored_message(octets, parse(octets))
    assert (found.subject, found.subtype, found.body) == ("Meeting", "plain", "At noon.\n")
    assert [media_type for _, media_type in found.alternatives] == ["text/html", "text/calendar"]
    assert [(name, media_type) for name, _, media_type in found.attachments] == [("invite.ics", "text/calendar")]
