"""Errors of the mail library, independent of the catcher's.

ValueError
├── BadHeaderError          a line break in a header field's name or body
└── ImproperlyConfigured    an unusable setting or constructor argument
    └── InvalidMailer       an entry of MAILERS is wrong
        └── MailerDoesNotExist (also KeyError)   MAILERS has no entry of that alias
"""

import sys


class BadHeaderError(ValueError):
    """A header field, address, file name or media type contains CR or LF. Not suppressed by `fail_silently`."""


class ImproperlyConfigured(ValueError):
    """A setting (or the equivalent constructor argument) is unusable; the text names it."""


def improperly_configured(text: str) -> ImproperlyConfigured:
    """Return the error; if Django is imported, it is also an instance of Django's exception of that name."""
    of_django = getattr(sys.modules.get("django.core.exceptions"), "ImproperlyConfigured", None)
    if of_django is None:
        return ImproperlyConfigured(text)
    both: type[ImproperlyConfigured] = type("ImproperlyConfigured", (ImproperlyConfigured, of_django), {})
    return both(text)


class InvalidMailer(ImproperlyConfigured):
    """An entry of `MAILERS` is invalid; `alias` names the entry, None outside MAILERS."""

    def __init__(self, text: str, *, alias: str | None = None) -> None:
        self.alias = alias
        super().__init__(text if alias is None else f"MAILERS[{alias!r}]: {text}")


class MailerDoesNotExist(InvalidMailer, KeyError):
    """`MAILERS` has no entry named `alias`; raised in no other case, so that callers can ignore it."""

    def __init__(self, *, alias: str) -> None:
        super().__init__(f"The mailer {alias!r} is not configured.")
        self.alias = alias

    def __str__(self) -> str:
        # KeyError would show the repr of the text.
        return str(self.args[0])
