"""Settings and addresses of a catcher on loopback, for one test run."""

from collections.abc import Mapping
from typing import Any

from catcher.conf import Origin, Settings, load


def load_settings(given: Mapping[str, Any]) -> tuple[Settings, Mapping[str, Origin]]:
    """Return settings with free loopback ports and an ephemeral database as defaults. Raises SettingError."""
    defaults: dict[str, Any] = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
    if "database" not in given:
        defaults["ephemeral"] = True
    return load(flags={**defaults, **given})


def host_and_port(address: str) -> tuple[str, int]:
    """Split "host:port" or "[host]:port"."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
