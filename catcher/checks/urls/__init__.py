"""The addresses a message points to: found, taken apart, remembered."""

from catcher.checks.urls.collect import Link, LinkKind, Links, collect_links
from catcher.checks.urls.link_results import LinkAnswer, LinkCache

__all__ = ["Link", "LinkAnswer", "LinkCache", "LinkKind", "Links", "collect_links"]
