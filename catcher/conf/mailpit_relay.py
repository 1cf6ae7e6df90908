"""Mailpit's files and variables for relaying and forwarding, as settings of ours."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from catcher.conf.relays import RelaySettings, RuleSettings, read_relay
from catcher.errors import SettingError

FORWARD = "forward"
"""Name of the relay that mail is forwarded through."""

_RENAMED = {"secret": "password", "recipient_allowlist": "allowed_recipients", "fwd_smtp_errors": "forward_smtp_errors"}
_NEEDLESS = {"auth"}  # the mechanism is found out at the relay


def read_yaml(path: str, *, name: str) -> dict[str, Any]:
    """The keys of such a file in our spelling. Raises SettingError, with `name` for the setting."""
    import yaml  # only for who has such a file

    try:
        value = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingError(f"{name}={path!r}: expected a readable YAML file ({str(error).splitlines()[0]})") from error
    if not isinstance(value, dict):
        raise SettingError(f"{name}={path!r}: expected a YAML file with keys such as host and port")
    return spelled({str(key): each for key, each in value.items()})


def forward_variables(environ: Mapping[str, str], *, prefix: str = "MP_SMTP_FORWARD_") -> dict[str, Any]:
    """The variables that say where mail is forwarded, as keys of such a file."""
    given = {name.removeprefix(prefix).lower(): value for name, value in environ.items() if name.startswith(prefix)}
    return spelled({name: value for name, value in given.items() if value and name != "config"})


def spelled(table: Mapping[str, Any]) -> dict[str, Any]:
    """Mailpit's keys as ours; empty values count as absent."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        plain = key.replace("-", "_").lower()
        if plain not in _NEEDLESS and value not in (None, ""):
            found[_RENAMED.get(plain, plain)] = value
    return found


def forwarding(table: Mapping[str, Any], *, name: str) -> tuple[RelaySettings, RuleSettings]:
    """The relay and the rule of forwarding; the file's `to` names who gets all mail. Raises SettingError."""
    given = dict(table)
    to = str(given.pop("to", "")).replace(",", " ").split()
    passes = given.pop("forward_smtp_errors", False)
    try:
        relay = read_relay(given)
    except (ValueError, TypeError) as error:
        raise SettingError(f"{name}: expected host and keys of a relay, such as port, starttls, username") from error
    if not to:
        raise SettingError(f"{name}: expected to, the addresses that mail is forwarded to")
    is_on = passes is True or str(passes).lower() in {"1", "true", "yes"}
    rule = RuleSettings(relay=FORWARD, to=tuple(to), forward_smtp_errors=is_on)
    return replace(relay, return_path=""), rule
