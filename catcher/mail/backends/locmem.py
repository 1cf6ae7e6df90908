"""Backend for tests that keeps messages in the list `catcher.mail.outbox`."""

import copy
import sys
from collections.abc import Iterable
from typing import Any

from catcher import mail
from catcher.mail.backends.base import BaseEmailBackend, checked

__all__ = ["EmailBackend"]


class EmailBackend(BaseEmailBackend):
    """Appends a deep copy of each message to `catcher.mail.outbox`, unaffected by later changes.

    The first such backend creates the list. `sent_using` of a copy is the alias in MAILERS that sent it, or
    None. If Django has an outbox in this process (its test runner creates one), the messages are appended there as
    well, so that tests can use `django.core.mail.outbox`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(getattr(mail, "outbox", None), list):  # absent, or the view of another backend
            mail.outbox = []

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Keep the messages and return their number. Each is serialised once, so that an unsendable one fails here."""
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
    """Return a deep copy that shares the connection, which may hold sockets and locks."""
    connection = getattr(message, "connection", None)
    return copy.deepcopy(message, {id(connection): connection})
