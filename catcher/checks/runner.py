"""Runs the checks that were asked for, each by itself: one that fails says so and the others go on."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from catcher.checks.model import Report
from catcher.checks.parse.subject import CheckedMail
from catcher.lru import LruCache

log = logging.getLogger("catcher.checks")

MAX_SECONDS = 90.0
"""Time for one check, the slowest network included."""


class Check(Protocol):
    """One opinion on a message.

    name: stable, lower case. title: for people. on_request: whether it is made only when it is asked for by name,
    because it reaches out of this machine.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def on_request(self) -> bool: ...
    async def run(self, subject: CheckedMail) -> Report: ...


class ReportCache:
    """Reports kept by what the message is; whoever owns the checks owns it and gives it to `run_checks`.

    size: reports kept; the one not used for longest goes. Checks that ask the network keep their own answers, since
    these grow old.
    """

    def __init__(self, size: int = 200) -> None:
        self._reports: LruCache[tuple[str, str], Report] = LruCache(size)

    def get(self, digest: str, check: str) -> Report | None:
        """The kept report on a message, None when there is none."""
        return self._reports.get((digest, check))

    def put(self, digest: str, check: str, report: Report) -> None:
        """Keep a report."""
        self._reports.put((digest, check), report)

    def clear(self) -> None:
        """Forget all reports, when the options of the checks have changed."""
        self._reports.clear()


def chosen(checks: Sequence[Check], only: Sequence[str] = ()) -> tuple[Check, ...]:
    """The checks named in `only`, in the order of the list; without names all that are not made on request only.

    Raises ValueError for a name that is none.
    """
    known = {check.name for check in checks}
    for name in only:
        if name not in known:
            raise ValueError(f"no check is called {name!r}; there are {', '.join(sorted(known))}")
    return tuple(check for check in checks if (check.name in only if only else not check.on_request))


async def run_checks(
    subject: CheckedMail, checks: Sequence[Check], *, only: Sequence[str] = (), cache: ReportCache | None = None
) -> tuple[Report, ...]:
    """The reports of the chosen checks, in the order of the list. Raises only the ValueError of `chosen`."""
    return tuple(await asyncio.gather(*(_report(check, subject, cache) for check in chosen(checks, only))))


async def stream_checks(
    subject: CheckedMail, checks: Sequence[Check], *, only: Sequence[str] = (), cache: ReportCache | None = None
) -> AsyncIterator[Report]:
    """The same reports, each as soon as it is made."""
    tasks = [asyncio.create_task(_report(check, subject, cache)) for check in chosen(checks, only)]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _report(check: Check, subject: CheckedMail, cache: ReportCache | None) -> Report:
    kept = cache.get(subject.digest, check.name) if cache is not None and not check.on_request else None
    if kept is not None:
        return kept
    try:
        async with asyncio.timeout(MAX_SECONDS):
            report = await check.run(subject)
    except TimeoutError:
        return Report(check=check.name, title=check.title, error=f"It was not done within {MAX_SECONDS:g} seconds.")
    except Exception:  # one check must not spoil the others
        log.exception("check failed", extra={"check": check.name})
        return Report(check=check.name, title=check.title, error="It failed; the log says why.")
    if cache is not None and not check.on_request and not report.error:
        cache.put(subject.digest, check.name, report)
    return report
