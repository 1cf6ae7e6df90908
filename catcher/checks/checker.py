"""The checks of one catcher, made from its options, and a cache of their reports."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from catcher.checks.auth.lookup import Lookup
from catcher.checks.model import Report
from catcher.checks.options import CheckOptions
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.rules.linkcheck import follow_links
from catcher.checks.runner import Check, ReportCache, run_checks, select_checks
from catcher.checks.urls.collect import collect_links
from catcher.checks.urls.link_results import LinkStatus

MAX_REPORTS = 200
"""Reports that are cached; the least recently used one is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Options of one run.

    only: names of checks, () for all that do not run on request only. linked_sheets: fetch linked style sheets.
    one_time_links: follow links, too, that look as if they work only once. follow: maximum of redirects of a link.
    """

    only: tuple[str, ...] = ()
    linked_sheets: bool = False
    one_time_links: bool = False
    follow: int = 5


DEFAULT_RUN = RunOptions()


class Checker:
    """The checks of one catcher.

    kinds: the classes of the checks, in the order in which they are shown. lookup: makes the source of DNS records for
    one message, so that records are looked up once for each; None when there is no source.
    """

    def __init__(
        self,
        kinds: Sequence[Callable[[CheckOptions], Check]],
        options: CheckOptions,
        *,
        lookup: Callable[[], Lookup] | None = None,
    ) -> None:
        self._kinds = tuple(kinds)
        self._options = options
        self._lookup = lookup
        self._cache: ReportCache = ReportCache(MAX_REPORTS)
        self._default = self._checks(DEFAULT_RUN)

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, including those that run on request only."""
        return self._default

    @property
    def has_spam_filter(self) -> bool:
        """Whether a spam filter is configured."""
        return self._options.spam is not None

    def check_names(self, names: Sequence[str]) -> None:
        """Raise ValueError unless each name is that of a check."""
        select_checks(self._default, names)

    async def examine(self, mail: CheckedMail, run_options: RunOptions = DEFAULT_RUN) -> tuple[Report, ...]:
        """Return the reports in the order of the checks. Raises ValueError when `only` has an unknown name.

        Reports are cached by message, except those of checks on request and those with linked style sheets.
        """
        cache = None if run_options.linked_sheets else self._cache
        return await run_checks(mail, self._checks(run_options), only=run_options.only, cache=cache)

    async def link_results(self, mail: CheckedMail, run_options: RunOptions = DEFAULT_RUN) -> AsyncIterator[LinkStatus]:
        """Yield the status of each link as soon as it is known; nothing when fetching is switched off."""
        options = self._options
        if options.fetcher is None:
            return
        links = await options.threads.run(collect_links, mail)
        async for status in follow_links(
            links,
            fetcher=options.fetcher,
            cache=options.link_cache,
            follow=run_options.follow,
            one_time_links=run_options.one_time_links,
        ):
            yield status

    def _checks(self, run_options: RunOptions) -> tuple[Check, ...]:
        options = replace(
            self._options,
            linked_sheets=run_options.linked_sheets,
            one_time_links=run_options.one_time_links,
            follow=run_options.follow,
            lookup=self._lookup() if self._lookup is not None else None,
        )
        return tuple(kind(options) for kind in self._kinds)
