"""Every setting, declared once; the kinds and the sources of their values."""

from catcher.conf import mailpit
from catcher.conf.addresses import SocketAddress
from catcher.conf.effective import EffectiveSetting, effective_settings
from catcher.conf.mailpit_files import read_tags_file
from catcher.conf.settings import SECTIONS, TABLE, Option, Settings
from catcher.conf.sources import Origin, load, unknown_variables
from catcher.conf.tables import RelayRuleSettings, RelaySettings, TagRuleSettings

__all__ = [
    "SECTIONS",
    "TABLE",
    "EffectiveSetting",
    "Option",
    "Origin",
    "RelayRuleSettings",
    "RelaySettings",
    "Settings",
    "SocketAddress",
    "TagRuleSettings",
    "effective_settings",
    "load",
    "mailpit",
    "read_tags_file",
    "unknown_variables",
]
