"""The exceptions of catcher, except for the mail library, which has its own.

    CatcherError
    ├── SettingError (ValueError)         a setting has a value that cannot be used
    ├── StartError                        the server cannot start
    │   ├── AddressInUse (OSError)        a listener's address is taken or may not be bound
    │   └── DatabaseUnusable              the database cannot be opened, read or written
    │       └── DatabaseTooNew            it was made by a newer version
    ├── NotFound (LookupError)            no such message, part, tag or inbox
    ├── QueryError (ValueError)           a search query has a term that cannot be read
    ├── TagError (ValueError)             a tag's name cannot be used
    ├── InboxError (ValueError)           an inbox's name cannot be used
    ├── MessageTooLarge (ValueError)      a message is larger than the limit
    ├── MessageRefused (ValueError)       a message is stored, but its sender gets a negative reply
    ├── RelayError (OSError)              a relay did not accept a message
    └── StoreUnavailable (RuntimeError)   the store cannot be used at present: locked, closed, file removed
        └── StoreFull                     the disk is full

An error has two audiences: `str(error)` is short and may be shown to a client; it contains no path, table or policy
unless the client is the person who configured it. `detail` is for the log.
"""

from collections.abc import Iterable


class CatcherError(Exception):
    """Base class."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class SettingError(CatcherError, ValueError):
    """A setting has a value that cannot be used. The message gives name, value and what was expected."""


class StartError(CatcherError):
    """The server cannot start. The message is one line for the user."""


class AddressInUse(StartError, OSError):
    """A listener's address is in use or not permitted."""


class DatabaseUnusable(StartError):
    """The database cannot be opened, read or written; it was left as it was."""


class DatabaseTooNew(DatabaseUnusable):
    """The database was made by a newer version of catcher; it was left as it was."""


class NotFound(CatcherError, LookupError):
    """There is no message, part, tag or inbox of this name."""


class QueryError(CatcherError, ValueError):
    """A search query has a term that cannot be read. `position` counts characters from 0."""

    def __init__(self, message: str, *, position: int) -> None:
        super().__init__(message)
        self.position = position


class TagError(CatcherError, ValueError):
    """A tag's name cannot be used, is not known, or is taken."""


class InboxError(CatcherError, ValueError):
    """An inbox's name cannot be used or is taken."""


class MessageTooLarge(CatcherError, ValueError):
    """A message is larger than the limit."""


class MessageRefused(CatcherError, ValueError):
    """A message is stored, but its sender gets the relay's negative reply. code: the SMTP reply code."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code


class RelayError(CatcherError, OSError):
    """A relay did not accept a message at all. is_lasting: retrying will not help."""

    def __init__(self, message: str, *, detail: str = "", is_lasting: bool = False) -> None:
        super().__init__(message, detail=detail)
        self.is_lasting = is_lasting


class StoreUnavailable(CatcherError, RuntimeError):
    """The store cannot be used at present: database locked, store closed, file removed. Retrying may help."""


class StoreFull(StoreUnavailable):
    """The disk is full; deleting mail frees space."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of an error text about an unknown name: "did you mean to?", or the names if none is similar."""
    import difflib  # late: only for errors

    names = sorted(known)
    similar = difflib.get_close_matches(name.lower(), names, n=1)
    return f"did you mean {similar[0]}?" if similar else f"expected one of {', '.join(names)}"
