"""A backend for tests: the messages are kept in the list `catcher.mail.outbox`."""

import copy
import sys
from collections.abc import Iterable
from typing import Any

from catcher import mail
from catcher.mail.backends.base import BaseEmailBackend, checked

__all__ = ["EmailBackend"]


class EmailBackend(BaseEmailBackend):
    """Appends a deep copy of each message to `catcher.mail.outbox`, so that later changes do not reach it.

    The list is made with the first such backend. `sent_using` of a copy is the alias of MAILERS it went through, or
    None. In a process where Django has an outbox too (its test runner makes one), the messages are appended there as
    well, so that `django.core.mail.outbox` in tests works as always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(getattr(mail, "outbox", None), list):  # none yet, or the view of another backend
            mail.outbox = []

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Keep the messages; how many they were. Each is written once, so that what could not be sent fails here."""
        messages = checked(email_messages)
        for message in messages:
            message.message()
            kept = _copy(message)
            kept.sent_using = self.alias
            for outbox in _outboxes():
                outbox.append(kept)
        return len(messages)


def _outboxes() -> list[list[Any]]:
    outboxes = [mail.outbox]
    of_django = getattr(sys.modules.get("django.core.mail"), "outbox", None)
    if of_django is not None and of_django is not mail.outbox:
        outboxes.append(of_django)
    return outboxes


def _copy(message: Any) -> Any:
    """A deep copy that shares the connection, which may hold sockets and locks."""
    connection = getattr(message, "connection", None)
    return copy.deepcopy(message, {id(connection): connection})
