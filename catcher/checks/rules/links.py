"""Form and targets of the links of a message, examined without network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from catcher.checks.model import MAX_PLACES, Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import attributes_of
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.runner import LocalCheck
from catcher.checks.urls.collect import LinkContext, MailLink, collect_links, web_addresses
from catcher.checks.urls.forms import (
    fault_of_mailto,
    fault_of_tel,
    fault_of_web,
    is_internal_host,
    is_one_time,
    scheme_of,
)
from catcher.mime.text.urls import split

NAME = "links"
TITLE = "Links"

_ON_LINKS = "HTML §4.6.2"
_ON_SENDING = "https://support.google.com/a/answer/81126"
_SCHEME = "RFC 3986 §3.1"
_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_TABLE = RuleTable(
    CheckRule("link-empty", _WARNING, "Give it an address, or remove it.", _ON_LINKS),
    CheckRule("link-anchor", _ERROR, "Give the target that id.", "HTML §7.4.6.4"),
    CheckRule("link-mailto", _ERROR, "Correct the address.", "RFC 6068 §2"),
    CheckRule("link-tel", _WARNING, "Write it as tel:+4930123456.", "RFC 3966 §3"),
    CheckRule("link-cid", _ERROR, "Attach the image with that Content-ID.", "RFC 2392 §2"),
    CheckRule("link-scheme", _ERROR, "Use an https address.", _SCHEME),
    CheckRule("link-relative", _ERROR, "Write the whole address.", "RFC 3986 §5.1"),
    CheckRule("link-app", _INFO, "Offer an https address beside it.", _SCHEME),
    CheckRule("link-invalid", _ERROR, "Correct the address.", "RFC 3986 §3"),
    CheckRule("link-credentials", _WARNING, "Remove it; filters take it for phishing.", "RFC 3986 §3.2.1"),
    CheckRule("link-internal", _INFO, "Use the public name in production.", "RFC 6761 §6"),
    CheckRule("link-insecure", _INFO, "Use https.", "RFC 9110 §4.2.2"),
    CheckRule("link-mismatch", _WARNING, "Name the destination; filters take this for phishing.", _ON_SENDING),
)
_CLICKED = (LinkContext.ANCHOR, LinkContext.AREA)
_LOADED = (LinkContext.IMAGE, LinkContext.BACKGROUND, LinkContext.CSS, LinkContext.STYLESHEET, LinkContext.RESOURCE)
_HARMLESS = ("http", "https", "mailto", "tel", "sms", "cid", "data", "geo", "webcal", "mid", "facetime", "whatsapp")
_ACTIVE = ("javascript", "vbscript", "file", "blob", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts(Facts):
    """All addresses of the mail. web: the web addresses; one_time: those that look as if they work only once."""

    links: tuple[MailLink, ...]
    web: tuple[str, ...]
    one_time: tuple[str, ...]


def check_links(mail: CheckedMail) -> Report:
    """Return the report on links that cannot work; facts are `LinkFacts`. Nothing is fetched."""
    links = collect_links(mail)
    targets = _targets(mail)
    base = _has_base(mail)
    content_ids = frozenset(mail.parts_by_content_id())
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


class LinksCheck(LocalCheck):
    """The form of every link, and anchors and images inside the mail."""

    name = NAME
    title = TITLE
    examine = staticmethod(check_links)


def _merged(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Merge findings of different links that have the same text, such as "is known on this machine only"."""
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


def _targets(mail: CheckedMail) -> frozenset[str]:
    """Return the possible targets of links inside the mail: ids, and names of anchors (HTML §7.4.6.4)."""
    found: set[str] = {"top"}
    for part in mail.html_parts:
        for element in part.elements:
            if (target := element.attr("id")) is not None:
                found.add(target)
            if element.tag in ("a", "map") and (target := element.attr("name")) is not None:
                found.add(target)
    return frozenset(found)


def _has_base(mail: CheckedMail) -> bool:
    return any(
        element.tag == "base" and scheme_of(attributes_of(element).get("href", "")) in ("http", "https")
        for part in mail.html_parts
        for element in part.elements
    )


def _finding(link: MailLink, rule: str, text: str) -> Finding:
    return _TABLE.finding(rule, text, *link.places, count=link.count)


def _shown(url: str) -> str:
    return url if len(url) <= 120 else url[:119] + "…"


def _of_link(
    link: MailLink, *, targets: frozenset[str], has_base: bool, content_ids: frozenset[str]
) -> Iterator[Finding]:
    scheme = scheme_of(link.url)
    shown = _shown(link.url)
    if link.url in ("", "#"):
        if link.kind in _CLICKED or link.kind is LinkContext.IMAGE:
            is_image = link.kind is LinkContext.IMAGE
            yield _finding(link, "link-empty", "An image has no address." if is_image else "A link leads nowhere.")
    elif link.url.startswith("#"):
        if link.kind in _CLICKED and unquote(link.url[1:]) not in targets and link.url[1:] not in targets:
            yield _finding(link, "link-anchor", f"No element of the mail is named {shown}.")
    elif scheme in ("http", "https"):
        yield from _of_web(link, scheme, shown)
    elif scheme == "mailto":
        if fault := fault_of_mailto(link.url):
            yield _finding(link, "link-mailto", f"{shown} {fault}.")
    elif scheme == "tel":
        if fault := fault_of_tel(link.url):
            yield _finding(link, "link-tel", f"{shown} {fault}.")
    elif scheme == "cid":
        content_id = link.url[len("cid:") :]
        if content_id not in content_ids and unquote(content_id) not in content_ids:
            yield _finding(link, "link-cid", f"No part of the message has the Content-ID of {shown}.")
    elif scheme in _ACTIVE:
        yield _finding(link, "link-scheme", f"{shown} is an address that no mail program follows.")
    elif not scheme or link.url.startswith("//"):
        if not has_base:
            text = f"{shown} is relative, and a mail has no place it could be relative to."
            yield _finding(link, "link-relative", text)
    elif scheme == "data":
        if link.kind in _CLICKED:
            yield _finding(link, "link-scheme", "A link leads to a data: address, which browsers do not open.")
    elif scheme not in _HARMLESS:
        yield _finding(link, "link-app", f"{shown} needs a program for {scheme}: addresses.")


def _of_web(link: MailLink, scheme: str, shown: str) -> Iterator[Finding]:
    if fault := fault_of_web(link.url):
        yield _finding(link, "link-invalid", f"{shown} {fault}.")
        return
    parts = split(link.url)
    host = (parts.hostname or "") if parts is not None else ""
    if parts is not None and (parts.username is not None or parts.password is not None):
        yield _finding(link, "link-credentials", f"The link to {host} holds a user name or password.")
    if is_internal_host(host):
        yield _finding(link, "link-internal", f"{host} is known on this machine or network only.")
    elif scheme == "http":
        verb = "loaded" if link.kind in _LOADED else "linked"
        yield _finding(link, "link-insecure", f"{shown} is {verb} without encryption.")
    if link.kind is LinkContext.ANCHOR and (named := _host_in_text(link.text)) and not _same_site(named, host):
        yield _finding(link, "link-mismatch", f"The text of the link says {named}, it leads to {host}.")


def _host_in_text(text: str) -> str:
    """Return the host in a link's text when the text is a web address, else ""."""
    if " " in text or "." not in text:
        return ""
    parts = split(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "") if parts is not None and "@" not in text else ""
    is_address = "://" in text or text.lower().startswith("www.")
    return host if is_address and not fault_of_web(f"https://{host}/") else ""


def _same_site(named: str, host: str) -> bool:
    """Return whether two host names, "www." aside, are equal or one is a subdomain of the other."""
    one, other = named.lower().removeprefix("www."), host.lower().removeprefix("www.")
    return one == other or one.endswith("." + other) or other.endswith("." + one)
