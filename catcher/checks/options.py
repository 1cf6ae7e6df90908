"""What checks are given: limits, choices and collaborators, as one value."""

from dataclasses import dataclass, field

from catcher.checks.auth.lookup import Lookup
from catcher.checks.filters.model import SpamService
from catcher.checks.urls.link_results import LinkCache
from catcher.net import Fetcher
from catcher.threads import Threads


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """Everything the checks in the list are made from.

    threads: where work that needs the processor runs.
    clients: mail programs that matter, "outlook" or "outlook.windows" each; () for all known.
    linked_sheets: whether style sheets that a mail links to are fetched and examined too.
    fetcher: what asks the network, guarded; None when nothing may be fetched.
    link_cache: answers of links, kept between messages.
    one_time_links: whether links that look as if they worked once only are followed too.
    follow: redirects of a link that are followed.
    spam: the spam filter to ask; None without one.
    lookup: where DNS records come from; None when they are not looked up.
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
