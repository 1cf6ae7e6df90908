"""Messages as values: what a test can read of one without another request."""

from datetime import datetime

from catcher.client.errors import NotInMessage
from catcher.schema.extract import Code, Link
from catcher.schema.messages import Mailbox, MessageDefect, SmtpEnvelope
from catcher.schema.wait import FullMessage

_MAX_TEXT = 400


class MessageValue:
    """The properties of a message. Two messages with the same id are equal.

    data: the message as the catcher returned it. inbox: the inbox that it was requested from, None for none.
    """

    def __init__(self, data: FullMessage, *, inbox: str | None = None) -> None:
        self.data = data
        self.inbox = inbox

    @property
    def id(self) -> str:
        """Its id in the catcher."""
        return self.data.id

    @property
    def cursor(self) -> int:
        """Its arrival number, which rises."""
        return self.data.cursor

    @property
    def message_id(self) -> str:
        """The Message-ID, without angle brackets."""
        return self.data.message_id

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return self.data.subject

    @property
    def from_(self) -> Mailbox:
        """The first mailbox of From."""
        return self.data.from_

    @property
    def to(self) -> tuple[Mailbox, ...]:
        """The mailboxes of To."""
        return self.data.to

    @property
    def cc(self) -> tuple[Mailbox, ...]:
        """The mailboxes of Cc."""
        return self.data.cc

    @property
    def bcc(self) -> tuple[Mailbox, ...]:
        """The mailboxes of Bcc, and recipients that only the envelope names."""
        return self.data.bcc

    @property
    def reply_to(self) -> tuple[Mailbox, ...]:
        """The mailboxes of Reply-To."""
        return self.data.reply_to

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses of the envelope, hidden recipients included."""
        return tuple(each.address for each in self.envelope.recipients)

    @property
    def envelope(self) -> SmtpEnvelope:
        """The SMTP transaction."""
        return self.data.envelope

    @property
    def text(self) -> str:
        """The plain text, made from the HTML if there is none."""
        return self.data.text

    @property
    def html(self) -> str:
        """The HTML, "" if there is none."""
        return self.data.html

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags at the time of reading."""
        return self.data.tags

    @property
    def received_at(self) -> datetime:
        """The time of arrival, in UTC."""
        return self.data.created

    @property
    def username(self) -> str:
        """The SMTP user that sent it."""
        return self.data.username

    @property
    def size(self) -> int:
        """Its size in octets."""
        return self.data.size

    @property
    def is_read(self) -> bool:
        """Whether it was marked as read at the time of reading."""
        return self.data.read

    @property
    def defects(self) -> tuple[MessageDefect, ...]:
        """Deviations from the RFCs."""
        return self.data.defects

    @property
    def codes(self) -> tuple[Code, ...]:
        """One-time codes, the most confident first."""
        return self.data.extract.codes

    @property
    def links(self) -> tuple[Link, ...]:
        """Links with their kinds, the most confident first; `str()` of a link is its URL."""
        return self.data.extract.links

    @property
    def code(self) -> str:
        """The code that the message was sent for, as a user types it. Raises NotInMessage."""
        found = self.data.extract.code
        if found is None:
            raise NotInMessage(f"no code in {self}\n{self.text[:_MAX_TEXT]}")
        return found.value

    @property
    def link(self) -> str:
        """The URL of the link that the message was sent for. Raises NotInMessage."""
        found = self.data.extract.link
        if found is None:
            others = "".join(f"\n  {each.kind}: {each.url}" for each in self.links)
            raise NotInMessage(f"no link to follow in {self}{others}\n{self.text[:_MAX_TEXT]}")
        return found.url

    @property
    def code_or_none(self) -> str | None:
        """The code that the message was sent for; None if there is none."""
        found = self.data.extract.code
        return None if found is None else found.value

    @property
    def link_or_none(self) -> str | None:
        """The URL of the link that the message was sent for; None if there is none."""
        found = self.data.extract.link
        return None if found is None else found.url

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MessageValue) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __str__(self) -> str:
        return f"{self.subject!r} from {self.from_ or 'nobody'} to {', '.join(self.recipients) or 'nobody'}"


def cursor_of(since: int | MessageValue | None) -> int | None:
    """Return the cursor of a message; a cursor or None is returned unchanged."""
    return since.cursor if isinstance(since, MessageValue) else since
