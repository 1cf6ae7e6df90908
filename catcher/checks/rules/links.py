"""Whether the links of a message are well formed and lead somewhere, without asking anybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from catcher.checks.model import MAX_PLACES, Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.html import attributes_of
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.urls.collect import LinkContext, MailLink, collect_links, web_addresses
from catcher.checks.urls.forms import (
    fault_of_mailto,
    fault_of_tel,
    fault_of_web,
    is_internal_host,
    is_one_time,
    scheme_of,
)
from catcher.mime.urls import split

NAME = "links"
TITLE = "Links"

_ON_LINKS = "HTML §4.6.2"
_ON_SENDING = "https://support.google.com/a/answer/81126"
_CLICKED = (LinkContext.ANCHOR, LinkContext.AREA)
_LOADED = (LinkContext.IMAGE, LinkContext.BACKGROUND, LinkContext.CSS, LinkContext.STYLESHEET, LinkContext.RESOURCE)
_HARMLESS = ("http", "https", "mailto", "tel", "sms", "cid", "data", "geo", "webcal", "mid", "facetime", "whatsapp")
_ACTIVE = ("javascript", "vbscript", "file", "blob", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts(Facts):
    """Every address of the mail. web: those that can be asked whether they answer.

    one_time: of these, those that look as if they worked once only.
    """

    links: tuple[MailLink, ...]
    web: tuple[str, ...]
    one_time: tuple[str, ...]


class LinksCheck:
    """Looks at the form of every link, and at anchors and images inside the mail."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, subject: CheckedMail) -> Report:
        """Findings for links that cannot work; facts are `LinkFacts`. Nothing is fetched."""
        return await self._threads.run(judge_links, subject)


def judge_links(subject: CheckedMail) -> Report:
    """The report on a message's links."""
    links = collect_links(subject)
    targets = _targets(subject)
    base = _has_base(subject)
    content_ids = frozenset(subject.parts_by_content_id())
    web = web_addresses(links)
    findings: list[Finding] = []
    for link in links.links:
        findings.extend(_of_link(link, targets=targets, has_base=base, content_ids=content_ids))
    return Report(
        check=NAME,
        title=TITLE,
        findings=in_order(_merged(findings)),
        score=score_of(findings) if links.links else None,
        is_cut=links.is_cut,
        facts=LinkFacts(links=links.links, web=web, one_time=tuple(url for url in web if is_one_time(url))),
    )


def _merged(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Findings that say the same of different links, "is known on this machine only", become one with all places."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.text)
        known = found.get(key)
        if known is None:
            found[key] = finding
            continue
        places = [*known.others, *([finding.place] if finding.place else []), *finding.others]
        found[key] = replace(known, others=tuple(places[:MAX_PLACES]), count=known.count + finding.count)
    return tuple(found.values())


def _targets(subject: CheckedMail) -> frozenset[str]:
    """Everything a link inside the mail can point to: ids, and names of anchors (HTML §7.4.6.4)."""
    found: set[str] = {"top"}
    for part in subject.html_parts:
        for element in part.elements:
            if (target := element.attr("id")) is not None:
                found.add(target)
            if element.tag in ("a", "map") and (target := element.attr("name")) is not None:
                found.add(target)
    return frozenset(found)


def _has_base(subject: CheckedMail) -> bool:
    return any(
        element.tag == "base" and scheme_of(attributes_of(element).get("href", "")) in ("http", "https")
        for part in subject.html_parts
        for element in part.elements
    )


def _finding(link: MailLink, rule: str, severity: Severity, text: str, advice: str, source: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        text=text,
        place=link.places[0],
        others=link.places[1:],
        count=link.count,
        advice=advice,
        source=source,
    )


def _shown(url: str) -> str:
    return url if len(url) <= 120 else url[:119] + "…"


def _of_link(
    link: MailLink, *, targets: frozenset[str], has_base: bool, content_ids: frozenset[str]
) -> Iterator[Finding]:
    scheme = scheme_of(link.url)
    shown = _shown(link.url)
    if link.url in ("", "#"):
        if link.kind in _CLICKED or link.kind is LinkContext.IMAGE:
            what = "An image has no address." if link.kind is LinkContext.IMAGE else "A link leads nowhere."
            yield _finding(link, "link-empty", Severity.WARNING, what, "Give it an address, or take it out.", _ON_LINKS)
    elif link.url.startswith("#"):
        if link.kind in _CLICKED and unquote(link.url[1:]) not in targets and link.url[1:] not in targets:
            text = f"Nothing in the mail is called {shown}."
            yield _finding(link, "link-anchor", Severity.ERROR, text, "Give the target that id.", "HTML §7.4.6.4")
    elif scheme in ("http", "https"):
        yield from _of_web(link, scheme, shown)
    elif scheme == "mailto":
        if fault := fault_of_mailto(link.url):
            yield _finding(
                link, "link-mailto", Severity.ERROR, f"{shown} {fault}.", "Correct the address.", "RFC 6068 §2"
            )
    elif scheme == "tel":
        if fault := fault_of_tel(link.url):
            text = f"{shown} {fault}."
            yield _finding(link, "link-tel", Severity.WARNING, text, "Write it as tel:+4930123456.", "RFC 3966 §3")
    elif scheme == "cid":
        yield from _of_content_id(link, shown, content_ids)
    elif scheme in _ACTIVE:
        text = f"{shown} is an address that no mail program follows."
        yield _finding(link, "link-scheme", Severity.ERROR, text, "Use an https address.", "RFC 3986 §3.1")
    elif not scheme or link.url.startswith("//"):
        if not has_base:
            text = f"{shown} is relative, and a mail has no place it could be relative to."
            yield _finding(link, "link-relative", Severity.ERROR, text, "Write the whole address.", "RFC 3986 §5.1")
    elif scheme == "data":
        if link.kind in _CLICKED:
            text = "A link leads to a data: address, which browsers do not open."
            yield _finding(link, "link-scheme", Severity.ERROR, text, "Use an https address.", "RFC 3986 §3.1")
    elif scheme not in _HARMLESS:
        text = f"{shown} needs a program for {scheme}: addresses."
        yield _finding(link, "link-app", Severity.INFO, text, "Offer an https address beside it.", "RFC 3986 §3.1")


def _of_content_id(link: MailLink, shown: str, content_ids: frozenset[str]) -> Iterator[Finding]:
    wanted = link.url[len("cid:") :]
    if wanted not in content_ids and unquote(wanted) not in content_ids:
        text = f"No part of the message has the Content-ID of {shown}."
        yield _finding(link, "link-cid", Severity.ERROR, text, "Attach the image with that Content-ID.", "RFC 2392 §2")


def _of_web(link: MailLink, scheme: str, shown: str) -> Iterator[Finding]:
    if fault := fault_of_web(link.url):
        yield _finding(link, "link-invalid", Severity.ERROR, f"{shown} {fault}.", "Correct the address.", "RFC 3986 §3")
        return
    parts = split(link.url)
    host = (parts.hostname or "") if parts is not None else ""
    if parts is not None and (parts.username is not None or parts.password is not None):
        text = f"The link to {host} holds a user name or password."
        yield _finding(
            link,
            "link-credentials",
            Severity.WARNING,
            text,
            "Take it out; filters read it as phishing.",
            "RFC 3986 §3.2.1",
        )
    if is_internal_host(host):
        text = f"{host} is known on this machine or network only."
        yield _finding(link, "link-internal", Severity.INFO, text, "Use the public name in production.", "RFC 6761 §6")
    elif scheme == "http":
        what = "loaded" if link.kind in _LOADED else "linked"
        text = f"{shown} is {what} without encryption."
        yield _finding(link, "link-insecure", Severity.INFO, text, "Use https.", "RFC 9110 §4.2.2")
    if link.kind is LinkContext.ANCHOR and (named := _host_in_text(link.text)) and not _same_site(named, host):
        text = f"The text of the link says {named}, it leads to {host}."
        yield _finding(
            link, "link-mismatch", Severity.WARNING, text, "Name the place; filters read this as phishing.", _ON_SENDING
        )


def _host_in_text(text: str) -> str:
    """The host that a link's text names when the text is an address, else ""."""
    if " " in text or "." not in text:
        return ""
    parts = split(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "") if parts is not None and "@" not in text else ""
    is_address = "://" in text or text.lower().startswith("www.")
    return host if is_address and not fault_of_web(f"https://{host}/") else ""


def _same_site(named: str, host: str) -> bool:
    """Whether two host names belong together: equal, or one below the other, "www." aside."""
    one, other = named.lower().removeprefix("www."), host.lower().removeprefix("www.")
    return one == other or one.endswith("." + other) or other.endswith("." + one)
