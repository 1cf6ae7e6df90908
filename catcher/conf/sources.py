"""The sources of values: defaults, a TOML file, the environment, flags; later ones win.

In the environment Mailpit's variables count too, below ours.

A value that cannot be read, or a key of the file that is no setting, stops the start with one line that gives the name,
the value and what was expected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catcher.conf import mailpit
from catcher.conf.addresses import SocketAddress
from catcher.conf.mailpit_files import FORWARD, FORWARD_PREFIX, forward_variables, forwarding, read_relay_file
from catcher.conf.settings import TABLE, Option, Settings
from catcher.errors import SettingError

CONFIG_VARIABLE = "CATCHER_CONFIG"

EVERY_ADDRESS = "::"
"""The host of a listener on every IPv4 and IPv6 address."""

VOLUME = "/data/"
"""The directory for the database in a container."""

OTHER_VARIABLES = {CONFIG_VARIABLE, "CATCHER_CHROMIUM", "CATCHER_TEST_CACHE", "CATCHER_TEST_DATABASE"}
"""Variables that are no settings: the path of the file, and those of this project's tests."""

_BY_NAME = {option.name: option for option in TABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin of a value. source: "default", "file", "environment" or "flag". name: its name there, or ""."""

    source: str
    name: str


def load(
    *, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None, config: str = ""
) -> tuple[Settings, dict[str, Origin]]:
    """Return the settings, and the origin of each value by setting name.

    flags: by setting name, as the command line gave them; None means not given. config: path of a TOML file, "" for the
    one that CATCHER_CONFIG names, if any. Raises SettingError.
    """
    environ = environ or {}
    values = _Values()
    if path := config or environ.get(CONFIG_VARIABLE, ""):
        for key, value in _read_toml(path).items():
            values.set(_known(key, path), value, Origin(source="file", name=f"{key} in {path}"))
    for name, (value, variable) in mailpit.from_environment(environ).items():
        values.set(_BY_NAME[name], value, Origin(source="environment", name=variable))
    for option in TABLE:
        if option.variable in environ:
            values.set(option, environ[option.variable], Origin(source="environment", name=option.variable))
    for name, value in (flags or {}).items():
        if value is not None:
            values.set(_BY_NAME[name], value, Origin(source="flag", name=_BY_NAME[name].flag))
    values.add_relay_file()
    settings = _with_forwarding(Settings(**values.given), environ)
    return _in_container(settings, values.origins), values.origins


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the names that look like settings and are none, sorted: probably misspelt, and without effect."""
    known = {option.variable for option in TABLE} | OTHER_VARIABLES
    return sorted(name for name in environ if name.startswith("CATCHER_") and name not in known)


class _Values:
    """The values read so far, by setting name, with their origins."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.origins = {option.name: Origin(source="default", name="") for option in TABLE}

    def set(self, option: Option, value: Any, origin: Origin) -> None:
        """Read a value, which replaces an earlier one. Raises SettingError."""
        try:
            self.given[option.name] = option.kind.read(value)
        except ValueError:
            shown = "…" if option.secret else repr(value)
            raise SettingError(f"{origin.name}={shown}: expected {option.kind.expected}") from None
        self.origins[option.name] = origin

    def add_relay_file(self) -> None:
        """Read the keys of a relay's YAML file as single settings, unless those are given too."""
        if not (path := self.given.get("smtp_relay_config")):
            return
        for key, value in read_relay_file(path, flag="--smtp-relay-config").items():
            option = _BY_NAME.get(f"smtp_relay_{key}")
            if option is None:
                raise SettingError(f"--smtp-relay-config={path!r}: {key!r} is no key of a relay")
            if self.given.get(option.name, option.default) == option.default:
                text = value if isinstance(value, bool | int) else str(value)
                self.set(option, text, Origin(source="file", name=f"{key} in {path}"))


def _read_toml(path: str) -> dict[str, Any]:
    import tomllib  # few have such a file

    try:
        with Path(path).open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SettingError(f"config={path!r}: {error.strerror}, expected a readable TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"config={path!r}: {error}, expected a TOML file") from None


def _known(key: str, path: str) -> Option:
    option = _BY_NAME.get(key.replace("-", "_"))
    if option is None:
        raise SettingError(f"{key!r} in {path}: no such setting, expected one of {', '.join(sorted(_BY_NAME))}")
    return option


def _with_forwarding(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Return the settings with one more relay and rule when mail is to be forwarded."""
    name, table = f"{FORWARD_PREFIX}…", forward_variables(environ)
    if path := settings.smtp_forward_config:
        name = f"--smtp-forward-config={path!r}"
        table = {**read_relay_file(path, flag="--smtp-forward-config"), **table}
    if not table:
        return settings
    relay, rule = forwarding(table, name=name)
    return replace(settings, relays={**settings.relays, FORWARD: relay}, relay_rules=(*settings.relay_rules, rule))


def _in_container(settings: Settings, origins: Mapping[str, Origin]) -> Settings:
    """Return the settings with the defaults of a container: its volume, and every address instead of loopback."""
    if not settings.container:
        return settings
    defaults: dict[str, Any] = {
        "smtp": SocketAddress(EVERY_ADDRESS, settings.smtp.port),
        "listen": SocketAddress(EVERY_ADDRESS, settings.listen.port),
        "database": VOLUME if Path(VOLUME).is_dir() else settings.database,
    }
    return replace(settings, **{name: value for name, value in defaults.items() if origins[name].source == "default"})
