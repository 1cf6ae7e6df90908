"""Base class of all backends, custom ones included."""

from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any

from catcher.mail.exceptions import BadHeaderError, InvalidMailer
from catcher.mail.header import check_message

__all__ = ["BaseEmailBackend"]


class BaseEmailBackend:
    """A mail backend; a subclass implements `send_messages()`, and `open()` and `close()` if it keeps a session.

    fail_silently: suppress errors of sending (never a BadHeaderError). alias: the entry of MAILERS that this backend
    was created from, else None; with it, unknown arguments raise InvalidMailer, otherwise they are ignored.
    A `with` block opens the backend and closes it at the end.
    """

    def __init__(self, fail_silently: bool = False, *, alias: str | None = None, **kwargs: Any) -> None:
        if alias is not None and kwargs:
            raise InvalidMailer(f"Unknown options {', '.join(map(repr, kwargs))}.", alias=alias)
        self.fail_silently = fail_silently
        self.alias = alias

    def suppressing(self, *errors: type[BaseException]) -> suppress:
        """Return a context that suppresses these errors if `fail_silently`."""
        return suppress(*(errors if self.fail_silently else ()))

    def open(self) -> bool | None:
        """Open a session and keep it open. True if it was opened now, False if it was open, None if that failed."""
        return None

    def close(self) -> None:
        """Close the session, if any."""

    def __enter__(self) -> "BaseEmailBackend":
        try:
            self.open()
        except Exception:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Send messages over one session, opened and closed here if none is open; return the number of messages sent.

        A message is anything with `from_email`, `recipients()` and `message()`; Django's messages are.
        """
        raise NotImplementedError("subclasses of BaseEmailBackend must override send_messages() method")


def checked(email_messages: Iterable[Any]) -> list[Any]:
    """Return the messages as a list; raise BadHeaderError for header fields with line breaks.

    Backends call it before opening a session and independently of `fail_silently`. A message of another
    library, above all Django, can raise its own error, which its users catch.
    """
    messages = list(email_messages)
    for message in messages:
        try:
            check_message(message)
        except BadHeaderError:
            message.message()
            raise
    return messages
