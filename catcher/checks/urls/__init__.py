"""The addresses a message points to: found, taken apart, remembered."""

from catcher.checks.urls.collect import LinkContext, collect_links
from catcher.checks.urls.link_results import LinkCache, LinkStatus

__all__ = ["LinkCache", "LinkContext", "LinkStatus", "collect_links"]
