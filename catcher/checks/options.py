"""Options that checks are made from."""

from dataclasses import dataclass, field

from catcher.checks.auth.lookup import Lookup
from catcher.checks.filters.model import SpamService
from catcher.checks.urls.link_results import LinkCache
from catcher.net import Fetcher
from catcher.threads import Threads


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """Limits, choices and collaborators of checks.

    threads: for CPU-bound work.
    clients: mail programs to consider, such as "outlook" or "outlook.windows"; () for all.
    linked_sheets: whether linked style sheets are fetched and examined.
    fetcher: guarded HTTP client; None when nothing may be fetched.
    link_cache: results of links, shared by all messages.
    one_time_links: whether to follow links that look as if they work only once.
    follow: maximum of redirects of a link.
    spam: the spam filter; None without one.
    lookup: source of DNS records; None when there is none.
    """

    threads: Threads
    clients: tuple[str, ...] = ()
    linked_sheets: bool = False
    fetcher: Fetcher | None = None
    link_cache: LinkCache = field(default_factory=LinkCache)
    one_time_links: bool = False
    follow: int = 5
    spam: SpamService | None = None
    lookup: Lookup | None = None
