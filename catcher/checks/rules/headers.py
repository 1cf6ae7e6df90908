"""Header section: what RFC 5322 and the large receivers require of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from catcher.checks.model import Finding, Report, Severity, in_order, score_of
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.runner import LocalCheck
from catcher.checks.urls.forms import is_internal_host
from catcher.mime import Address, list_unsubscribe

NAME = "headers"
TITLE = "Header fields"

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_ORIGIN, _MESSAGE_ID, _RECIPIENTS = "RFC 5322 §3.6.2", "RFC 5322 §3.6.4", "RFC 5322 §3.6.3"
_LIST, _ONE_CLICK = "RFC 2369 §3.2", "RFC 8058 §3.1"
_SINGLE_FIELD_NAMES = """
date from sender reply-to to cc bcc message-id in-reply-to references subject mime-version content-type
content-transfer-encoding content-id content-disposition list-unsubscribe list-unsubscribe-post
"""
_TABLE = RuleTable(
    CheckRule("date-missing", _ERROR, "Give the date of sending.", "RFC 5322 §3.6"),
    CheckRule("date-invalid", _ERROR, "Write it as RFC 5322 says.", "RFC 5322 §3.3"),
    CheckRule("date-wrong", _WARNING, "Give the date of sending.", "RFC 5322 §3.6.1"),
    CheckRule("message-id-missing", _WARNING, "Give each message its own.", _MESSAGE_ID),
    CheckRule("message-id-invalid", _ERROR, "Write <unique@your.domain>.", _MESSAGE_ID),
    CheckRule("message-id-local", _INFO, "End it with your domain.", _MESSAGE_ID),
    CheckRule("from-missing", _ERROR, "Name the author.", _ORIGIN),
    CheckRule("from-empty", _ERROR, "Name the author.", _ORIGIN),
    CheckRule("from-noreply", _INFO, "Use an address whose mail is read.", _ORIGIN),
    CheckRule("sender-missing", _ERROR, "Name the sender in Sender.", _ORIGIN),
    CheckRule("sender-many", _ERROR, "Name one.", _ORIGIN),
    CheckRule("address-invalid", _ERROR, "Correct the address.", "RFC 5322 §3.4.1"),
    CheckRule("address-in-name", _WARNING, "Use a name; filters take this for phishing.", "RFC 5322 §3.4"),
    CheckRule("to-missing", _WARNING, "Put the recipient into To.", _RECIPIENTS),
    CheckRule("bcc-sent", _ERROR, "Remove Bcc before sending.", _RECIPIENTS),
    CheckRule("field-doubled", _ERROR, "Keep one.", "RFC 5322 §3.6"),
    CheckRule("subject-missing", _WARNING, "Say what the message is about.", "RFC 5322 §3.6.5"),
    CheckRule("subject-long", _WARNING, "Shorten it.", "RFC 5322 §2.1.1"),
    CheckRule("field-8bit", _ERROR, "Use encoded-words.", "RFC 2047 §2"),
    CheckRule("unsubscribe-missing", _ERROR, "Offer one with one-click.", _LIST),
    CheckRule("unsubscribe-invalid", _ERROR, "Write <https://…>, <mailto:…>.", _LIST),
    CheckRule("one-click-missing", _WARNING, "Add List-Unsubscribe-Post: List-Unsubscribe=One-Click.", _ONE_CLICK),
    CheckRule("one-click-invalid", _ERROR, "Write exactly that.", _ONE_CLICK),
    CheckRule("one-click-https", _ERROR, "Add an https address.", _ONE_CLICK),
)
_SINGLE_FIELDS = _SINGLE_FIELD_NAMES.split()
_NO_REPLY = ("noreply@", "no-reply@", "donotreply@", "do-not-reply@")
_DAY = timedelta(days=1)
_MAX_SUBJECT = 998


def check_headers(mail: CheckedMail) -> Report:
    """Return the report on missing, doubled and malformed header fields; no facts."""
    findings = [finding for rule in _RULES for finding in rule(mail)]
    return Report(check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings))


class HeadersCheck(LocalCheck):
    """The header fields."""

    name = NAME
    title = TITLE
    examine = staticmethod(check_headers)


def _finding(mail: CheckedMail, rule: str, text: str, field: str = "", *, which: int = 0) -> Finding:
    return _TABLE.finding(rule, text, mail.field_place(field, which=which) if field else None)


def _dates(mail: CheckedMail) -> Iterator[Finding]:
    bodies = mail.field_bodies("date")
    date = mail.message.date
    if not bodies:
        yield _finding(mail, "date-missing", "There is no Date field.")
    elif date is None:
        yield _finding(mail, "date-invalid", f"The Date field cannot be read: {bodies[0][:80]}", "Date")
    else:
        received = mail.envelope.received_at
        if not received - 7 * _DAY <= date <= received + _DAY:
            when = "in the future" if date > received else "long past"
            yield _finding(mail, "date-wrong", f"The Date field is {when}: {bodies[0][:80]}", "Date")


def _message_ids(mail: CheckedMail) -> Iterator[Finding]:
    bodies = mail.field_bodies("message-id")
    if not bodies:
        text = "There is no Message-ID field; replies cannot name this message and receivers count it against it."
        yield _finding(mail, "message-id-missing", text)
        return
    body = bodies[0].strip()
    left, at, right = body.strip("<>").rpartition("@")
    if not (body.startswith("<") and body.endswith(">") and at and left and right) or any(c.isspace() for c in body):
        text = f"The Message-ID is not of the form <left@right>: {body[:80]}"
        yield _finding(mail, "message-id-invalid", text, "Message-ID")
    elif is_internal_host(right.strip("[]")) and not right.lower().endswith(".example"):
        text = f"The Message-ID ends in {right[:60]}, a name of this machine only."
        yield _finding(mail, "message-id-local", text, "Message-ID")


def _senders(mail: CheckedMail) -> Iterator[Finding]:
    message = mail.message
    if not mail.field_bodies("from"):
        yield _finding(mail, "from-missing", "There is no From field.")
    elif not message.from_:
        yield _finding(mail, "from-empty", "The From field has no address.", "From")
    elif len(message.from_) > 1 and not message.sender:
        text = f"From names {len(message.from_)} authors, and there is no Sender field."
        yield _finding(mail, "sender-missing", text, "From")
    for name, addresses in (("From", message.from_), ("Sender", message.sender), ("Reply-To", message.reply_to)):
        yield from _addresses(mail, name, addresses)
    for address in message.from_:
        if address.addr_spec.lower().startswith(_NO_REPLY):
            yield _finding(mail, "from-noreply", f"Replies to {address.addr_spec} reach nobody.", "From")
    if len(message.sender) > 1:
        yield _finding(mail, "sender-many", "Sender has more than one address.", "Sender")


def _addresses(mail: CheckedMail, name: str, addresses: tuple[Address, ...]) -> Iterator[Finding]:
    for address in addresses:
        left, at, right = address.addr_spec.rpartition("@")
        if not at or not left or not right or any(character.isspace() for character in right):
            text = f"{name} has an invalid address: {address.addr_spec[:80] or 'an empty one'}"
            yield _finding(mail, "address-invalid", text, name)
        if "@" in address.display_name and address.display_name.strip().lower() != address.addr_spec.lower():
            text = f"The name in {name} is another address than the real one: {address.display_name[:60]}"
            yield _finding(mail, "address-in-name", text, name)


def _recipients(mail: CheckedMail) -> Iterator[Finding]:
    message = mail.message
    if not (message.to or message.cc or mail.field_bodies("to") or mail.field_bodies("cc")):
        yield _finding(mail, "to-missing", "Neither To nor Cc has an address; filters count this against the message.")
    for name, addresses in (("To", message.to), ("Cc", message.cc)):
        yield from _addresses(mail, name, addresses)
    if message.bcc:
        text = f"The Bcc field was sent along and shows {len(message.bcc)} hidden recipients to all readers."
        yield _finding(mail, "bcc-sent", text, "Bcc")


def _duplicates(mail: CheckedMail) -> Iterator[Finding]:
    counts = Counter(field.name.lower() for field in mail.message.header)
    for name in _SINGLE_FIELDS:
        if counts[name] > 1:
            text = f"The field {name.title()} occurs {counts[name]} times; only one is allowed."
            yield _finding(mail, "field-doubled", text, name, which=1)


def _subjects(mail: CheckedMail) -> Iterator[Finding]:
    if not mail.message.subject.strip():
        yield _finding(mail, "subject-missing", "There is no subject.")
    elif len(mail.message.subject) > _MAX_SUBJECT:
        yield _finding(mail, "subject-long", "The subject is longer than 998 characters.", "Subject")
    for field in mail.message.header:
        if not field.body.isascii() and field.name.lower() != "received":
            text = f"The field {field.name} has characters that are not ASCII and not encoded."
            yield _finding(mail, "field-8bit", text, field.name)
            return


def _lists(mail: CheckedMail) -> Iterator[Finding]:
    """Yield what Gmail and Yahoo have required of bulk mail since 2024, when the message says that it is bulk mail."""
    offer = list_unsubscribe(mail.message)
    precedence = " ".join(mail.field_bodies("precedence")).lower()
    is_bulk = bool(mail.field_bodies("list-id") or offer.header or precedence in ("bulk", "list"))
    field = "List-Unsubscribe"
    if is_bulk and not offer.header:
        yield _finding(mail, "unsubscribe-missing", "The message is bulk mail without a List-Unsubscribe field.")
        return
    if offer.errors:
        yield _finding(mail, "unsubscribe-invalid", f"List-Unsubscribe is broken: {offer.errors}.", field)
    https = [link for link in offer.links if link.lower().startswith("https:")]
    post = offer.header_post.replace(" ", "").lower()
    if offer.header and not offer.header_post:
        text = "List-Unsubscribe has no one-click form (List-Unsubscribe-Post)."
        yield _finding(mail, "one-click-missing", text, field)
    elif offer.header_post and post != "list-unsubscribe=one-click":
        text = f"List-Unsubscribe-Post is not “List-Unsubscribe=One-Click”: {offer.header_post[:60]}"
        yield _finding(mail, "one-click-invalid", text, "List-Unsubscribe-Post")
    elif offer.header_post and not https:
        yield _finding(
            mail, "one-click-https", "One-click unsubscribing needs an https address in List-Unsubscribe.", field
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
