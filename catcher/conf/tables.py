"""Settings that are tables: relays and their rules, webhooks, faults, rules of tags and of codes.

Each is a TOML table, or an object in a JSON text; the fields are its keys.
"""

import re
import shlex
from collections.abc import Callable, Sized
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Annotated, Any

from catcher.conf.kinds import (
    JSON_OBJECT,
    Boolean,
    Count,
    JsonObject,
    Kind,
    NumberOfSeconds,
    Pattern,
    Percent,
    Port,
    Seconds,
    Text,
    Words,
    one_of,
    read_list,
    read_record,
    read_text,
)

_MAX_NAME = 64


def _count(value: Sized) -> str:
    return str(len(value) or "")


def _keys(cls: type, *but: str) -> str:
    return ", ".join(each.name for each in fields(cls) if each.name not in but)


def _tables(each_with: str, read: Callable[[Any], tuple[Any, ...]], *, show: Callable[[Any], str] = _count) -> Kind:
    expected = f"a TOML array of tables or a JSON list of objects, each with {each_with}"
    return Kind(expected=expected, metavar="JSON", read=read, show=show)


def _list_of(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return partial(read_list, read)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """One relay; each field is explained by the setting `smtp_relay_<field>`."""

    host: Text = ""
    port: Port = 25
    starttls: Boolean = False
    tls: Boolean = False
    allow_insecure: Boolean = False
    username: Text = ""
    password: Text = field(default="", repr=False)
    timeout: Seconds = 30
    backend: Text = ""
    options: JsonObject = field(default_factory=dict, repr=False)
    return_path: Text = ""
    override_from: Text = ""
    allowed_recipients: Pattern = ""
    blocked_recipients: Pattern = ""
    preserve_message_ids: Boolean = False

    def __post_init__(self) -> None:
        if self.starttls and self.tls:
            raise ValueError("starttls and tls: expected one of them, not both")

    @property
    def is_set(self) -> bool:
        """Whether the relay has a server or a backend."""
        return bool(self.host or self.backend)


def read_relay(table: Any) -> RelaySettings:
    """Return a relay from a table. Raises ValueError."""
    relay = read_record(RelaySettings, table)
    if not relay.is_set:
        raise ValueError
    return relay


def _relays(value: Any) -> dict[str, RelaySettings]:
    return {_relay_name(name): read_relay(table) for name, table in JSON_OBJECT.read(value).items()}


def _relay_name(name: str) -> str:
    if not 0 < len(name) <= _MAX_NAME or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError
    return name


Relays = Annotated[
    dict[str, RelaySettings],
    Kind(
        expected="tables by name (letters, digits, - and _), as TOML or a JSON object, each with host or backend and "
        f"any of {_keys(RelaySettings, 'host', 'backend')}",
        metavar="JSON",
        read=_relays,
        show=", ".join,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRuleSettings:
    """One rule of automatic relaying. relay: its name, "" for the default relay; see `catcher.relay.Rule`."""

    relay: Text = ""
    query: Text = ""
    recipients: Pattern = ""
    to: Words = ()
    forward_smtp_errors: Boolean = False


RelayRules = Annotated[
    tuple[RelayRuleSettings, ...],
    _tables(f"any of {_keys(RelayRuleSettings)}", _list_of(partial(read_record, RelayRuleSettings))),
]


def _header_fields(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError
    return tuple((name, read_text(body)) for name, body in value.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """One webhook, see `catcher.relay.Webhook`. name: its position, from 1, where the table has none."""

    name: Text = ""
    url: Text = field(repr=False)
    query: Text = ""
    secret: Text = field(default="", repr=False)
    headers: Annotated[
        tuple[tuple[str, str], ...], Kind(expected="a table of texts", metavar="JSON", read=_header_fields)
    ] = field(default=(), repr=False)
    every: NumberOfSeconds = 0.0
    delay: NumberOfSeconds = 0.0
    inbox: Text = ""


def _webhooks(value: Any) -> tuple[WebhookSettings, ...]:
    given = read_list(partial(read_record, WebhookSettings), value)
    named = tuple(replace(each, name=each.name or str(number)) for number, each in enumerate(given, start=1))
    if len({each.name for each in named}) < len(named):
        raise ValueError
    return named


Webhooks = Annotated[
    tuple[WebhookSettings, ...],
    _tables(
        f"url and any of {_keys(WebhookSettings, 'url')}; each name once",
        _webhooks,
        show=lambda value: ", ".join(each.name for each in value),
    ),
]


STAGES = ("connect", "helo", "auth", "mail", "rcpt", "data", "content", "quit")
"""Those of `catcher.hooks.Stage`, by value; the enum is not imported so that commands like `readyz` start quickly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """One fault, see `catcher.faults.FaultRule`."""

    stage: Annotated[str, one_of(*STAGES)]
    query: Text = ""
    code: Count = 0
    text: Text = ""
    delay: NumberOfSeconds = 0.0
    drop: Boolean = False
    times: Count = 0
    probability: Percent = 100.0
    name: Text = ""
    inbox: Text = ""


Faults = Annotated[
    tuple[FaultSettings, ...],
    _tables(
        f"stage ({', '.join(STAGES)}) and any of {_keys(FaultSettings, 'stage')}",
        _list_of(partial(read_record, FaultSettings)),
    ),
]

_TRIGGER = re.compile(r"(senders?|recipients?|auth|authentication)\s*:\s*[45]\d\d\s*:\s*(\d\d?|100)", re.IGNORECASE)


def _triggers(value: Any) -> str:
    text = read_text(value)
    if not all(_TRIGGER.fullmatch(each.strip()) for each in text.split(",") if text):
        raise ValueError
    return text


ChaosTriggers = Annotated[
    str,
    Kind(
        expected="triggers such as Sender:451:5,Recipient:451:10,Authentication:535:20", metavar="LIST", read=_triggers
    ),
]


def _tags(value: Any) -> tuple[str, ...]:
    """Return tags from a list or a text with commas; unlike other words they may hold blanks."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError
    return tuple(tag for each in items if (tag := read_text(each)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRuleSettings:
    """Tags for messages that match a search query or contain a text. Raises ValueError when either is empty."""

    match: Text
    tags: Annotated[tuple[str, ...], Kind(expected="tags", metavar="LIST", read=_tags)]

    def __post_init__(self) -> None:
        if not self.match or not self.tags:
            raise ValueError


def read_tag_rule(table: Any) -> TagRuleSettings:
    """Return a tag rule from a table with `match` and `tags`. Raises ValueError."""
    return read_record(TagRuleSettings, table)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRuleSettings:
    """Patterns of code and link for messages that match a search query. Raises ValueError without query or pattern."""

    match: Text
    code: Pattern = ""
    link: Pattern = ""

    def __post_init__(self) -> None:
        if not self.match or not (self.code or self.link):
            raise ValueError


def _extract_rule(table: Any) -> ExtractRuleSettings:
    return read_record(ExtractRuleSettings, table)


def _tag_line(value: Any) -> tuple[TagRuleSettings, ...]:
    """Return the rules of a text such as `tag1,tag2=match "Tag 3"="two words"`, Mailpit's notation."""
    if isinstance(value, list):
        return tuple(rule for each in value for rule in _tag_line(each))
    pairs = [item.partition("=") for item in shlex.split(read_text(value))]
    return tuple(read_tag_rule({"match": match, "tags": tags}) for tags, _, match in pairs)


TagLine = Annotated[
    tuple[TagRuleSettings, ...],
    Kind(
        expected='rules such as tag=match or "Tag one,tag2"="some words"', metavar="RULES", read=_tag_line, show=_count
    ),
]
TagRules = Annotated[tuple[TagRuleSettings, ...], _tables("match and tags", _list_of(read_tag_rule))]
ExtractRules = Annotated[
    tuple[ExtractRuleSettings, ...], _tables("match, and code or link or both", _list_of(_extract_rule))
]
