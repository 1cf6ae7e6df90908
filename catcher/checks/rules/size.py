"""Size: clipping by Gmail, weight, loaded images and tracking pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

import turbohtml

from catcher.checks.model import Facts, Finding, FindingPlace, Report, Severity, in_order, score_of
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import HtmlPart, attributes_of
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.runner import LocalCheck
from catcher.checks.urls.collect import LinkContext, collect_links
from catcher.checks.urls.forms import scheme_of
from catcher.mime import part_octets

NAME = "size"
TITLE = "Size"

CLIP = 102 * 1024
"""Octets of HTML after which Gmail shows “[Message clipped]”."""
CLOSE_TO_CLIP = 0.9
HEAVY = 1_000_000
"""Octets of a message, attachments aside, that load slowly on a phone; few mails have more."""
REFUSED = 25_000_000
"""Octets above which Gmail and others refuse a message."""

_CLIPPING = "https://mailchimp.com/help/gmail-is-clipping-my-email/"
_REFUSAL = "https://support.google.com/mail/answer/6584"
_PRIVACY = "https://support.apple.com/guide/iphone/iphf084865c7/ios"
_DATA = "https://www.caniemail.com/features/image-base64/"
_TABLE = RuleTable(
    CheckRule("size-clipped", Severity.ERROR, "Shorten the HTML.", _CLIPPING),
    CheckRule("size-near-clip", Severity.WARNING, "Shorten the HTML.", _CLIPPING),
    CheckRule("size-refused", Severity.ERROR, "Offer downloads instead of attachments.", _REFUSAL),
    CheckRule("size-heavy", Severity.WARNING, "Shrink the images, or load them.", "RFC 5321 §4.5.3.1.7"),
    CheckRule("tracking-pixel", Severity.INFO, "Say so in the privacy notice; some programs block it.", _PRIVACY),
    CheckRule("image-data", Severity.WARNING, "Attach it with a Content-ID, or load it.", _DATA),
)
_IMAGES = (LinkContext.IMAGE, LinkContext.BACKGROUND, LinkContext.CSS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFacts(Facts):
    """Octets of the message as sent, and decoded of its HTML, text, inline parts and attachments.

    parts: number of MIME entities. clip: octets of HTML that Gmail shows. remote: addresses of remote images.
    trackers: those that look like tracking pixels.
    """

    message: int
    html: int
    text: int
    inlines: int
    attachments: int
    parts: int
    clip: int
    remote: tuple[str, ...]
    trackers: tuple[str, ...]


def check_size(mail: CheckedMail) -> Report:
    """Return the report on weight and tracking; facts are `SizeFacts`."""
    message = mail.message
    links = collect_links(mail)
    remote = tuple(
        dict.fromkeys(k.url for k in links.links if k.kind in _IMAGES and scheme_of(k.url) in ("http", "https"))
    )
    bodies = {*message.text_parts, *message.html_parts}
    trackers = [found for part in mail.html_parts for found in _trackers(part)]
    facts = SizeFacts(
        message=len(mail.octets),
        html=sum(len(part_octets(mail.octets, message.parts[index])) for index in message.html_parts),
        text=sum(message.parts[index].size for index in message.text_parts),
        inlines=sum(message.parts[index].size for index in message.inlines if index not in bodies),
        attachments=sum(message.parts[index].size for index in message.attachments),
        parts=len(message.parts),
        clip=CLIP,
        remote=remote,
        trackers=tuple(dict.fromkeys(url for url, _ in trackers)),
    )
    findings = [*_weight(mail, facts), *_tracking([place for _, place in trackers]), *_data_images(mail)]
    return Report(
        check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings), is_cut=links.is_cut, facts=facts
    )


class SizeCheck(LocalCheck):
    """The weight of the mail, and its tracking pixels."""

    name = NAME
    title = TITLE
    examine = staticmethod(check_size)


def _weight(mail: CheckedMail, facts: SizeFacts) -> Iterator[Finding]:
    place = mail.html_parts[0].whole() if mail.html_parts else None
    if facts.html > CLIP:
        text = f"The HTML has {_kilo(facts.html)}; Gmail shows the first {_kilo(CLIP)} and clips the rest."
        yield _TABLE.finding("size-clipped", text, place)
    elif facts.html > CLOSE_TO_CLIP * CLIP:
        text = f"The HTML has {_kilo(facts.html)}, close to the {_kilo(CLIP)} where Gmail clips."
        yield _TABLE.finding("size-near-clip", text, place)
    net = facts.message - facts.attachments * 4 // 3
    if facts.message > REFUSED:
        text = f"The message has {_kilo(facts.message)}; large receivers refuse more than {_kilo(REFUSED)}."
        yield _TABLE.finding("size-refused", text)
    elif net > HEAVY:
        yield _TABLE.finding("size-heavy", f"Without its attachments the message has {_kilo(net)}.")


def _kilo(octets: int) -> str:
    return f"{octets / 1024:.0f} kB"


def _trackers(part: HtmlPart) -> Iterator[tuple[str, FindingPlace]]:
    """Yield the remote images that are invisible."""
    for index, element in enumerate(part.elements):
        if element.tag != "img":
            continue
        attributes = attributes_of(element)
        url = attributes.get("src", "").strip()
        if scheme_of(url) in ("http", "https") and _is_invisible(element, attributes):
            yield url, part.place(part.start_of(index), index)


def _is_invisible(element: turbohtml.Element, attributes: dict[str, str]) -> bool:
    sizes = [attributes.get(name, "").strip().removesuffix("px") for name in ("width", "height")]
    if all(size in ("0", "1") for size in sizes):
        return True
    style = attributes.get("style", "")[:2_000].replace(" ", "").lower()
    declared = dict(piece.partition(":")[::2] for piece in style.split(";"))
    return all(declared.get(name, "") in ("0", "0px", "1px") for name in ("width", "height")) or (
        declared.get("display") == "none" and not attributes.get("class")
    )


def _tracking(places: list[FindingPlace]) -> Iterator[Finding]:
    if places:
        text = "An invisible image tells a server that the mail was opened."
        yield _TABLE.finding("tracking-pixel", text, *places, count=len(places))


def _data_images(mail: CheckedMail) -> Iterator[Finding]:
    for part in mail.html_parts:
        for index, element in enumerate(part.elements):
            if element.tag == "img" and (element.attr("src") or "")[:5].lower() == "data:":
                text = "An image stands in the HTML itself (data:), which Gmail and Outlook do not show."
                yield _TABLE.finding("image-data", text, part.place(part.start_of(index), index))
                return
