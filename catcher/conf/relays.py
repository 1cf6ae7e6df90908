"""The settings of relays: one by single settings, more by name in a table, with the same keys."""

import json
from dataclasses import dataclass, field
from typing import Any

from catcher.conf import kinds
from catcher.conf.kinds import Kind

_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """One relay, as the settings tell of it: each field is the setting `smtp_relay_<field>`, which explains it."""

    host: str = ""
    port: int = 25
    starttls: bool = False
    tls: bool = False
    allow_insecure: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: int = 30
    backend: str = ""
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    return_path: str = ""
    override_from: str = ""
    allowed_recipients: str = ""
    blocked_recipients: str = ""
    preserve_message_ids: bool = False

    def __post_init__(self) -> None:
        if self.starttls and self.tls:
            raise ValueError("starttls and tls: expected one of them, not both")

    @property
    def is_set(self) -> bool:
        """Whether there is such a relay at all."""
        return bool(self.host or self.backend)


_KINDS: dict[str, Kind] = {
    "host": kinds.TEXT,
    "port": kinds.PORT,
    "starttls": kinds.BOOLEAN,
    "tls": kinds.BOOLEAN,
    "allow_insecure": kinds.BOOLEAN,
    "username": kinds.TEXT,
    "password": kinds.TEXT,
    "timeout": kinds.SECONDS,
    "backend": kinds.TEXT,
    "options": kinds.OPTIONS,
    "return_path": kinds.TEXT,
    "override_from": kinds.TEXT,
    "allowed_recipients": kinds.PATTERN,
    "blocked_recipients": kinds.PATTERN,
    "preserve_message_ids": kinds.BOOLEAN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """One rule of what is sent onward on its own. relay: its name, "" for the default one; see `catcher.relay.Rule`."""

    relay: str = ""
    query: str = ""
    recipients: str = ""
    to: tuple[str, ...] = ()
    forward_smtp_errors: bool = False


_RULE_KINDS: dict[str, Kind] = {
    "relay": kinds.TEXT,
    "query": kinds.TEXT,
    "recipients": kinds.PATTERN,
    "to": kinds.WORDS,
    "forward_smtp_errors": kinds.BOOLEAN,
}


def _rules(value: Any) -> tuple[RuleSettings, ...]:
    """Rules in the order given: a TOML array of tables, or the text of a JSON list of objects."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except RecursionError as error:
            raise ValueError from error
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError
    if not all(each.keys() <= _RULE_KINDS.keys() for each in value):
        raise ValueError
    return tuple(RuleSettings(**{key: _RULE_KINDS[key].read(each[key]) for key in each}) for each in value)


RULES = Kind(
    expected="a TOML array of tables or a JSON list of objects, each with any of relay, query, recipients, to, "
    "forward_smtp_errors",
    metavar="JSON",
    read=_rules,
    show=lambda value: "" if not value else f"{len(value)} rules",
)


def _relays(value: Any) -> dict[str, RelaySettings]:
    """Relays by name, in the order given."""
    return {_name(name): read_relay(table) for name, table in kinds.OPTIONS.read(value).items()}


def _name(name: str) -> str:
    if not 0 < len(name) <= _NAME or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError
    return name


def read_relay(table: Any) -> RelaySettings:
    """A relay from a table with these keys. Raises ValueError."""
    if not isinstance(table, dict):
        raise ValueError
    given = {key.replace("-", "_"): value for key, value in table.items()}
    if not given.keys() <= _KINDS.keys():
        raise ValueError
    relay = RelaySettings(**{key: _KINDS[key].read(value) for key, value in given.items()})
    if not relay.is_set:
        raise ValueError
    return relay


RELAYS = Kind(
    expected="tables by name (letters, digits, - and _), as TOML or a JSON object, each with host or backend and "
    f"any of {', '.join(key for key in _KINDS if key not in ('host', 'backend'))} with the values of --smtp-relay-…",
    metavar="JSON",
    read=_relays,
    show=lambda value: "" if not value else ", ".join(value),
)
