"""The settings of webhooks: a TOML array of tables or a JSON list of objects; Mailpit's single one stands apart."""

import json
from dataclasses import dataclass, field
from typing import Any

from catcher.conf.kinds import Kind

_TEXTS = ("name", "url", "query", "secret", "inbox")
_NUMBERS = ("every", "delay")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """One webhook, as `catcher.relay.Webhook` explains it. every, delay: seconds."""

    name: str
    url: str = field(repr=False)
    query: str = ""
    secret: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    every: float = 0.0
    delay: float = 0.0
    inbox: str = ""


def _webhooks(value: Any) -> tuple[WebhookSettings, ...]:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except RecursionError as error:
            raise ValueError from error
    if not isinstance(value, list):
        raise ValueError
    found = tuple(_webhook(each, number) for number, each in enumerate(value, start=1))
    if len({each.name for each in found}) < len(found):
        raise ValueError
    return found


def _webhook(table: Any, number: int) -> WebhookSettings:
    if not isinstance(table, dict) or not table.keys() <= {*_TEXTS, *_NUMBERS, "headers"} or "url" not in table:
        raise ValueError
    headers = table.get("headers", {})
    texts = [table[key] for key in _TEXTS if key in table]
    if not isinstance(headers, dict) or not all(isinstance(text, str) for text in (*texts, *headers.values())):
        raise ValueError
    numbers = [table[key] for key in _NUMBERS if key in table]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 86_400 for one in numbers):
        raise ValueError
    return WebhookSettings(**{"name": str(number), **table, "headers": tuple(headers.items())})


WEBHOOKS = Kind(
    expected="a TOML array of tables or a JSON list of objects, each with url and any of name (each once), query, "
    "inbox, secret, headers (a table), every (seconds between calls), delay (seconds)",
    metavar="JSON",
    read=_webhooks,
    show=lambda value: "" if not value else ", ".join(each.name for each in value),
)
