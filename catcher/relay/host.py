"""A relay host: the next hop of relayed mail, its recipient lists, and the header fields it has rewritten."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catcher.errors import SettingError
from catcher.mail.connections import get_connection
from catcher.mail.header import envelope_address
from catcher.relay.header_edits import HeaderEdits

SMTP_BACKEND = "catcher.relay.smtp.BoundedEmailBackend"

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayHost:
    """One relay host.

    name: identifies it on pages and in requests. server: its address, for display. backend: dotted path of a class
    with the interface of those in `catcher.mail.backends`. options: its constructor's arguments; they may hold a
    password and are never shown.
    allowed, blocked: searched in each recipient; None for no list. return_path, override_from: addr-specs, "" for
    none (see `HeaderEdits`). preserve_message_ids: keep the Message-ID instead of giving a new one.
    Raises SettingError for invalid addresses.
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
        """Return a new backend, not yet open. Raises what its constructor raises; ImportError for an unknown path."""
        return get_connection(self.backend, **self.options)

    def check(self) -> None:
        """Make a backend once, so that a wrong path or option is found at start-up. Raises SettingError."""
        try:
            self.connect()
        except Exception as error:  # a class by dotted path may raise anything, and all of it is a wrong setting
            raise SettingError(f"relay {self.name!r} through {self.backend}: {error}") from error

    def not_allowed(self, recipients: Sequence[str]) -> list[str]:
        """Return the recipients that `allowed` is set for and does not match."""
        return [each for each in recipients if self.allowed is not None and not self.allowed.search(each)]

    def blocked_among(self, recipients: Sequence[str]) -> list[str]:
        """Return the recipients that `blocked` matches."""
        return [each for each in recipients if self.blocked is not None and self.blocked.search(each)]

    def release_edits(self, now: datetime) -> HeaderEdits:
        """Return the edits of a message released by hand: a new submission, with its own date and Message-ID."""
        return HeaderEdits(
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
    """Return arguments of `SMTP_BACKEND`, all of them, so that none comes from the library's own settings."""
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
    """Return a pattern for recipients that ignores letter case; None for "". Raises re.error."""
    return re.compile(text, re.IGNORECASE) if text else None


def _is_address(text: str) -> bool:
    try:
        return envelope_address(text, "utf-8") == text
    except ValueError:
        return False
