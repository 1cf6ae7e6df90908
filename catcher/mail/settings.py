"""Settings of the mail library, attributes of this module with Django's names.

A value is resolved when it is read, in this order:

1. a value set here: `settings.EMAIL_HOST = …`, `configure(…)` or `override(…)`;
2. Django's settings, if Django is imported *and configured* in this process (Django is never imported from here;
   this is how the backends work as Django's `EMAIL_BACKEND`);
3. the environment variable of the same name;
4. the default in `TABLE`.

Deleting an attribute removes a value set here. Names outside the table can be set for custom backends.
"""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.policy import Policy
from email.policy import default as default_policy
from email.utils import getaddresses
from types import ModuleType, TracebackType
from typing import Any, TypeVar

from catcher.mail.exceptions import improperly_configured

__all__ = ["TABLE", "MailSetting", "configure", "in_django", "override"]

TLS_OR_SSL = "EMAIL_USE_TLS/EMAIL_USE_SSL are mutually exclusive, so only set one of those settings to True."

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
_UNSET = object()


@dataclass(frozen=True, slots=True)
class MailSetting:
    """One row of the table. `parse` converts an environment variable's text to the value, or raises ValueError."""

    default: Any
    parse: Callable[[str], Any] | None
    help: str


def _text_or_none(value: str) -> str | None:
    return value or None


def _flag(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.strip().lower() not in words | {"": False}:
        raise ValueError("expected true or false")
    return words.get(value.strip().lower(), False)


def _port(value: str) -> int:
    if not (value.strip().isascii() and value.strip().isdigit() and int(value) <= 65535):
        raise ValueError("expected an integer 0–65535")
    return int(value)


def _seconds(value: str) -> float | None:
    if not value.strip():
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 < seconds < 1e9:
        raise ValueError("expected a positive number of seconds")
    return seconds


def _people(value: str) -> list[tuple[str, str]]:
    people = [(name, address) for name, address in getaddresses([value]) if address]
    if value.strip() and not people:
        raise ValueError("expected addresses separated by commas, such as Ann <ann@example.com>, bob@example.com")
    return people


TABLE: Mapping[str, MailSetting] = {
    "EMAIL_BACKEND": MailSetting("catcher.mail.backends.smtp.EmailBackend", str, "Dotted path of the backend's class."),
    "MAILERS": MailSetting(None, None, "Several connections by alias: {alias: {BACKEND, OPTIONS}}."),
    "EMAIL_HOST": MailSetting("localhost", str, "Host of the SMTP server."),
    "EMAIL_PORT": MailSetting(25, _port, "Port of the SMTP server."),
    "EMAIL_HOST_USER": MailSetting("", str, "User for SMTP AUTH; empty: no authentication."),
    "EMAIL_HOST_PASSWORD": MailSetting("", str, "Password for SMTP AUTH."),
    "EMAIL_USE_TLS": MailSetting(False, _flag, "Upgrade the connection with STARTTLS."),
    "EMAIL_USE_SSL": MailSetting(False, _flag, "TLS from the first octet; excludes EMAIL_USE_TLS."),
    "EMAIL_SSL_CERTFILE": MailSetting(None, _text_or_none, "PEM file of the client's certificate."),
    "EMAIL_SSL_KEYFILE": MailSetting(None, _text_or_none, "PEM file of the client's private key."),
    "EMAIL_TIMEOUT": MailSetting(None, _seconds, "Seconds a blocking step may take; None: no limit."),
    "EMAIL_FILE_PATH": MailSetting(None, _text_or_none, "Directory of the file backend."),
    "EMAIL_SUBJECT_PREFIX": MailSetting("[Django] ", str, "Put before mail to admins and managers."),
    "EMAIL_USE_LOCALTIME": MailSetting(False, _flag, "Date field in local time instead of UTC."),
    "EMAIL_MESSAGE_POLICY": MailSetting(None, None, "An email.policy that message() builds with; None: SafeMIMEText."),
    "DEFAULT_FROM_EMAIL": MailSetting("webmaster@localhost", str, "Sender when none is given."),
    "SERVER_EMAIL": MailSetting("root@localhost", str, "Sender of mail to admins and managers."),
    "ADMINS": MailSetting([], _people, "(name, address) pairs that mail_admins() writes to."),
    "MANAGERS": MailSetting([], _people, "(name, address) pairs that mail_managers() writes to."),
    "DEFAULT_CHARSET": MailSetting("utf-8", str, "Charset of text and of encoded-words."),
}

# Declared for readers and type checkers; the values are found by _SettingsModule.__getattr__.
EMAIL_BACKEND: str
MAILERS: Mapping[str, Mapping[str, Any]] | None
EMAIL_HOST: str
EMAIL_PORT: int
EMAIL_HOST_USER: str
EMAIL_HOST_PASSWORD: str
EMAIL_USE_TLS: bool
EMAIL_USE_SSL: bool
EMAIL_SSL_CERTFILE: str | None
EMAIL_SSL_KEYFILE: str | None
EMAIL_TIMEOUT: float | None
EMAIL_FILE_PATH: str | os.PathLike[str] | None
EMAIL_SUBJECT_PREFIX: str
EMAIL_USE_LOCALTIME: bool
EMAIL_MESSAGE_POLICY: Policy | None
DEFAULT_FROM_EMAIL: str
SERVER_EMAIL: str
ADMINS: list[tuple[str, str]]
MANAGERS: list[tuple[str, str]]
DEFAULT_CHARSET: str


def configure(**values: Any) -> None:
    """Set several settings permanently: `configure(EMAIL_HOST="mail", EMAIL_PORT=1025)`.

    Raises TypeError for an invalid name (an `EMAIL_…` name outside the table, or one in lower case), ValueError if
    EMAIL_USE_TLS and EMAIL_USE_SSL would both be on. After an error nothing is set.
    """
    _check_names(values)
    module = sys.modules[__name__]
    if all(values.get(name, getattr(module, name)) for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL")):
        raise ValueError(TLS_OR_SSL)
    for name, value in values.items():
        setattr(module, name, value)


class override:
    """Temporary settings for a `with` block, a function (also `async`), or a unittest.TestCase class.

    `enable()` and `disable()` do the same explicitly. The previous values are restored, also after an error.
    Like all settings they apply to the whole process, not to one thread.
    """

    def __init__(self, **values: Any) -> None:
        _check_names(values)
        self.values = values
        self._saved: list[dict[str, Any]] = []

    def enable(self) -> None:
        """Apply the values."""
        stored = vars(sys.modules[__name__])
        self._saved.append({name: stored.get(name, _UNSET) for name in self.values})
        stored.update(self.values)

    def disable(self) -> None:
        """Restore the values from before `enable()`."""
        stored = vars(sys.modules[__name__])
        for name, value in self._saved.pop().items():
            if value is _UNSET:
                stored.pop(name, None)
            else:
                stored[name] = value

    def __enter__(self) -> None:
        self.enable()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.disable()

    def __call__(self, decorated: _Decorated) -> _Decorated:
        """Decorate a function, a coroutine function, or a test case class."""
        if isinstance(decorated, type):
            return self._decorate_class(decorated)  # type: ignore[no-any-return]
        if inspect.iscoroutinefunction(decorated):

            @functools.wraps(decorated)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                with override(**self.values):
                    return await decorated(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        @functools.wraps(decorated)
        def run(*args: Any, **kwargs: Any) -> Any:
            with override(**self.values):
                return decorated(*args, **kwargs)

        return run  # type: ignore[return-value]

    def _decorate_class(self, case: Any) -> Any:
        if not hasattr(case, "enterClassContext"):
            raise TypeError(f"override() decorates functions and unittest.TestCase classes, not {case!r}")
        original, values = case.setUpClass.__func__, self.values

        def set_up_class(cls: Any) -> None:
            cls.enterClassContext(override(**values))
            original(cls)

        case.setUpClass = classmethod(set_up_class)
        return case


def in_django(major: int) -> bool:
    """Whether the settings belong to a Django of at least this major version, whose formats then apply.

    From 6 on, ADMINS and MANAGERS are lists of addresses, and message() returns an email.message.EmailMessage.
    """
    version: tuple[Any, ...] = getattr(sys.modules.get("django"), "VERSION", (0,))
    return _django_settings() is not None and bool(version >= (major,))


def _check_names(values: Mapping[str, Any]) -> None:
    for name in values:
        if not name.isupper() or (name.startswith("EMAIL_") and name not in TABLE):
            raise TypeError(f"{name} is no setting of the mail library; see catcher.mail.settings.TABLE")


def _resolve(name: str) -> Any:
    setting = TABLE[name]
    django = _django_settings()
    if django is not None:
        if hasattr(django, name):
            return getattr(django, name)
        if name == "EMAIL_MESSAGE_POLICY" and in_django(6):
            return default_policy
    if setting.parse is not None and (text := os.environ.get(name)) is not None:
        try:
            return setting.parse(text)
        except ValueError as error:
            shown = "…" if "PASSWORD" in name else text
            raise improperly_configured(f"{name}={shown!r} in the environment: {error}") from None
    # A new list for each reader, so that the default is not modified.
    return list(setting.default) if isinstance(setting.default, list) else setting.default


def _django_settings() -> Any:
    """Return Django's settings if Django is imported and configured in this process, else None."""
    lazy = getattr(sys.modules.get("django.conf"), "settings", None)
    if lazy is None or not getattr(lazy, "configured", False):
        return None
    # The object behind the lazy one: reading EMAIL_* through the latter warns (6.1), and fails with MAILERS.
    return vars(lazy).get("_wrapped", lazy)


class _SettingsModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name in TABLE:
            return _resolve(name)
        if name.isupper() and not name.startswith("_") and hasattr(django := _django_settings(), name):
            return getattr(django, name)
        raise AttributeError(f"the mail library has no setting {name}")

    def __delattr__(self, name: str) -> None:
        if name in vars(self) or name not in TABLE:
            super().__delattr__(name)


sys.modules[__name__].__class__ = _SettingsModule
