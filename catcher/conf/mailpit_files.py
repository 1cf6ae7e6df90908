"""Mailpit's YAML files for relaying, forwarding and tags, and its variables for forwarding."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from catcher.conf.kinds import BOOLEAN, read_words
from catcher.conf.tables import RelayRuleSettings, RelaySettings, TagRuleSettings, read_relay, read_tag_rule
from catcher.errors import SettingError

FORWARD = "forward"
"""Name of the relay that mail is forwarded through."""

FORWARD_PREFIX = "MP_SMTP_FORWARD_"

_RENAMED = {"secret": "password", "recipient_allowlist": "allowed_recipients", "fwd_smtp_errors": "forward_smtp_errors"}
_IGNORED = {"auth"}  # the relay offers its mechanisms itself


def read_relay_file(path: str, *, flag: str) -> dict[str, Any]:
    """Return the keys of a file for relaying or forwarding under our names. flag: for SettingError, which it raises."""
    table = _read_yaml(path, flag=flag)
    if not isinstance(table, dict):
        raise SettingError(f"{flag}={path!r}: expected a YAML file with keys such as host and port")
    return _renamed(table)


def read_tags_file(path: str) -> tuple[TagRuleSettings, ...]:
    """Return the rules of a --tags-config file: `filters`, each with `match` and `tags`. Raises SettingError."""
    table = _read_yaml(path, flag="--tags-config")
    try:
        return tuple(
            read_tag_rule({"match": str(each.get("match", "")), "tags": each.get("tags")}) for each in table["filters"]
        )
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise SettingError(f"--tags-config={path!r}: expected filters, a list of tables with match and tags") from error


def forward_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for forwarding as the keys of a file."""
    given = {
        name.removeprefix(FORWARD_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(FORWARD_PREFIX)
    }
    given.pop("config", None)
    return _renamed(given)


def forwarding(table: Mapping[str, Any], *, name: str) -> tuple[RelaySettings, RelayRuleSettings]:
    """Return the relay and the rule for forwarding; the key `to` has the recipients of all mail.

    name: of the setting, for SettingError, which it raises.
    """
    given = dict(table)
    to, forward_errors = given.pop("to", ""), given.pop("forward_smtp_errors", False)
    try:
        relay = read_relay(given)
        rule = RelayRuleSettings(relay=FORWARD, to=read_words(to), forward_smtp_errors=BOOLEAN.read(forward_errors))
    except ValueError as error:
        raise SettingError(f"{name}: expected host and keys of a relay, such as port, starttls, username") from error
    if not rule.to:
        raise SettingError(f"{name}: expected to, the addresses that mail is forwarded to")
    return replace(relay, return_path=""), rule


def _read_yaml(path: str, *, flag: str) -> Any:
    import yaml  # costs 20 ms; few have such a file

    try:
        return yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise SettingError(f"{flag}={path!r}: expected a readable YAML file ({reason})") from error


def _renamed(table: Mapping[Any, Any]) -> dict[str, Any]:
    """Return Mailpit's keys under our names, without empty values."""
    given = {str(key).replace("-", "_").lower(): value for key, value in table.items() if value not in (None, "")}
    return {_RENAMED.get(key, key): value for key, value in given.items() if key not in _IGNORED}
