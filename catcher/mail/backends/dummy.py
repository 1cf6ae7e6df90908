"""Backend that discards messages."""

from collections.abc import Iterable
from typing import Any

from catcher.mail.backends.base import BaseEmailBackend, checked

__all__ = ["EmailBackend"]


class EmailBackend(BaseEmailBackend):
    """Counts messages and discards them."""

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Return the number of messages."""
        return len(checked(email_messages))
