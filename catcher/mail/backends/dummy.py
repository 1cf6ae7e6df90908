"""A backend that does nothing with what it is given."""

from collections.abc import Iterable
from typing import Any

from catcher.mail.backends.base import BaseEmailBackend, checked

__all__ = ["EmailBackend"]


class EmailBackend(BaseEmailBackend):
    """Counts the messages and forgets them."""

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """The number of messages given."""
        return len(checked(email_messages))
