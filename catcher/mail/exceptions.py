"""Errors of the mail library; it stands alone, so they are its own and not the catcher's.

ValueError
├── BadHeaderError          a line break where a header field's name or body is written
└── ImproperlyConfigured    a setting or constructor argument that no connection can be made from
    └── InvalidMailer       an entry of MAILERS is wrong
        └── MailerDoesNotExist (also KeyError)   MAILERS has no entry of that alias
"""

import sys


class BadHeaderError(ValueError):
    """A header field, address, file name or media type contains CR or LF. `fail_silently` never hides it."""


class ImproperlyConfigured(ValueError):
    """A setting (or the constructor argument of the same meaning) cannot be used; the text names it."""


def improperly_configured(text: str) -> ImproperlyConfigured:
    """The error; where Django is in the process, it is Django's exception of that name too, which its users catch."""
    of_django = getattr(sys.modules.get("django.core.exceptions"), "ImproperlyConfigured", None)
    if of_django is None:
        return ImproperlyConfigured(text)
    both: type[ImproperlyConfigured] = type("ImproperlyConfigured", (ImproperlyConfigured, of_django), {})
    return both(text)


class InvalidMailer(ImproperlyConfigured):
    """An entry of `MAILERS` cannot be made into a connection; `alias` names the entry, None outside MAILERS."""

    def __init__(self, text: str, *, alias: str | None = None) -> None:
        self.alias = alias
        super().__init__(text if alias is None else f"MAILERS[{alias!r}]: {text}")


class MailerDoesNotExist(InvalidMailer, KeyError):
    """`MAILERS` has no entry named `alias`; raised for nothing else, so that callers can ignore just this."""

    def __init__(self, *, alias: str) -> None:
        super().__init__(f"The mailer {alias!r} is not configured.")
        self.alias = alias

    def __str__(self) -> str:
        # KeyError would show the repr of the text.
        return str(self.args[0])
