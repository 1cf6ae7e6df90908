"""The settings in effect, as people see them: the value and the origin of each, without secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catcher.conf.settings import TABLE, Option, Settings
from catcher.conf.sources import Origin

_DEFAULT = Origin(source="default", name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSetting:
    """One setting. value: as one would write it, "…" for a secret that is set. source, name: see `Origin`."""

    section: str
    flag: str
    value: str
    source: str
    name: str
    help: str


def effective_settings(settings: Settings, origins: Mapping[str, Origin]) -> tuple[EffectiveSetting, ...]:
    """Return all settings in the order of the table. origins: as `load` gives them; missing ones are defaults."""
    return tuple(
        EffectiveSetting(
            section=option.section,
            flag=option.flag,
            value=_shown(option, settings),
            source=origins.get(option.name, _DEFAULT).source,
            name=origins.get(option.name, _DEFAULT).name,
            help=option.help,
        )
        for option in TABLE
    )


def _shown(option: Option, settings: Settings) -> str:
    value = getattr(settings, option.name)
    if option.secret:
        return "…" if value else ""
    # The URL of a database may hold a password.
    return re.sub(r"(?<=://)[^/@]*@", "…@", option.kind.show(value))
