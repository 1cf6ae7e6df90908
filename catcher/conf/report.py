"""What the settings are, for people: every one with its value, where that came from, and nothing secret."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any

from catcher.conf.settings import Settings
from catcher.conf.sources import Origin
from catcher.conf.table import SECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One setting. value: as one would write it, "…" when it is secret and set. source: as `Origin` has it, with what
    names it there.
    """

    section: str
    flag: str
    value: str
    source: str
    name: str
    help: str


def tell(settings: Settings, origins: Mapping[str, Origin]) -> tuple[Told, ...]:
    """All settings in the order of the table. origins: as `load` gives them; what is missing counts as a default."""
    return tuple(
        Told(
            section=section,
            flag=row.flag,
            value=_shown(getattr(settings, row.name), is_secret=row.secret, show=row.kind.show),
            source=origin.source,
            name="" if origin.source == "default" else origin.name,
            help=row.help,
        )
        for section, rows in SECTIONS
        for row in rows
        for origin in (origins.get(row.name, Origin(source="default", name="")),)
    )


def _shown(value: Any, *, is_secret: bool, show: Callable[[Any], str]) -> str:
    if is_secret:
        return "…" if value else ""
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return str(len(value))
    shown = show(value)
    # A database's address may have a password in front of its host.
    return re.sub(r"(?<=://)[^/@]*@", "…@", shown)
