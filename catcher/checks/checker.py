"""The checks of one catcher, made from its options, and the memory of what they said."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from catcher.checks.auth import Lookup
from catcher.checks.model import Report
from catcher.checks.options import CheckOptions
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.rules.linkcheck import follow_links
from catcher.checks.runner import Check, ReportCache, chosen, run_checks
from catcher.checks.urls.collect import collect_links
from catcher.checks.urls.link_results import LinkStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What whoever asks may choose for one examination.

    only: names of checks, () for all that are not made on request only. linked_sheets: fetch style sheets that the mail
    links to. one_time_links: follow links, too, that look as if they worked once only. follow: redirects of a link.
    """

    only: tuple[str, ...] = ()
    linked_sheets: bool = False
    one_time_links: bool = False
    follow: int = 5


NO_WISHES = RunOptions()


class Checker:
    """Examines messages.

    kinds: the classes of the checks, in the order they are shown. lookup: gives the DNS records for one message, which
    are asked anew for the next; None when there are none.
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
        self._cache = ReportCache()
        self._default = self._checks(NO_WISHES)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check, those on request only included."""
        return self._default

    @property
    def has_spam_filter(self) -> bool:
        """Whether a spam filter was set up."""
        return self._options.spam is not None

    def check_names(self, names: Sequence[str]) -> None:
        """Raises ValueError for a name that is no check's."""
        chosen(self._default, names)

    async def examine(self, subject: CheckedMail, run_options: RunOptions = NO_WISHES) -> tuple[Report, ...]:
        """The reports, in the order of the checks. Raises ValueError when `only` names what is no check.

        The same message gives the same reports, which are kept; those that ask the network are made anew.
        """
        cache = None if run_options.linked_sheets else self._cache
        return await run_checks(subject, self._checks(run_options), only=run_options.only, cache=cache)

    async def link_results(
        self, subject: CheckedMail, run_options: RunOptions = NO_WISHES
    ) -> AsyncIterator[LinkStatus]:
        """What the links of the message answer, each as soon as it does; none when nothing may be fetched."""
        options = self._options
        if options.fetcher is None:
            return
        links = await options.threads.run(collect_links, subject)
        async for answer in follow_links(
            links,
            fetcher=options.fetcher,
            cache=options.link_cache,
            follow=run_options.follow,
            one_time_links=run_options.one_time_links,
        ):
            yield answer

    def _checks(self, run_options: RunOptions) -> tuple[Check, ...]:
        options = replace(
            self._options,
            linked_sheets=run_options.linked_sheets,
            one_time_links=run_options.one_time_links,
            follow=run_options.follow,
            lookup=self._lookup() if self._lookup is not None else None,
        )
        return tuple(kind(options) for kind in self._kinds)
