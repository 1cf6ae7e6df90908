"""Every setting, once: the table, how values are read, and where they come from."""

from catcher.conf import mailpit
from catcher.conf.mailpit import ROWS as MAILPIT
from catcher.conf.report import Told, tell
from catcher.conf.settings import Settings
from catcher.conf.sources import Origin, load, unknown_variables
from catcher.conf.table import SECTIONS, TABLE, Setting

__all__ = [
    "MAILPIT",
    "SECTIONS",
    "TABLE",
    "Origin",
    "Setting",
    "Settings",
    "Told",
    "load",
    "mailpit",
    "tell",
    "unknown_variables",
]
