"""Every exception catcher raises on purpose, outside the mail library, which stands alone with its own.

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
    ├── MessageRefused (ValueError)       a message is kept, but its sender is to be told no
    ├── RelayError (OSError)              a relay did not take a message
    └── StoreUnavailable (RuntimeError)   the store cannot take or give anything now: locked, closed, its file gone
        └── StoreFull                     there is no room left on the disk

An error has two audiences: `str(error)` is short and may be shown to a client; it names no path, table or
policy unless the client is the person who set it. `detail` is for the log.
"""


class CatcherError(Exception):
    """Base of all of them."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class SettingError(CatcherError, ValueError):
    """A setting has a value that cannot be used. The message gives name, value and what was expected."""


class StartError(CatcherError):
    """The server cannot start. The message is one line for the person who started it."""


class AddressInUse(StartError, OSError):
    """A listener's address is taken, or this user may not bind it."""


class DatabaseUnusable(StartError):
    """The database cannot be opened, read or written; it was left as it was."""


class DatabaseTooNew(DatabaseUnusable):
    """The database was made by a newer version of catcher; it was left as it was."""


class NotFound(CatcherError, LookupError):
    """No message, part or tag is known by this name."""


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
    """A message is larger than the limit that is set."""


class MessageRefused(CatcherError, ValueError):
    """A message is kept, but its sender is to be told no, with this reply code of SMTP: so said the relay."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code


class RelayError(CatcherError, OSError):
    """A relay did not take a message, for no fault of single recipients. `is_lasting`: trying later will not help."""

    def __init__(self, message: str, *, detail: str = "", is_lasting: bool = False) -> None:
        super().__init__(message, detail=detail)
        self.is_lasting = is_lasting


class StoreUnavailable(CatcherError, RuntimeError):
    """The store cannot take or give anything now: database locked, store closed, file gone. Trying later may help."""


class StoreFull(StoreUnavailable):
    """There is no room left on the disk; deleting mail makes room."""
