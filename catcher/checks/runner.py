"""The runner of checks: each runs by itself, and one that fails reports its error while the others go on."""

import asyncio
import logging
from collections.abc import Sequence
from typing import ClassVar, Protocol, TypeAlias

from catcher.checks.model import Report
from catcher.checks.options import CheckOptions
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.lru import LruCache

log = logging.getLogger("catcher.checks")

MAX_SECONDS = 90.0
"""Time limit of one check, network included."""


class Check(Protocol):
    """One check."""

    @property
    def name(self) -> str:
        """Stable name, in lower case."""
        ...

    @property
    def title(self) -> str:
        """Display name."""
        ...

    @property
    def on_request(self) -> bool:
        """Whether it runs only when selected by name, because it sends requests to other machines."""
        ...

    async def run(self, mail: CheckedMail) -> Report:
        """Return the report on a message."""
        ...


class LocalCheck:
    """A check that needs nothing but the message: `examine` runs in a thread."""

    name: ClassVar[str]
    title: ClassVar[str]
    on_request: ClassVar[bool] = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, mail: CheckedMail) -> Report:
        """Return the report of `examine`."""
        return await self._threads.run(self.examine, mail)

    @staticmethod
    def examine(mail: CheckedMail) -> Report:
        """Return the report on a message; never raises."""
        raise NotImplementedError


ReportCache: TypeAlias = LruCache[tuple[str, str], Report]
"""Reports by digest of the message and name of the check."""


def select_checks(checks: Sequence[Check], only: Sequence[str] = ()) -> tuple[Check, ...]:
    """Return the checks named in `only`, in the order of `checks`; without names all that do not run on request only.

    Raises ValueError for an unknown name.
    """
    known = {check.name for check in checks}
    for name in only:
        if name not in known:
            raise ValueError(f"no check is called {name!r}; there are {', '.join(sorted(known))}")
    return tuple(check for check in checks if (check.name in only if only else not check.on_request))


async def run_checks(
    mail: CheckedMail, checks: Sequence[Check], *, only: Sequence[str] = (), cache: ReportCache | None = None
) -> tuple[Report, ...]:
    """Return the reports of the selected checks, in the order of `checks`. Raises what `select_checks` raises.

    cache: reports of earlier runs. Checks on request are not cached here: they keep their results for a limited time.
    """
    return tuple(await asyncio.gather(*(_report(check, mail, cache) for check in select_checks(checks, only))))


async def _report(check: Check, mail: CheckedMail, cache: ReportCache | None) -> Report:
    key = (mail.digest, check.name)
    if check.on_request:
        cache = None
    if cache is not None and (cached := cache.get(key)) is not None:
        return cached
    try:
        async with asyncio.timeout(MAX_SECONDS):
            report = await check.run(mail)
    except TimeoutError:
        return Report(check=check.name, title=check.title, error=f"It was not done within {MAX_SECONDS:g} seconds.")
    except Exception:  # one failing check must not stop the others
        log.exception("check failed", extra={"check": check.name})
        return Report(check=check.name, title=check.title, error="It failed; the log says why.")
    if cache is not None and not report.error:
        cache.put(key, report)
    return report
