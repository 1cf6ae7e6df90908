"""Messages with methods, in the parts that blocking and asynchronous client share."""

from typing import Generic, TypeVar

from catcher.client import operations
from catcher.client.flows import ClientMethod, Flow
from catcher.client.message_value import MessageValue
from catcher.schema.messages import AttachmentInfo
from catcher.schema.release import RecipientOutcome
from catcher.schema.wait import FullMessage

C = TypeVar("C")
A = TypeVar("A")
M = TypeVar("M")


class BaseMessage(MessageValue, Generic[C, A]):
    """The part of a message that blocking and asynchronous client share. catcher: the client that read it."""

    def __init__(self, catcher: C, data: FullMessage, *, inbox: str | None = None) -> None:
        super().__init__(data, inbox=inbox)
        self.catcher = catcher

    @property
    def attachments(self) -> tuple[A, ...]:
        """The attached files."""
        return tuple(self._attachment(each) for each in self.data.attachments)

    @property
    def inlines(self) -> tuple[A, ...]:
        """The files that the HTML shows."""
        return tuple(self._attachment(each) for each in self.data.inline)

    @ClientMethod
    def mark(self, *, read: bool = True) -> Flow[None]:
        """Mark the message as read or unread."""
        return operations.mark([self.id], read=read, inbox=self.inbox)

    @ClientMethod
    def set_tags(self, *names: str) -> Flow[None]:
        """Replace the tags of the message."""
        return operations.set_tags([self.id], names, inbox=self.inbox)

    @ClientMethod
    def delete(self) -> Flow[None]:
        """Delete the message."""
        return operations.delete([self.id], inbox=self.inbox)

    @ClientMethod
    def release(self, *to: str, relay: str = "") -> Flow[tuple[RecipientOutcome, ...]]:
        """Release the message to real recipients through a relay; return the outcome for each."""
        return operations.release(self.id, to, relay=relay, inbox=self.inbox)

    def _attachment(self, info: AttachmentInfo) -> A:
        raise NotImplementedError


class BaseAttachment(Generic[M]):
    """A file of a message. info: its name, type, size and digests."""

    def __init__(self, message: M, info: AttachmentInfo) -> None:
        self._message = message
        self.info = info

    @property
    def name(self) -> str:
        """The file name, or the content id."""
        return self.info.file_name

    @property
    def content_type(self) -> str:
        """The media type."""
        return self.info.content_type

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.content_type}, {self.info.size} octets>"


class MessageReader(Generic[M]):
    """Base of the objects that read messages: clients and inboxes."""

    def _message(self, data: FullMessage, inbox: str | None = None) -> M:
        raise NotImplementedError

    def _messages(self, flow: Flow[tuple[FullMessage, ...]], inbox: str | None = None) -> Flow[tuple[M, ...]]:
        return tuple([self._message(each, inbox) for each in (yield from flow)])
