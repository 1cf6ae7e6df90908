"""Custom backends, named in tests by their dotted path."""

from collections.abc import Iterable
from typing import Any, ClassVar

from catcher.mail.backends import dummy
from catcher.mail.backends.base import BaseEmailBackend


class RecordingDummy(dummy.EmailBackend):
    """The dummy backend with a list of its messages."""

    taken: ClassVar[list[Any]] = []

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        messages = list(email_messages)
        count = super().send_messages(messages)
        self.taken.extend(messages)
        return count


class EmailBackend(BaseEmailBackend):
    """A backend with its own outbox that records its constructor arguments."""

    def __init__(self, **kwargs: Any) -> None:
        self.options = dict(kwargs)
        super().__init__(kwargs.pop("fail_silently", False), alias=kwargs.pop("alias", None))
        self.outbox: list[Any] = []

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        messages = list(email_messages)
        self.outbox.extend(messages)
        return len(messages)
