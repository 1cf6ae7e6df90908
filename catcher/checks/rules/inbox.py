"""Inbox row: sender, subject and preheader as lists of messages cut them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import turbohtml

from catcher.checks.model import Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.html import HtmlPart, attributes_of
from catcher.checks.parse.subject import CheckedMail
from catcher.mime import part_text

NAME = "inbox"
TITLE = "Inbox row"

WIDTHS = (("small phone", 30), ("phone", 40), ("desktop", 70))
"""Characters of a subject that a list shows: narrow and usual phones, and a desktop's list."""
MAX_PREHEADER = 140
"""Characters of a preheader that any list shows."""

_PADDING = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0]"
)
_SKIPPED = frozenset({"head", "style", "script", "title", "template", "noscript"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0|font-size\s*:\s*[01](?:px)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(r"view (?:this|it|in|online)|web ?browser|im browser|https?://|^\s*<", re.IGNORECASE)
_MAX_LOOKED_AT = 20_000
_RULES_OF_FILTERS = "https://spamassassin.apache.org/old/tests_3_3_x.html"
_ON_SUBJECTS = "https://mailchimp.com/help/best-practices-for-email-subject-lines/"
_ON_PREHEADERS = "https://www.litmus.com/blog/the-ultimate-guide-to-preview-text-support"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One list's row, cut as it is there. width: characters of the subject."""

    device: str
    width: int
    sender: str
    subject: str
    preheader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFacts(Facts):
    """sender, subject, preheader: in full. is_hidden: the preheader is text that the open mail does not show.

    padding: invisible characters behind it that keep the mail's text out of the row. rows: as lists show them.
    """

    sender: str
    subject: str
    preheader: str
    is_hidden: bool
    padding: int
    rows: tuple[InboxRow, ...]


class InboxCheck:
    """Shows how the mail looks in a list, and what is cut off there."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, subject: CheckedMail) -> Report:
        """Findings on subject and preheader; facts are `InboxFacts`."""
        return await self._threads.run(judge_inbox, subject)


def judge_inbox(subject: CheckedMail) -> Report:
    """The report on a message's row in a list."""
    facts = _facts(subject)
    findings = tuple(_findings(subject, facts))
    return Report(check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings), facts=facts)


def _facts(subject: CheckedMail) -> InboxFacts:
    message = subject.message
    sender = (
        message.from_[0].display_name or message.from_[0].addr_spec if message.from_ else subject.envelope.reverse_path
    )
    preheader, is_hidden, padding = _preheader(subject)
    line = " ".join(message.subject.split())
    return InboxFacts(
        sender=sender,
        subject=line,
        preheader=preheader,
        is_hidden=is_hidden,
        padding=padding,
        rows=tuple(
            InboxRow(
                device=device,
                width=width,
                sender=_cut(sender, max(20, width // 2)),
                subject=_cut(line, width),
                preheader=_cut(preheader, min(MAX_PREHEADER, 2 * width)),
            )
            for device, width in WIDTHS
        ),
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _preheader(subject: CheckedMail) -> tuple[str, bool, int]:
    """What a list shows behind the subject, whether the open mail hides it, and how much padding follows."""
    if subject.html_parts:
        return _of_html(subject.html_parts[0])
    texts = subject.message.text_parts
    text = part_text(subject.octets, subject.message.parts[texts[0]])[:_MAX_LOOKED_AT] if texts else ""
    return " ".join(_PADDING.sub(" ", text).split())[:MAX_PREHEADER], False, 0


def _of_html(part: HtmlPart) -> tuple[str, bool, int]:
    """The first text of the document, hidden text included: that is what lists take."""
    words: list[str] = []
    size = padding = 0
    is_hidden: bool | None = None
    body = part.tree.select_one("body")
    for node, hidden in _texts(body) if body is not None else ():
        text = node.text
        plain = " ".join(_PADDING.sub(" ", text).split())
        if plain:
            is_hidden = hidden if is_hidden is None else is_hidden
            words.append(plain)
            size += len(plain) + 1
        padding += len(_PADDING.findall(text)) if words else 0
        if size + padding >= MAX_PREHEADER:
            break
    return " ".join(words)[:MAX_PREHEADER], bool(is_hidden), padding


def _texts(body: turbohtml.Element) -> Iterator[tuple[turbohtml.Node, bool]]:
    """Text nodes in document order and whether they are hidden; at most the first thousands of nodes are looked at."""
    stack: list[tuple[turbohtml.Node, bool]] = [(body, False)]
    left = _MAX_LOOKED_AT
    while stack and left:
        left -= 1
        node, hidden = stack.pop()
        if isinstance(node, turbohtml.Text):
            yield node, hidden
        elif isinstance(node, turbohtml.Element) and node.tag not in _SKIPPED:
            attributes = attributes_of(node)
            below = hidden or "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")[:2_000]))
            stack.extend((child, below) for child in reversed(list(node.children)[:1_000]))


def _findings(subject: CheckedMail, facts: InboxFacts) -> Iterator[Finding]:
    place = subject.html_parts[0].whole() if subject.html_parts else None
    line = subject.field_place("Subject")
    narrow, usual = WIDTHS[0][1], WIDTHS[2][1]
    if len(facts.subject) > usual:
        text = f"The subject has {len(facts.subject)} characters; lists show {narrow} to {usual}."
        yield Finding(
            rule="subject-cut",
            severity=Severity.INFO,
            text=text,
            advice="Put what matters into its first 40.",
            source=_ON_SUBJECTS,
            place=line,
        )
    if facts.subject.isupper() and len(facts.subject) > 10:
        text = "The subject is in capital letters; filters count that against it."
        yield Finding(
            rule="subject-capitals",
            severity=Severity.WARNING,
            text=text,
            advice="Write it as a sentence.",
            source=_RULES_OF_FILTERS,
            place=line,
        )
    if re.search(r"[!?]{2,}|\${2,}", facts.subject):
        text = "The subject has several exclamation or question marks in a row; filters count that against it."
        yield Finding(
            rule="subject-marks",
            severity=Severity.WARNING,
            text=text,
            advice="Write it as a sentence.",
            source=_RULES_OF_FILTERS,
            place=line,
        )
    if re.match(r"\s*(?:re|fwd?|aw|wg)\s*:", facts.subject, re.IGNORECASE) and not _is_reply(subject):
        text = "The subject looks like an answer, but the message answers none."
        yield Finding(
            rule="subject-reply",
            severity=Severity.WARNING,
            text=text,
            advice="Take “Re:” out.",
            source="RFC 5322 §3.6.5",
            place=line,
        )
    if not facts.preheader and (subject.html_parts or subject.message.text_parts):
        text = "There is no text that a list could show behind the subject."
        yield Finding(
            rule="preheader-missing",
            severity=Severity.WARNING,
            text=text,
            place=place,
            advice="Begin with a sentence.",
            source=_ON_PREHEADERS,
        )
    elif _TECHNICAL.search(facts.preheader[:60]):
        text = f"The list shows “{facts.preheader[:60]}” behind the subject."
        yield Finding(
            rule="preheader-technical",
            severity=Severity.WARNING,
            text=text,
            place=place,
            advice="Begin with a sentence.",
            source=_ON_PREHEADERS,
        )
    elif facts.preheader and facts.preheader.lower() == facts.subject.lower():
        text = "The list shows the subject twice: the text begins with it."
        yield Finding(
            rule="preheader-repeats",
            severity=Severity.INFO,
            text=text,
            place=place,
            advice="Say more in the preheader.",
            source=_ON_PREHEADERS,
        )
    if facts.is_hidden and facts.padding == 0 and len(facts.preheader) >= MAX_PREHEADER:
        text = "Behind the hidden preheader the list goes on with the mail's first words."
        yield Finding(
            rule="preheader-runs-on",
            severity=Severity.INFO,
            text=text,
            place=place,
            advice="Pad it with &zwnj;&nbsp;.",
            source=_ON_PREHEADERS,
        )


def _is_reply(subject: CheckedMail) -> bool:
    return bool(subject.field_bodies("in-reply-to") or subject.field_bodies("references"))
