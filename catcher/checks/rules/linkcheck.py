"""Whether the links of a message answer. On request only: following a link is an act that others see."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from catcher.checks.model import Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.urls.collect import FOLLOWED, LinkContext, MailLink, MailLinks, collect_links, web_addresses
from catcher.checks.urls.forms import is_one_time, scheme_of
from catcher.checks.urls.link_results import LinkCache, LinkStatus
from catcher.mime.urls import split
from catcher.net import Fetcher, FetchError, FetchRefused, FetchResponse

NAME = "linkcheck"
TITLE = "Links that answer"

MAX_REQUESTS = 100
"""Different addresses that are asked for one message."""
TOGETHER = 8
"""Addresses that are asked at the same time."""
TOGETHER_PER_HOST = 2
"""Of these, addresses of one host."""
MAX_SECONDS = 60.0
"""Time for all links of a message."""

_HEAD_MEANT_NO = frozenset({400, 401, 403, 404, 405, 406, 409, 410, 411, 415, 500, 501, 502, 503})
_NOT_FOR_PROGRAMS = frozenset({401, 402, 403, 406, 407, 418, 429, 451, 999})


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFollowFacts(Facts):
    """Answers in the order the addresses stand in the message."""

    answers: tuple[LinkStatus, ...]


class LinkFollowCheck:
    """Asks every link of the mail whether it answers."""

    name = NAME
    title = TITLE
    on_request = True

    def __init__(self, options: CheckOptions) -> None:
        self._options = options

    async def run(self, subject: CheckedMail) -> Report:
        """Findings for links that do not answer as they should; facts are `LinkFollowFacts`."""
        options = self._options
        if options.fetcher is None:
            return Report(check=NAME, title=TITLE, error="Links are not followed: fetching is switched off.")
        links = await options.threads.run(collect_links, subject)
        answers = {
            answer.url: answer
            async for answer in follow_links(
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


def link_finding(subject: CheckedMail, answer: LinkStatus) -> Finding | None:
    """What is wrong with an answer to one of the message's links, None for nothing; of several links to the same
    address the first that something is wrong with."""
    links = (link for link in collect_links(subject).links if link.url == answer.url)
    return next((finding for link in links if (finding := _finding(link, answer)) is not None), None)


async def follow_links(
    links: MailLinks,
    *,
    fetcher: Fetcher,
    cache: LinkCache,
    follow: int = 5,
    one_time_links: bool = False,
    seconds: float = MAX_SECONDS,
) -> AsyncIterator[LinkStatus]:
    """Answers as they come, each address once; those that took too long come last, as such.

    Leaving the loop early ends the requests under way.
    """
    together = asyncio.Semaphore(TOGETHER)
    hosts: dict[str, asyncio.Semaphore] = {}

    async def ask(url: str) -> LinkStatus:
        if not one_time_links and is_one_time(url):
            return LinkStatus(url=url, reason="not followed: it looks as if it worked once only", is_skipped=True)
        key = (url, follow, fetcher.internal)
        kept = cache.get(key)
        if kept is not None:
            return kept
        async with hosts.setdefault(_host(url), asyncio.Semaphore(TOGETHER_PER_HOST)), together:
            answer = await _answer(fetcher, url, follow=follow)
        cache.put(key, answer)
        return answer

    tasks = {asyncio.create_task(ask(url)): url for url in web_addresses(links)[:MAX_REQUESTS]}
    waiting = set(tasks)
    ends_at = asyncio.get_running_loop().time() + seconds
    try:
        while waiting:
            left = ends_at - asyncio.get_running_loop().time()
            done, waiting = await asyncio.wait(waiting, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
            for task in sorted(done, key=list(tasks).index):
                yield task.result()
        for task in sorted(waiting, key=list(tasks).index):
            yield LinkStatus(url=tasks[task], reason=f"not asked within {seconds:g} seconds")
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _host(url: str) -> str:
    parts = split(url)
    return (parts.hostname or "") if parts is not None else ""


async def _answer(fetcher: Fetcher, url: str, *, follow: int) -> LinkStatus:
    """HEAD, and GET where HEAD is refused or breaks off: many servers answer it wrongly."""
    page: FetchResponse | FetchError
    for method in ("HEAD", "GET"):
        try:
            page = await fetcher.get(url, follow=follow, limit=1, method=method)
        except FetchRefused as error:
            return LinkStatus(url=url, reason=str(error), hops=error.hops, is_refused=True)
        except FetchError as error:
            page = error
            continue
        if page.status not in _HEAD_MEANT_NO:
            break
    if isinstance(page, FetchError):
        return LinkStatus(url=url, reason=str(page), hops=page.hops)
    return LinkStatus(
        url=url, status=page.status, reason=page.hops[-1].reason, hops=page.hops, media_type=page.media_type
    )


def _finding(link: MailLink, answer: LinkStatus | None) -> Finding | None:
    if answer is None or answer.is_skipped or link.kind not in FOLLOWED:
        return None
    verdict = _verdict(link, answer)
    if verdict is None:
        return None
    rule, severity, text, advice = verdict
    return Finding(
        rule=rule,
        severity=severity,
        text=text,
        place=link.places[0],
        others=link.places[1:],
        count=link.count,
        advice=advice,
        source=_SOURCES[rule],
    )


_SOURCES = {
    "link-refused": "RFC 6890 §2.2",
    "link-dead": "RFC 9110 §15.5",
    "link-closed": "RFC 9110 §15.5.4",
    "link-redirects": "RFC 9110 §15.4",
    "link-downgrade": "RFC 9110 §4.2.2",
    "link-not-image": "HTML §4.8.3",
    "link-moved": "RFC 9110 §15.4.2",
}


def _verdict(link: MailLink, answer: LinkStatus) -> tuple[str, Severity, str, str] | None:
    """Rule, severity, sentence and advice; None when the answer is as it should be."""
    url = link.url if len(link.url) <= 120 else link.url[:119] + "…"
    if answer.is_refused:
        return (
            "link-refused",
            Severity.INFO,
            f"{url} was not asked: {answer.reason}.",
            "Allow its network in the settings to ask it.",
        )
    if not answer.status:
        return "link-dead", Severity.ERROR, f"{url} does not answer: {answer.reason}.", "Correct the address."
    if answer.status in _NOT_FOR_PROGRAMS:
        return (
            "link-closed",
            Severity.WARNING,
            f"{url} answers {answer.status}: it may be closed to programs only.",
            "Open it by hand.",
        )
    if answer.status >= 400:
        return (
            "link-dead",
            Severity.ERROR,
            f"{url} answers {answer.status} {answer.reason}".rstrip() + ".",
            "Correct the address.",
        )
    if answer.status >= 300:
        text = f"{url} redirects {len(answer.hops)} times and still does not arrive."
        return "link-redirects", Severity.WARNING, text, "Link to where it leads."
    schemes = [scheme_of(hop.url) for hop in answer.hops]
    if "https" in schemes and "http" in schemes[schemes.index("https") :]:
        return (
            "link-downgrade",
            Severity.WARNING,
            f"{url} redirects from https to http.",
            "Link to an encrypted address.",
        )
    if (
        link.kind is LinkContext.IMAGE
        and answer.media_type
        and not answer.media_type.startswith(("image/", "video/", "application/octet-stream"))
    ):
        return (
            "link-not-image",
            Severity.WARNING,
            f"{url} is {answer.media_type}, not an image.",
            "Correct the address.",
        )
    if answer.hops and answer.hops[0].status in (301, 308):
        return "link-moved", Severity.INFO, f"{url} has moved to {answer.hops[-1].url}.", "Link to the new address."
    return None
