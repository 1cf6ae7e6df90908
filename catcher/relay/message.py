"""A stored message in the form that the mail library's backends take; its octets are sent exactly as given."""

from collections.abc import Sequence
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Policy
from typing import Any

from catcher.store.model import StoredMessage

_MAX_HEADER = 1024 * 1024


class ExactMessage(Message):
    """A message that serialises to the octets it was made from; its header fields can be read as usual."""

    octets: bytes = b""

    def as_bytes(
        self, unixfrom: bool = False, policy: "Policy[Any] | None" = None, *, linesep: str | None = None
    ) -> bytes:
        """Return the octets; the parameters, which backends pass, change nothing."""
        return self.octets

    def as_string(self, unixfrom: bool = False, maxheaderlen: int = 0, policy: "Policy[Any] | None" = None) -> str:
        """Return the octets as UTF-8, with U+FFFD for invalid sequences."""
        return self.octets.decode("utf-8", "replace")


class StoredMail:
    """The argument of a backend's `send_messages`, with the attributes that backends commonly read.

    It has no `body`, `alternatives` and `attachments`: a backend that would compose the message again from them fails
    instead of sending something else.

    reverse_path: addr-spec, "" for the null reverse-path, which backends know as "<>".
    """

    def __init__(self, stored: StoredMessage, octets: bytes, recipients: Sequence[str], *, reverse_path: str) -> None:
        self.from_email = reverse_path or "<>"
        self.to = list(recipients)
        self.cc: list[str] = []
        self.bcc: list[str] = []
        self.subject = stored.message.subject
        self.extra_headers: dict[str, str] = {}
        self._octets = octets

    def recipients(self) -> list[str]:
        """Return the forward-paths."""
        return list(self.to)

    def message(self, *, policy: "Policy[Any] | None" = None) -> ExactMessage:
        """Return the message; `policy`, which some backends pass, changes nothing."""
        message: ExactMessage = BytesHeaderParser(ExactMessage).parsebytes(self._octets[:_MAX_HEADER])
        message.octets = self._octets
        return message
