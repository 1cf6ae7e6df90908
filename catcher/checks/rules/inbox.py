"""Inbox row: sender, subject and preheader, truncated as lists of messages truncate them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import turbohtml

from catcher.checks.model import Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import HtmlPart, attributes_of
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.runner import LocalCheck
from catcher.mime import part_text

NAME = "inbox"
TITLE = "Inbox row"

WIDTHS = (("small phone", 30), ("phone", 40), ("desktop", 70))
"""Characters of a subject that a list shows, by device."""
MAX_PREHEADER = 140
"""Characters of a preheader that the widest list shows."""

_PADDING = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0]"
)
_SKIPPED = frozenset({"head", "style", "script", "title", "template", "noscript"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0|font-size\s*:\s*[01](?:px)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(r"view (?:this|it|in|online)|web ?browser|im browser|https?://|^\s*<", re.IGNORECASE)
_MAX_SCAN = 20_000
_RULES_OF_FILTERS = "https://spamassassin.apache.org/old/tests_3_3_x.html"
_ON_SUBJECTS = "https://mailchimp.com/help/best-practices-for-email-subject-lines/"
_ON_PREHEADERS = "https://www.litmus.com/blog/the-ultimate-guide-to-preview-text-support"
_TABLE = RuleTable(
    CheckRule("subject-cut", Severity.INFO, "Put what matters into its first 40.", _ON_SUBJECTS),
    CheckRule("subject-capitals", Severity.WARNING, "Write it as a sentence.", _RULES_OF_FILTERS),
    CheckRule("subject-marks", Severity.WARNING, "Write it as a sentence.", _RULES_OF_FILTERS),
    CheckRule("subject-reply", Severity.WARNING, "Remove “Re:”.", "RFC 5322 §3.6.5"),
    CheckRule("preheader-missing", Severity.WARNING, "Begin with a sentence.", _ON_PREHEADERS),
    CheckRule("preheader-technical", Severity.WARNING, "Begin with a sentence.", _ON_PREHEADERS),
    CheckRule("preheader-repeats", Severity.INFO, "Say more in the preheader.", _ON_PREHEADERS),
    CheckRule("preheader-runs-on", Severity.INFO, "Pad it with &zwnj;&nbsp;.", _ON_PREHEADERS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """The row on one device. width: characters of the subject that it shows."""

    device: str
    width: int
    sender: str
    subject: str
    preheader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFacts(Facts):
    """The untruncated values and the rows.

    is_hidden: the preheader is text that the open mail does not show. padding: invisible characters behind it that
    keep the mail's text out of the row.
    """

    sender: str
    subject: str
    preheader: str
    is_hidden: bool
    padding: int
    rows: tuple[InboxRow, ...]


def check_inbox(mail: CheckedMail) -> Report:
    """Return the report on subject and preheader; facts are `InboxFacts`."""
    facts = _facts(mail)
    findings = tuple(_findings(mail, facts))
    return Report(check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings), facts=facts)


class InboxCheck(LocalCheck):
    """The mail's row in lists of messages, and what is cut off there."""

    name = NAME
    title = TITLE
    examine = staticmethod(check_inbox)


def _facts(mail: CheckedMail) -> InboxFacts:
    message = mail.message
    sender = (
        message.from_[0].display_name or message.from_[0].addr_spec if message.from_ else mail.envelope.reverse_path
    )
    preheader, is_hidden, padding = _preheader(mail)
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


def _preheader(mail: CheckedMail) -> tuple[str, bool, int]:
    """Return the preheader, whether the open mail hides it, and the number of padding characters behind it."""
    if mail.html_parts:
        return _of_html(mail.html_parts[0])
    texts = mail.message.text_parts
    text = part_text(mail.octets, mail.message.parts[texts[0]])[:_MAX_SCAN] if texts else ""
    return " ".join(_PADDING.sub(" ", text).split())[:MAX_PREHEADER], False, 0


def _of_html(part: HtmlPart) -> tuple[str, bool, int]:
    """Return the same for HTML: its first text, hidden or not, as lists take it."""
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
    """Yield text nodes in document order and whether they are hidden; visits at most `_MAX_SCAN` nodes."""
    stack: list[tuple[turbohtml.Node, bool]] = [(body, False)]
    left = _MAX_SCAN
    while stack and left:
        left -= 1
        node, hidden = stack.pop()
        if isinstance(node, turbohtml.Text):
            yield node, hidden
        elif isinstance(node, turbohtml.Element) and node.tag not in _SKIPPED:
            attributes = attributes_of(node)
            below = hidden or "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")[:2_000]))
            stack.extend((child, below) for child in reversed(list(node.children)[:1_000]))


def _findings(mail: CheckedMail, facts: InboxFacts) -> Iterator[Finding]:
    body = mail.html_parts[0].whole() if mail.html_parts else None
    subject = mail.field_place("Subject")
    narrow, usual = WIDTHS[0][1], WIDTHS[2][1]
    if len(facts.subject) > usual:
        text = f"The subject has {len(facts.subject)} characters; lists show {narrow} to {usual}."
        yield _TABLE.finding("subject-cut", text, subject)
    if facts.subject.isupper() and len(facts.subject) > 10:
        text = "The subject is in capital letters; filters count that against it."
        yield _TABLE.finding("subject-capitals", text, subject)
    if re.search(r"[!?]{2,}|\${2,}", facts.subject):
        text = "The subject has several exclamation or question marks in a row; filters count that against it."
        yield _TABLE.finding("subject-marks", text, subject)
    is_reply = bool(mail.field_bodies("in-reply-to") or mail.field_bodies("references"))
    if re.match(r"\s*(?:re|fwd?|aw|wg)\s*:", facts.subject, re.IGNORECASE) and not is_reply:
        text = "The subject looks like a reply, but the message is not one."
        yield _TABLE.finding("subject-reply", text, subject)
    if not facts.preheader and (mail.html_parts or mail.message.text_parts):
        text = "There is no text that a list could show behind the subject."
        yield _TABLE.finding("preheader-missing", text, body)
    elif _TECHNICAL.search(facts.preheader[:60]):
        text = f"The list shows “{facts.preheader[:60]}” behind the subject."
        yield _TABLE.finding("preheader-technical", text, body)
    elif facts.preheader and facts.preheader.lower() == facts.subject.lower():
        text = "The list shows the subject twice: the text begins with it."
        yield _TABLE.finding("preheader-repeats", text, body)
    if facts.is_hidden and facts.padding == 0 and len(facts.preheader) >= MAX_PREHEADER:
        text = "Behind the hidden preheader the list goes on with the mail's first words."
        yield _TABLE.finding("preheader-runs-on", text, body)
