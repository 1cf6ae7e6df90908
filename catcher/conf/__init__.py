"""Every setting, once: the table, how values are read, and where they come from."""

from catcher.conf.loading import Origin, load
from catcher.conf.settings import Settings
from catcher.conf.table import TABLE, Setting

__all__ = ["TABLE", "Origin", "Setting", "Settings", "load"]
