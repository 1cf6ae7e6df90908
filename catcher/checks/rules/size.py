"""Size: what Gmail clips, how heavy the mail is, what it loads and whom it tells that it was read."""

from collections.abc import Iterator
from dataclasses import dataclass

import turbohtml

from catcher.checks.model import MAX_PLACES, Facts, Finding, FindingPlace, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.html import HtmlPart, attributes_of
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.urls.collect import LinkContext, collect_links
from catcher.checks.urls.forms import scheme_of
from catcher.mime import part_octets

NAME = "size"
TITLE = "Size"

CLIP = 102 * 1024
"""Octets of HTML behind which Gmail shows “[Message clipped]”."""
CLOSE_TO_CLIP = 0.9
HEAVY = 1_000_000
"""Octets of a message that are slow on a phone; a mail without attachments is seldom above."""
REFUSED = 25_000_000
"""Octets of a message that Gmail and others refuse."""

_IMAGES = (LinkContext.IMAGE, LinkContext.BACKGROUND, LinkContext.CSS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFacts(Facts):
    """Octets of the message as sent, of its HTML and text decoded, of inline parts and of attachments.

    parts: entities. clip: where Gmail cuts the HTML. remote: addresses of images that are loaded. trackers: those that
    look like tracking pixels.
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


class SizeCheck:
    """Weighs the mail."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, subject: CheckedMail) -> Report:
        """Findings on weight and tracking; facts are `SizeFacts`."""
        return await self._threads.run(judge_size, subject)


def judge_size(subject: CheckedMail) -> Report:
    """The report on a message's weight."""
    message = subject.message
    links = collect_links(subject)
    remote = tuple(
        dict.fromkeys(k.url for k in links.links if k.kind in _IMAGES and scheme_of(k.url) in ("http", "https"))
    )
    trackers = [found for part in subject.html_parts for found in _trackers(part)]
    facts = SizeFacts(
        message=len(subject.octets),
        html=sum(len(part_octets(subject.octets, message.parts[index])) for index in message.html_parts),
        text=sum(message.parts[index].size for index in message.text_parts),
        inlines=sum(message.parts[index].size for index in message.inlines),
        attachments=sum(message.parts[index].size for index in message.attachments),
        parts=len(message.parts),
        clip=CLIP,
        remote=remote,
        trackers=tuple(dict.fromkeys(url for url, _ in trackers)),
    )
    findings = [*_weight(subject, facts), *_tracking([place for _, place in trackers]), *_data_images(subject)]
    return Report(
        check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings), is_cut=links.is_cut, facts=facts
    )


def _weight(subject: CheckedMail, facts: SizeFacts) -> Iterator[Finding]:
    place = subject.html_parts[0].whole() if subject.html_parts else None
    source = "https://mailchimp.com/help/gmail-is-clipping-my-email/"
    if facts.html > CLIP:
        text = f"The HTML has {_kilo(facts.html)}; Gmail shows the first {_kilo(CLIP)} and clips the rest."
        yield Finding(
            rule="size-clipped",
            severity=Severity.ERROR,
            text=text,
            place=place,
            advice="Shorten the HTML.",
            source=source,
        )
    elif facts.html > CLOSE_TO_CLIP * CLIP:
        text = f"The HTML has {_kilo(facts.html)}, close to the {_kilo(CLIP)} where Gmail clips."
        yield Finding(
            rule="size-near-clip",
            severity=Severity.WARNING,
            text=text,
            place=place,
            advice="Shorten the HTML.",
            source=source,
        )
    if facts.message > REFUSED:
        text = f"The message has {_kilo(facts.message)}; large receivers refuse more than {_kilo(REFUSED)}."
        yield Finding(
            rule="size-refused",
            severity=Severity.ERROR,
            text=text,
            advice="Offer downloads instead of attachments.",
            source="https://support.google.com/mail/answer/6584",
        )
    elif facts.message - facts.attachments * 4 // 3 > HEAVY:
        text = f"Without its attachments the message has {_kilo(facts.message - facts.attachments * 4 // 3)}."
        yield Finding(
            rule="size-heavy",
            severity=Severity.WARNING,
            text=text,
            advice="Shrink the images, or load them.",
            source="RFC 5321 §4.5.3.1.7",
        )


def _kilo(octets: int) -> str:
    return f"{octets / 1024:.0f} kB"


def _trackers(part: HtmlPart) -> Iterator[tuple[str, FindingPlace]]:
    """Images that nobody can see, loaded from elsewhere."""
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
        yield Finding(
            rule="tracking-pixel",
            severity=Severity.INFO,
            text="An invisible image tells a server that the mail was opened.",
            place=places[0],
            others=tuple(places[1 : MAX_PLACES + 1]),
            count=len(places),
            advice="Say so in the privacy notice; some programs block it.",
            source="https://support.apple.com/guide/iphone/iphf084865c7/ios",
        )


def _data_images(subject: CheckedMail) -> Iterator[Finding]:
    for part in subject.html_parts:
        for index, element in enumerate(part.elements):
            if element.tag == "img" and (element.attr("src") or "")[:5].lower() == "data:":
                yield Finding(
                    rule="image-data",
                    severity=Severity.WARNING,
                    text="An image stands in the HTML itself (data:), which Gmail and Outlook do not show.",
                    place=part.place(part.start_of(index), index),
                    advice="Attach it with a Content-ID, or load it.",
                    source="https://www.caniemail.com/features/image-base64/",
                )
                return
