"""A relay: where mail goes when it is let out, who may get it there, and what is changed on the way."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catcher.errors import SettingError
from catcher.relay.header_edits import Rewriting

SMTP_BACKEND = "catcher.relay.smtp.EmailBackend"

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One way out.

    name: for people and requests. server: where it leads, for people. backend: dotted path of a class that takes
    messages as those of `catcher.mail.backends` do. options: its constructor's arguments; they may hold a password and
    are never shown.
    allowed, blocked: searched in each recipient; None lets everybody through. return_path, override_from: addr-specs,
    "" for none (see `Rewriting`). preserve_message_ids: keep the Message-ID instead of giving a new one.
    Raises SettingError for addresses that are none.
    """

    name: str
    server: str
    backend: str = SMTP_BACKEND
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    allowed: Pattern | None = None
    blocked: Pattern | None = None
    return_path: str = ""
    override_from: str = ""
    preserve_message_ids: bool = False

    def __post_init__(self) -> None:
        for name in ("return_path", "override_from"):
            value = getattr(self, name)
            if value and not _is_address(value):
                raise SettingError(f"{name}={value!r} of the relay {self.name!r}: expected an address in ASCII")

    def connect(self) -> Any:
        """A new backend, not open yet. Raises what its constructor raises, and ImportError for an unknown path."""
        from catcher.mail.connections import get_connection  # here and below: not for who has no relay

        return get_connection(self.backend, **self.options)

    def check(self) -> None:
        """Make a backend once, so that a wrong path or option is found before it is needed. Raises SettingError."""
        try:
            self.connect()
        except Exception as error:  # a class by dotted path may raise anything, and all of it is a wrong setting
            raise SettingError(f"relay {self.name!r} through {self.backend}: {error}") from error

    def not_allowed(self, recipients: Sequence[str]) -> list[str]:
        """Those that `allowed` is set for and does not match."""
        return [each for each in recipients if self.allowed is not None and not self.allowed.search(each)]

    def blocked_among(self, recipients: Sequence[str]) -> list[str]:
        """Those that `blocked` matches."""
        return [each for each in recipients if self.blocked is not None and self.blocked.search(each)]

    def rewriting(self, now: datetime) -> Rewriting:
        """What is changed in a message released through this relay: it is sent anew, and says so by date and id."""
        return Rewriting(
            drop_bcc=True,
            return_path=self.return_path,
            date=now,
            message_id="" if self.preserve_message_ids else f"<{secrets.token_hex(11)}@catcher.local>",
            override_from=self.override_from,
        )


def smtp_options(
    *,
    host: str,
    port: int,
    starttls: bool,
    tls: bool,
    username: str,
    password: str,
    timeout: float | None,
    verify: bool = True,
) -> dict[str, Any]:
    """Arguments of `SMTP_BACKEND`. All are given, so that none is taken from the library's own settings."""
    return {
        "host": host,
        "port": port,
        "use_tls": starttls,
        "use_ssl": tls,
        "username": username,
        "password": password,
        "timeout": timeout,
        "ssl_certfile": "",
        "ssl_keyfile": "",
        **({} if verify else {"verify": False}),
    }


def pattern(text: str) -> Pattern | None:
    """A pattern for recipients, whatever their letter case; None for "". Raises re.error."""
    return re.compile(text, re.IGNORECASE) if text else None


def _is_address(text: str) -> bool:
    from catcher.mail.header import envelope_address

    try:
        return envelope_address(text, "utf-8") == text
    except ValueError:
        return False
