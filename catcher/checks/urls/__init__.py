"""The addresses a message points to: found, taken apart, remembered."""

from catcher.checks.urls.answers import LinkAnswer, LinkCache
from catcher.checks.urls.collect import Link, LinkKind, Links, collect_links

__all__ = ["Link", "LinkAnswer", "LinkCache", "LinkKind", "Links", "collect_links"]
