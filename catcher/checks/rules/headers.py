"""Header section: what RFC 5322 and the large receivers ask of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from catcher.checks.model import Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.urls.forms import is_internal_host
from catcher.mime import Address, list_unsubscribe

NAME = "headers"
TITLE = "Header fields"

_ONCE_WORDS = """
date from sender reply-to to cc bcc message-id in-reply-to references subject mime-version content-type
content-transfer-encoding content-id content-disposition list-unsubscribe list-unsubscribe-post
"""
_ONCE = _ONCE_WORDS.split()
_DAY = timedelta(days=1)
_MAX_SUBJECT = 998


class HeadersCheck:
    """Looks at the message's own header fields."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, subject: CheckedMail) -> Report:
        """Findings for fields that are missing, doubled or wrong; no facts."""
        return await self._threads.run(judge_headers, subject)


def judge_headers(subject: CheckedMail) -> Report:
    """The report on a message's header section."""
    findings = [finding for rule in _RULES for finding in rule(subject)]
    return Report(check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings))


def _finding(
    subject: CheckedMail,
    rule: str,
    severity: Severity,
    text: str,
    advice: str,
    source: str,
    *,
    field: str = "",
    which: int = 0,
) -> Finding:
    place = subject.field_place(field, which=which) if field else None
    return Finding(rule=rule, severity=severity, text=text, place=place, advice=advice, source=source)


def _dates(subject: CheckedMail) -> Iterator[Finding]:
    bodies = subject.field_bodies("date")
    date = subject.message.date
    if not bodies:
        yield _finding(
            subject,
            "date-missing",
            Severity.ERROR,
            "There is no Date field.",
            "Give the date of sending.",
            "RFC 5322 §3.6",
        )
    elif date is None:
        text = f"The Date field cannot be read: {bodies[0][:80]}"
        yield _finding(
            subject, "date-invalid", Severity.ERROR, text, "Write it as RFC 5322 says.", "RFC 5322 §3.3", field="Date"
        )
    else:
        received = subject.envelope.received_at
        if not received - 7 * _DAY <= date <= received + _DAY:
            when = "in the future" if date > received else "long past"
            text = f"The Date field is {when}: {bodies[0][:80]}"
            yield _finding(
                subject,
                "date-wrong",
                Severity.WARNING,
                text,
                "Give the date of sending.",
                "RFC 5322 §3.6.1",
                field="Date",
            )


def _message_ids(subject: CheckedMail) -> Iterator[Finding]:
    bodies = subject.field_bodies("message-id")
    source = "RFC 5322 §3.6.4"
    if not bodies:
        text = "There is no Message-ID field; replies cannot name this message and receivers count it against it."
        yield _finding(subject, "message-id-missing", Severity.WARNING, text, "Give each message its own.", source)
        return
    body = bodies[0].strip()
    left, at, right = body.strip("<>").rpartition("@")
    if not (body.startswith("<") and body.endswith(">") and at and left and right) or any(c.isspace() for c in body):
        text = f"The Message-ID is not of the form <left@right>: {body[:80]}"
        yield _finding(
            subject,
            "message-id-invalid",
            Severity.ERROR,
            text,
            "Write <unique@your.domain>.",
            source,
            field="Message-ID",
        )
    elif is_internal_host(right.strip("[]")) and not right.lower().endswith(".example"):
        text = f"The Message-ID ends in {right[:60]}, a name of this machine only."
        yield _finding(
            subject, "message-id-local", Severity.INFO, text, "End it with your domain.", source, field="Message-ID"
        )


def _senders(subject: CheckedMail) -> Iterator[Finding]:
    message = subject.message
    source = "RFC 5322 §3.6.2"
    if not subject.field_bodies("from"):
        yield _finding(subject, "from-missing", Severity.ERROR, "There is no From field.", "Name the author.", source)
    elif not message.from_:
        yield _finding(
            subject,
            "from-empty",
            Severity.ERROR,
            "The From field names nobody.",
            "Name the author.",
            source,
            field="From",
        )
    elif len(message.from_) > 1 and not message.sender:
        text = f"From names {len(message.from_)} authors, and there is no Sender field."
        yield _finding(
            subject, "sender-missing", Severity.ERROR, text, "Name the one who sends in Sender.", source, field="From"
        )
    for name, addresses in (("From", message.from_), ("Sender", message.sender), ("Reply-To", message.reply_to)):
        yield from _addresses(subject, name, addresses)
    for address in message.from_:
        if address.addr_spec.lower().startswith(("noreply@", "no-reply@", "donotreply@", "do-not-reply@")):
            text = f"Nobody can answer to {address.addr_spec}."
            yield _finding(
                subject,
                "from-noreply",
                Severity.INFO,
                text,
                "Use an address that somebody reads.",
                source,
                field="From",
            )
    if len(message.sender) > 1:
        yield _finding(
            subject, "sender-many", Severity.ERROR, "Sender names more than one.", "Name one.", source, field="Sender"
        )


def _addresses(subject: CheckedMail, name: str, addresses: tuple[Address, ...]) -> Iterator[Finding]:
    for address in addresses:
        left, at, right = address.addr_spec.rpartition("@")
        if not at or not left or not right or any(character.isspace() for character in right):
            text = f"{name} has an address that cannot be: {address.addr_spec[:80] or 'an empty one'}"
            yield _finding(
                subject, "address-invalid", Severity.ERROR, text, "Correct the address.", "RFC 5322 §3.4.1", field=name
            )
        if "@" in address.display_name and address.display_name.strip().lower() != address.addr_spec.lower():
            text = f"The name in {name} is another address than the real one: {address.display_name[:60]}"
            yield _finding(
                subject,
                "address-in-name",
                Severity.WARNING,
                text,
                "Use a name; filters read this as phishing.",
                "RFC 5322 §3.4",
                field=name,
            )


def _recipients(subject: CheckedMail) -> Iterator[Finding]:
    message = subject.message
    if not (message.to or message.cc or subject.field_bodies("to") or subject.field_bodies("cc")):
        text = "Neither To nor Cc names anybody; filters count this against the message."
        yield _finding(subject, "to-missing", Severity.WARNING, text, "Put the recipient into To.", "RFC 5322 §3.6.3")
    for name, addresses in (("To", message.to), ("Cc", message.cc)):
        yield from _addresses(subject, name, addresses)
    if message.bcc:
        text = f"The Bcc field was sent along and shows {len(message.bcc)} hidden recipients to everybody."
        yield _finding(
            subject, "bcc-sent", Severity.ERROR, text, "Take Bcc out before sending.", "RFC 5322 §3.6.3", field="Bcc"
        )


def _duplicates(subject: CheckedMail) -> Iterator[Finding]:
    counts = Counter(field.name.lower() for field in subject.message.header)
    for name in _ONCE:
        if counts[name] > 1:
            text = f"The field {name.title()} is there {counts[name]} times, once is allowed."
            yield _finding(
                subject, "field-doubled", Severity.ERROR, text, "Keep one.", "RFC 5322 §3.6", field=name, which=1
            )


def _subjects(subject: CheckedMail) -> Iterator[Finding]:
    if not subject.message.subject.strip():
        yield _finding(
            subject,
            "subject-missing",
            Severity.WARNING,
            "There is no subject.",
            "Say what the message is about.",
            "RFC 5322 §3.6.5",
        )
    elif len(subject.message.subject) > _MAX_SUBJECT:
        yield _finding(
            subject,
            "subject-long",
            Severity.WARNING,
            "The subject is absurdly long.",
            "Shorten it.",
            "RFC 5322 §2.1.1",
            field="Subject",
        )
    for field in subject.message.header:
        if not field.body.isascii() and field.name.lower() not in ("received",):
            text = f"The field {field.name} has characters that are not ASCII and not encoded."
            yield _finding(
                subject, "field-8bit", Severity.ERROR, text, "Use encoded-words.", "RFC 2047 §2", field=field.name
            )
            return


def _lists(subject: CheckedMail) -> Iterator[Finding]:
    """What Gmail and Yahoo ask of bulk mail since 2024, judged when the message says that it is bulk."""
    offer = list_unsubscribe(subject.message)
    precedence = " ".join(subject.field_bodies("precedence")).lower()
    is_bulk = bool(subject.field_bodies("list-id") or offer.header or precedence in ("bulk", "list"))
    field = "List-Unsubscribe"
    if is_bulk and not offer.header:
        text = "The message is bulk mail without a List-Unsubscribe field."
        yield _finding(
            subject, "unsubscribe-missing", Severity.ERROR, text, "Offer one with one-click.", "RFC 2369 §3.2"
        )
        return
    if offer.errors:
        text = f"List-Unsubscribe is broken: {offer.errors}."
        yield _finding(
            subject,
            "unsubscribe-invalid",
            Severity.ERROR,
            text,
            "Write <https://…>, <mailto:…>.",
            "RFC 2369 §3.2",
            field=field,
        )
    https = [link for link in offer.links if link.lower().startswith("https:")]
    post = offer.header_post.replace(" ", "").lower()
    if offer.header and not offer.header_post:
        text = "List-Unsubscribe has no one-click form (List-Unsubscribe-Post)."
        yield _finding(
            subject,
            "one-click-missing",
            Severity.WARNING,
            text,
            "Add List-Unsubscribe-Post: List-Unsubscribe=One-Click.",
            "RFC 8058 §3.1",
            field=field,
        )
    elif offer.header_post and post != "list-unsubscribe=one-click":
        text = f"List-Unsubscribe-Post is not “List-Unsubscribe=One-Click”: {offer.header_post[:60]}"
        yield _finding(
            subject,
            "one-click-invalid",
            Severity.ERROR,
            text,
            "Write exactly that.",
            "RFC 8058 §3.1",
            field="List-Unsubscribe-Post",
        )
    elif offer.header_post and not https:
        text = "One-click unsubscribing needs an https address in List-Unsubscribe."
        yield _finding(
            subject, "one-click-https", Severity.ERROR, text, "Add an https address.", "RFC 8058 §3.1", field=field
        )


_RULES: tuple[Callable[[CheckedMail], Iterator[Finding]], ...] = (
    _dates,
    _message_ids,
    _senders,
    _recipients,
    _duplicates,
    _subjects,
    _lists,
)
