"""The Python client: `Catcher`, which blocks, and `AsyncCatcher`, which is awaited.

    with Catcher("http://127.0.0.1:8025") as catcher, catcher.inbox() as inbox:
        sign_up(inbox.address())
        code = inbox.wait(subject="Welcome").code

Importing it is cheap; httpx2 is imported with the first request.
"""

from catcher.client.async_client import AsyncAttachment, AsyncCatcher, AsyncInbox, AsyncMessage
from catcher.client.errors import (
    BadRequest,
    ClientError,
    Conflict,
    Missing,
    NotAllowed,
    NothingCame,
    NotInMessage,
    Refused,
    Unavailable,
    UnexpectedMail,
    Unreachable,
    Unreadable,
)
from catcher.client.events import Event
from catcher.client.sync_client import Attachment, Catcher, Inbox, Message
from catcher.schema.extract import Code, Link
from catcher.schema.faults import Fault
from catcher.schema.messages import Mailbox, Summary
from catcher.schema.wait import NearMiss

__all__ = [
    "AsyncAttachment",
    "AsyncCatcher",
    "AsyncInbox",
    "AsyncMessage",
    "Attachment",
    "BadRequest",
    "Catcher",
    "ClientError",
    "Code",
    "Conflict",
    "Event",
    "Fault",
    "Inbox",
    "Link",
    "Mailbox",
    "Message",
    "Missing",
    "NearMiss",
    "NotAllowed",
    "NotInMessage",
    "NothingCame",
    "Refused",
    "Summary",
    "Unavailable",
    "UnexpectedMail",
    "Unreachable",
    "Unreadable",
]
