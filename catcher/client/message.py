"""A message as tests want to see it: a value that is there as a whole, but for its octets and its files'."""

from datetime import datetime

from catcher.client.errors import NotInMessage
from catcher.client.shapes import Awaited, Code, Defect, Envelope, Link, Mailbox

_SHOWN = 400


class MessageValue:
    """What is known of a message. Two with the same id are equal."""

    def __init__(self, data: Awaited, *, inbox: str | None = None) -> None:
        self.data = data
        """All that the catcher told of it."""
        self.inbox = inbox
        """Name of the inbox that it was looked for in, None for none."""

    @property
    def id(self) -> str:
        """The id that the catcher knows it by."""
        return self.data.id

    @property
    def cursor(self) -> int:
        """Its arrival number; what arrives later has a greater one."""
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
        """The author."""
        return self.data.from_

    @property
    def to(self) -> tuple[Mailbox, ...]:
        """Those of To."""
        return self.data.to

    @property
    def cc(self) -> tuple[Mailbox, ...]:
        """Those of Cc."""
        return self.data.cc

    @property
    def bcc(self) -> tuple[Mailbox, ...]:
        """Those of Bcc, and recipients that only the envelope names."""
        return self.data.bcc

    @property
    def reply_to(self) -> tuple[Mailbox, ...]:
        """Those of Reply-To."""
        return self.data.reply_to

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses of the envelope: who really got it."""
        return tuple(each.address for each in self.envelope.recipients)

    @property
    def envelope(self) -> Envelope:
        """The SMTP transaction."""
        return self.data.envelope

    @property
    def text(self) -> str:
        """The plain text, made from the HTML when there is none."""
        return self.data.text

    @property
    def html(self) -> str:
        """The HTML, "" without."""
        return self.data.html

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags when it was read."""
        return self.data.tags

    @property
    def received_at(self) -> datetime:
        """When it arrived."""
        return self.data.created

    @property
    def username(self) -> str:
        """What its sender logged in to SMTP as."""
        return self.data.username

    @property
    def size(self) -> int:
        """Octets."""
        return self.data.size

    @property
    def is_read(self) -> bool:
        """Whether it was marked read when it was asked for."""
        return self.data.read

    @property
    def defects(self) -> tuple[Defect, ...]:
        """What is not as the RFCs want it."""
        return self.data.defects

    @property
    def codes(self) -> tuple[Code, ...]:
        """One-time codes, most confident first."""
        return self.data.extract.codes

    @property
    def links(self) -> tuple[Link, ...]:
        """Links with their kinds, most confident first; `str()` of one is its address."""
        return self.data.extract.links

    @property
    def code(self) -> str:
        """The code that the message was sent for, as it is typed. Raises NotInMessage."""
        found = self.data.extract.code
        if found is None:
            raise NotInMessage(f"no code in {self}\n{self.text[:_SHOWN]}")
        return found.value

    @property
    def link(self) -> str:
        """The address that the message was sent for to be followed. Raises NotInMessage."""
        found = self.data.extract.link
        if found is None:
            others = "".join(f"\n  {each.kind}: {each.url}" for each in self.links)
            raise NotInMessage(f"no link to follow in {self}{others}\n{self.text[:_SHOWN]}")
        return found.url

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MessageValue) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __str__(self) -> str:
        return f"{self.subject!r} from {self.from_ or 'nobody'} to {', '.join(self.recipients) or 'nobody'}"


def cursor_of(since: int | MessageValue | None) -> int | None:
    """The cursor behind a message, or as it is given."""
    return since.cursor if isinstance(since, MessageValue) else since
