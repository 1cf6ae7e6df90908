"""Django's settings of mail, for an inbox of a catcher. What this imports is light: settings of projects import it."""

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit

MAILBOX = "CATCHER_MAILBOX"
"""Environment variable by which the processes of a run learn where their mail goes: smtp://user:password@host:port."""

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class Mailbox(Protocol):
    """Where mail is to be sent: an inbox of the client, the pytest plugin's `mailbox`, or anything like them."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...


def settings(mailbox: "Mailbox | str | None" = None, *, mailers: bool | None = None) -> dict[str, Any]:
    """Settings that make Django send all mail to a mailbox: `globals().update(catcher.django.settings())`.

    mailbox: an inbox, or smtp://user:password@host:port; None is what the environment variable CATCHER_MAILBOX says,
    which tests set for the processes they start, and without it {}: Django's own defaults. mailers: whether to give
    MAILERS of Django 6.1 instead of EMAIL_HOST and so on; None: when the Django that is installed has it. Raises
    ValueError for an address that cannot be read.
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


def url_of(mailbox: Mailbox) -> str:
    """A mailbox as the environment variable has it."""
    host = f"[{mailbox.host}]" if ":" in mailbox.host else mailbox.host
    return f"smtp://{quote(mailbox.username, safe='')}:{quote(mailbox.password, safe='')}@{host}:{mailbox.port}"


def _parts(where: Mailbox | str) -> tuple[str, int, str, str]:
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
