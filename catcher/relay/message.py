"""A stored message as the mail library's backends take one: its octets are written exactly as they are given."""

from collections.abc import Sequence
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Policy
from typing import Any

from catcher.store.model import StoredMessage

_LONGEST_HEADER = 1024 * 1024


class ExactMessage(Message):
    """A message that is written as the octets it was made from; its header fields can be asked for as of any other."""

    octets: bytes = b""

    def as_bytes(
        self, unixfrom: bool = False, policy: "Policy[Any] | None" = None, *, linesep: str | None = None
    ) -> bytes:
        """The octets; the parameters are those that backends give, and change nothing."""
        return self.octets

    def as_string(self, unixfrom: bool = False, maxheaderlen: int = 0, policy: "Policy[Any] | None" = None) -> str:
        """The octets as UTF-8; what is not is shown as U+FFFD."""
        return self.octets.decode("utf-8", "replace")


class StoredMail:
    """What a backend is given: `from_email`, `recipients()`, `message()`, and what else is commonly looked at.

    It has no `body`, `alternatives` and `attachments`: a backend that would compose the message anew from them fails,
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
        """The forward-paths."""
        return list(self.to)

    def message(self, *, policy: "Policy[Any] | None" = None) -> ExactMessage:
        """The message; `policy` is given by some backends and changes nothing."""
        parser = BytesHeaderParser(ExactMessage)
        message: ExactMessage = parser.parsebytes(self._octets[:_LONGEST_HEADER])
        message.octets = self._octets
        return message
