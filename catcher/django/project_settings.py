"""Django's mail settings for an inbox of a catcher. Imports nothing heavy: settings of projects import it."""

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit

MAILBOX = "CATCHER_MAILBOX"
"""Environment variable with the mailbox of a test run: smtp://user:password@host:port."""

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class SmtpAccount(Protocol):
    """An SMTP server and login: an inbox of the client, the pytest plugin's `mailbox`, or anything like them."""

    @property
    def host(self) -> str:
        """Host of the SMTP server."""
        ...

    @property
    def port(self) -> int:
        """TCP port of the SMTP server."""
        ...

    @property
    def username(self) -> str:
        """User name of the login."""
        ...

    @property
    def password(self) -> str:
        """Password of the login."""
        ...


def settings(mailbox: "SmtpAccount | str | None" = None, *, mailers: bool | None = None) -> dict[str, Any]:
    """Return settings that make Django send all mail to a mailbox: `globals().update(catcher.django.settings())`.

    mailbox: an inbox, or smtp://user:password@host:port. None takes it from the environment variable CATCHER_MAILBOX,
    which tests set for the processes they start; without it the result is {}, Django's own defaults. mailers: whether
    to return MAILERS of Django 6.1 instead of EMAIL_HOST and so on; None decides by the installed Django. Raises
    ValueError for an invalid URL.
    """
    where = os.environ.get(MAILBOX, "") if mailbox is None else mailbox
    if where == "":
        return {}
    host, port, username, password = _parts(where)
    if _has_mailers() if mailers is None else mailers:
        options = {"host": host, "port": port, "username": username, "password": password}
        return {"MAILERS": {"default": {"BACKEND": BACKEND, "OPTIONS": options}}}
    return {
        "EMAIL_BACKEND": BACKEND,
        "EMAIL_HOST": host,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": username,
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
    }


def url_of(mailbox: SmtpAccount) -> str:
    """Return the URL of a mailbox for CATCHER_MAILBOX."""
    host = f"[{mailbox.host}]" if ":" in mailbox.host else mailbox.host
    return f"smtp://{quote(mailbox.username, safe='')}:{quote(mailbox.password, safe='')}@{host}:{mailbox.port}"


def _parts(where: SmtpAccount | str) -> tuple[str, int, str, str]:
    if not isinstance(where, str):
        return where.host, where.port, where.username, where.password
    parts = urlsplit(where)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError(f"{MAILBOX}={where!r}: expected smtp://user:password@host:port")
    return parts.hostname, parts.port or 25, unquote(parts.username or ""), unquote(parts.password or "")


def _has_mailers() -> bool:
    try:
        numbers = version("django").split(".")
    except PackageNotFoundError:
        return False
    return (int(numbers[0]), int(numbers[1][:1])) >= (6, 1)
