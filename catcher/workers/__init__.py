"""Further processes that take mail beside the first one, on the same addresses and the same database."""

from catcher.workers.group import Group
from catcher.workers.handover import Work

__all__ = ["Group", "Work"]
