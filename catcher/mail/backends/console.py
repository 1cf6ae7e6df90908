"""Backend that writes messages to a stream instead of sending them, standard output by default."""

import sys
import threading
from collections.abc import Iterable
from typing import Any

from catcher.mail.backends.base import BaseEmailBackend, checked

__all__ = ["EmailBackend"]

SEPARATOR = "-" * 79


class EmailBackend(BaseEmailBackend):
    """Writes each message, followed by a line of 79 hyphens. `stream`: any object with `write()` and `flush()`."""

    def __init__(self, *args: Any, stream: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stream = sys.stdout if stream is None else stream
        self._lock = threading.RLock()

    def write_message(self, message: Any) -> None:
        """Write one message as text in its own charset; undecodable octets become U+FFFD."""
        built = message.message()
        charset = built.get_charset()
        text = built.as_bytes().decode((charset and charset.get_output_charset()) or "utf-8", errors="replace")
        self.stream.write(f"{text}\n{SEPARATOR}\n")

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Write the messages, serialised across threads; return the number written."""
        messages = checked(email_messages)
        written = 0
        with self._lock:
            if not messages:
                return 0
            try:
                opened = self.open()
                try:
                    for message in messages:
                        self.write_message(message)
                        self.stream.flush()
                        written += 1
                finally:
                    if opened:
                        self.close()
            except ValueError as error:
                if not self.fail_silently or _is_bad_header(error):
                    raise
            except Exception:
                if not self.fail_silently:
                    raise
        return written


def _is_bad_header(error: ValueError) -> bool:
    """Whether this is a BadHeaderError of this library or of Django (another class of the same name)."""
    return any(cls.__name__ == "BadHeaderError" for cls in type(error).__mro__)
