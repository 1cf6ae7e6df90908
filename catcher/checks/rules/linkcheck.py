"""Status of the links of a message. On request only: other servers see the requests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from catcher.checks.model import Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.urls.collect import FOLLOWED, LinkContext, MailLink, MailLinks, collect_links, web_addresses
from catcher.checks.urls.forms import is_one_time, scheme_of
from catcher.checks.urls.link_results import LinkCache, LinkStatus
from catcher.mime.text.urls import split
from catcher.net import Fetcher, FetchError, FetchRefused, FetchResponse

NAME = "linkcheck"
TITLE = "Links that answer"

MAX_REQUESTS = 100
"""Distinct addresses that are requested for one message."""
MAX_CONCURRENT = 8
"""Concurrent requests."""
MAX_CONCURRENT_PER_HOST = 2
"""Concurrent requests to one host."""
MAX_SECONDS = 60.0
"""Time limit for all links of a message."""

_RETRY_WITH_GET = frozenset({400, 401, 403, 404, 405, 406, 409, 410, 411, 415, 500, 501, 502, 503})
_NOT_FOR_PROGRAMS = frozenset({401, 402, 403, 406, 407, 418, 429, 451, 999})
_IMAGE_TYPES = ("image/", "video/", "application/octet-stream")

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_TABLE = RuleTable(
    CheckRule("link-refused", _INFO, "Allow its network in the settings to request it.", "RFC 6890 §2.2"),
    CheckRule("link-dead", _ERROR, "Correct the address.", "RFC 9110 §15.5"),
    CheckRule("link-closed", _WARNING, "Open it by hand.", "RFC 9110 §15.5.4"),
    CheckRule("link-redirects", _WARNING, "Link to where it leads.", "RFC 9110 §15.4"),
    CheckRule("link-downgrade", _WARNING, "Link to an encrypted address.", "RFC 9110 §4.2.2"),
    CheckRule("link-not-image", _WARNING, "Correct the address.", "HTML §4.8.3"),
    CheckRule("link-moved", _INFO, "Link to the new address.", "RFC 9110 §15.4.2"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFollowFacts(Facts):
    """The statuses, in the order of the addresses in the message."""

    answers: tuple[LinkStatus, ...]


class LinkFollowCheck:
    """Requests every link of the mail."""

    name = NAME
    title = TITLE
    on_request = True

    def __init__(self, options: CheckOptions) -> None:
        self._options = options

    async def run(self, mail: CheckedMail) -> Report:
        """Return the report on broken, moved and insecure links; facts are `LinkFollowFacts`."""
        options = self._options
        if options.fetcher is None:
            return Report(check=NAME, title=TITLE, error="Links are not followed: fetching is switched off.")
        links = await options.threads.run(collect_links, mail)
        answers = {
            status.url: status
            async for status in follow_links(
                links,
                fetcher=options.fetcher,
                cache=options.link_cache,
                follow=options.follow,
                one_time_links=options.one_time_links,
            )
        }
        ordered = tuple(answers[url] for url in web_addresses(links)[:MAX_REQUESTS] if url in answers)
        findings = [finding for link in links.links if (finding := _finding(link, answers.get(link.url))) is not None]
        return Report(
            check=NAME,
            title=TITLE,
            findings=in_order(findings),
            score=score_of(findings) if ordered else None,
            is_cut=links.is_cut or len(ordered) < len(web_addresses(links)),
            facts=LinkFollowFacts(answers=ordered),
        )


def link_finding(mail: CheckedMail, status: LinkStatus) -> Finding | None:
    """Return what is wrong with the first link of the message to that address; None when nothing is."""
    links = (link for link in collect_links(mail).links if link.url == status.url)
    return next((finding for link in links if (finding := _finding(link, status)) is not None), None)


async def follow_links(
    links: MailLinks,
    *,
    fetcher: Fetcher,
    cache: LinkCache,
    follow: int = 5,
    one_time_links: bool = False,
    seconds: float = MAX_SECONDS,
) -> AsyncIterator[LinkStatus]:
    """Yield the status of each address once, as soon as it is known; at the end those that exceeded the time limit.

    Closing the iterator early cancels the pending requests.
    """
    requests = asyncio.Semaphore(MAX_CONCURRENT)
    hosts: dict[str, asyncio.Semaphore] = {}

    async def status_of(url: str) -> LinkStatus:
        if not one_time_links and is_one_time(url):
            return LinkStatus(url=url, reason="not followed: it looks as if it worked once only", is_skipped=True)
        key = (url, follow, fetcher.internal)
        if (cached := cache.get(key)) is not None:
            return cached
        async with hosts.setdefault(_host(url), asyncio.Semaphore(MAX_CONCURRENT_PER_HOST)), requests:
            status = await _request(fetcher, url, follow=follow)
        cache.put(key, status)
        return status

    tasks = {asyncio.create_task(status_of(url)): url for url in web_addresses(links)[:MAX_REQUESTS]}
    pending = set(tasks)
    ends_at = asyncio.get_running_loop().time() + seconds
    try:
        while pending:
            left = ends_at - asyncio.get_running_loop().time()
            done, pending = await asyncio.wait(pending, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
            for task in sorted(done, key=list(tasks).index):
                yield task.result()
        for task in sorted(pending, key=list(tasks).index):
            yield LinkStatus(url=tasks[task], reason=f"not requested within {seconds:g} seconds")
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _host(url: str) -> str:
    parts = split(url)
    return (parts.hostname or "") if parts is not None else ""


async def _request(fetcher: Fetcher, url: str, *, follow: int) -> LinkStatus:
    """Request with HEAD, then with GET where HEAD fails or is refused: many servers answer it wrongly."""
    page: FetchResponse | FetchError
    for method in ("HEAD", "GET"):
        try:
            page = await fetcher.get(url, follow=follow, limit=1, method=method)
        except FetchRefused as error:
            return LinkStatus(url=url, reason=str(error), hops=error.hops, is_refused=True)
        except FetchError as error:
            page = error
            continue
        if page.status not in _RETRY_WITH_GET:
            break
    if isinstance(page, FetchError):
        return LinkStatus(url=url, reason=str(page), hops=page.hops)
    return LinkStatus(
        url=url, status=page.status, reason=page.hops[-1].reason, hops=page.hops, media_type=page.media_type
    )


def _finding(link: MailLink, status: LinkStatus | None) -> Finding | None:
    if status is None or status.is_skipped or link.kind not in FOLLOWED:
        return None
    fault = _fault(link, status)
    return _TABLE.finding(*fault, *link.places, count=link.count) if fault is not None else None


def _fault(link: MailLink, status: LinkStatus) -> tuple[str, str] | None:
    """Return rule and text of what is wrong with a link; None when nothing is."""
    url = link.url if len(link.url) <= 120 else link.url[:119] + "…"
    if status.is_refused:
        return "link-refused", f"{url} was not requested: {status.reason}."
    if not status.status:
        return "link-dead", f"{url} does not answer: {status.reason}."
    if status.status in _NOT_FOR_PROGRAMS:
        return "link-closed", f"{url} answers {status.status}: it may be closed to programs only."
    if status.status >= 400:
        return "link-dead", f"{url} answers {status.status} {status.reason}".rstrip() + "."
    if status.status >= 300:
        return "link-redirects", f"{url} redirects {len(status.hops)} times and still does not arrive."
    schemes = [scheme_of(hop.url) for hop in status.hops]
    if "https" in schemes and "http" in schemes[schemes.index("https") :]:
        return "link-downgrade", f"{url} redirects from https to http."
    if link.kind is LinkContext.IMAGE and status.media_type and not status.media_type.startswith(_IMAGE_TYPES):
        return "link-not-image", f"{url} is {status.media_type}, not an image."
    if status.hops and status.hops[0].status in (301, 308):
        return "link-moved", f"{url} has moved to {status.hops[-1].url}."
    return None
