"""What every backend is: the class that backends of one's own inherit from."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from catcher.mail.exceptions import BadHeaderError, InvalidMailer
from catcher.mail.header import check_message

__all__ = ["BaseEmailBackend"]


class BaseEmailBackend:
    """A way to send mail; a subclass has at least `send_messages()`, and `open()` and `close()` if it keeps a session.

    fail_silently: errors of sending are swallowed (never a BadHeaderError). alias: the entry of MAILERS this backend
    was made from, else None; with it, unknown arguments are InvalidMailer, otherwise they are ignored.
    A `with` block opens the backend and closes it at the end.
    """

    def __init__(self, fail_silently: bool = False, *, alias: str | None = None, **kwargs: Any) -> None:
        if alias is not None and kwargs:
            raise InvalidMailer(f"Unknown options {', '.join(map(repr, kwargs))}.", alias=alias)
        self.fail_silently = fail_silently
        self.alias = alias

    def open(self) -> bool | None:
        """Open a session that stays open. True when it was opened now, False when it was open, None when it failed."""
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
        """Send messages over one session; how many were sent. Opens a session, and closes it, if none is open.

        A message is anything with `from_email`, `recipients()` and `message()`; Django's messages are.
        """
        raise NotImplementedError("subclasses of BaseEmailBackend must override send_messages() method")


def checked(email_messages: Iterable[Any]) -> list[Any]:
    """The messages as a list, after refusing (BadHeaderError) header fields that could be forged.

    Backends call it before they open anything and outside of what `fail_silently` covers. A message of another
    library, Django's above all, gets the chance to raise the error that its users catch.
    """
    messages = list(email_messages)
    for message in messages:
        try:
            check_message(message)
        except BadHeaderError:
            message.message()
            raise
    return messages
