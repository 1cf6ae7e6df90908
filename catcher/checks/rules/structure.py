"""Structure: line lengths, encodings, alternative parts, unfilled template variables, dangerous attachments."""

import re
from collections.abc import Callable, Iterator

from catcher.checks.model import Finding, FindingPlace, Report, Severity, in_order, score_of
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import excerpt
from catcher.checks.rules.attachments import attachment_findings
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.rules.templates import template_findings
from catcher.checks.runner import LocalCheck
from catcher.mime import Part, html_to_text, iter_part, part_octets, part_text
from catcher.mime.calendar import read_calendar
from catcher.mime.text.similarity import comparable_words, similarity

NAME = "structure"
TITLE = "Structure"

MAX_LINE = 998
"""Octets of a line without its line break (RFC 5322 §2.1.1)."""
MAX_TEXT = 1_000_000
"""Octets of a text part whose charset is checked."""

_MAX_CALENDARS = 2
_BARE_LINE_BREAK = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_8BIT = re.compile(rb"[\x80-\xff]")
_MAX_SCAN = 20_000_000
_TRANSFER_ENCODINGS = ("7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode")

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_ALTERNATIVE = "RFC 2046 §5.1.4"
_TABLE = RuleTable(
    CheckRule("line-long", _ERROR, "Encode the part as quoted-printable or base64.", "RFC 5322 §2.1.1"),
    CheckRule("line-bare", _ERROR, "End every line with CRLF.", "RFC 5321 §2.3.8"),
    CheckRule("mime-version", _WARNING, "Add MIME-Version: 1.0.", "RFC 2045 §4"),
    CheckRule("8bit-undeclared", _ERROR, "Add MIME-Version and Content-Type.", "RFC 2045 §2.7"),
    CheckRule("7bit-untrue", _ERROR, "Declare 8bit or quoted-printable.", "RFC 2045 §6.2"),
    CheckRule("encoding-unknown", _ERROR, "Use base64 or quoted-printable.", "RFC 2045 §6.1"),
    CheckRule("charset-missing", _ERROR, "Declare charset=utf-8.", "RFC 2046 §4.1.2"),
    CheckRule("charset-untrue", _ERROR, "Declare the charset it is written in.", "RFC 2046 §4.1.2"),
    CheckRule("charset-unknown", _ERROR, "Declare charset=utf-8.", "RFC 2046 §4.1.2"),
    CheckRule("charset-old", _INFO, "Write it in UTF-8.", "RFC 6657 §3"),
    CheckRule("body-missing", _WARNING, "Add one.", "RFC 5322 §2.3"),
    CheckRule("text-missing", _WARNING, "Send a text part in multipart/alternative.", _ALTERNATIVE),
    CheckRule("alternative-order", _WARNING, "Put the plainest part first.", _ALTERNATIVE),
    CheckRule("text-empty", _WARNING, "Say the same as the HTML.", _ALTERNATIVE),
    CheckRule("text-differs", _WARNING, "Make both from one source.", _ALTERNATIVE),
    CheckRule("calendar-invalid", _ERROR, "Build the calendar with a calendar library.", "RFC 5545 §3.4"),
    CheckRule("calendar-time", _ERROR, "Write 20261123T100000Z.", "RFC 5545 §3.3.5"),
    CheckRule("calendar-zone", _WARNING, "Define the zone in the calendar, or use UTC.", "RFC 5545 §3.2.19"),
)


def check_structure(mail: CheckedMail) -> Report:
    """Return the report on lines, encodings, parts, placeholders and attachments; no facts."""
    findings = [finding for rule in _RULES for finding in rule(mail)]
    is_cut = len(mail.octets) > _MAX_SCAN or mail.message.is_cut
    return Report(check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings), is_cut=is_cut)


class StructureCheck(LocalCheck):
    """The way the message is built."""

    name = NAME
    title = TITLE
    examine = staticmethod(check_structure)


def _lines(mail: CheckedMail) -> Iterator[Finding]:
    octets = bytes(mail.octets[:_MAX_SCAN])
    start = _long_line(octets)
    if start >= 0:
        text = f"Line {_line_of(octets, start)} has more than {MAX_LINE} octets; servers break or refuse it."
        yield _TABLE.finding("line-long", text, _raw_place(mail, octets, start))
    pairs = octets.count(b"\r\n")
    if not pairs or pairs == octets.count(b"\n") == octets.count(b"\r"):
        return
    bare = _BARE_LINE_BREAK.search(octets)
    if bare is not None:
        kind = "LF without CR" if bare[0] == b"\n" else "CR without LF"
        text = f"Line {_line_of(octets, bare.start())} ends with {kind}; servers refuse it since SMTP smuggling."
        yield _TABLE.finding("line-bare", text, _raw_place(mail, octets, bare.start()))


def _long_line(octets: bytes) -> int:
    """Return the offset of the first line that is too long, -1 for none.

    Searches backwards from where each line must have ended, so that short lines are skipped in one step.
    """
    start = 0
    while start + MAX_LINE < len(octets):
        end = octets.rfind(b"\n", start, start + MAX_LINE + 2)
        if end < 0:
            return start
        start = end + 1
    return -1


def _raw_place(mail: CheckedMail, octets: bytes, offset: int) -> FindingPlace:
    """Return the innermost part that holds this octet of the message as sent, else its line in the header section."""
    parts = [part for part in mail.message.parts if part.body_start <= offset < part.end]
    if parts:
        return FindingPlace(part_id=parts[-1].part_id, sent_line=_line_of(octets, offset))
    start = octets.rfind(b"\n", 0, offset) + 1
    return FindingPlace(
        line=_line_of(octets, offset),
        sent_line=_line_of(octets, offset),
        column=offset - start + 1,
        excerpt=excerpt(octets[start : start + 80].decode("utf-8", "replace")),
    )


def _line_of(octets: bytes, offset: int) -> int:
    return octets.count(b"\n", 0, offset) + 1


def _encodings(mail: CheckedMail) -> Iterator[Finding]:
    root = mail.message.parts[0]
    octets = mail.octets
    if not mail.field_bodies("mime-version"):
        if mail.field_bodies("content-type"):
            text = "There is a Content-Type but no MIME-Version field; strict programs show the message as plain ASCII."
            yield _TABLE.finding("mime-version", text, mail.part_place(root, "Content-Type"))
        elif found := _8BIT.search(octets, root.body_start, min(root.end, _MAX_SCAN)):
            text = "The body has 8-bit characters but the message has no MIME fields that say which."
            place = FindingPlace(part_id=root.part_id, sent_line=mail.sent.at(found.start()))
            yield _TABLE.finding("8bit-undeclared", text, place)
    for part in mail.message.parts[:1_000]:
        if not part.is_multipart:
            yield from _encoding(mail, part)


def _encoding(mail: CheckedMail, part: Part) -> Iterator[Finding]:
    if part.transfer_encoding == "7bit" and part.media_type != "message/rfc822" and mail.field_bodies("mime-version"):
        found = _8BIT.search(mail.octets, part.body_start, min(part.end, part.body_start + _MAX_SCAN))
        if found is not None:
            text = f"Part {part.part_id} is declared as 7bit but has 8-bit octets."
            place = FindingPlace(part_id=part.part_id, sent_line=mail.sent.at(found.start()))
            yield _TABLE.finding("7bit-untrue", text, place)
    if part.transfer_encoding not in _TRANSFER_ENCODINGS:
        text = f"Part {part.part_id} has the unknown transfer encoding {part.transfer_encoding[:40]!r}."
        yield _TABLE.finding("encoding-unknown", text, mail.part_place(part, "Content-Transfer-Encoding"))
    if not part.media_type.startswith("text/") or part.size > MAX_TEXT:
        return
    content = b"".join(iter_part(mail.octets, part))
    place = mail.part_place(part, "Content-Type")
    if not part.charset and _8BIT.search(content):
        text = f"Part {part.part_id} has characters that are not ASCII but no charset."
        yield _TABLE.finding("charset-missing", text, place)
    elif part.charset:
        yield from _charset(part, content, place)


def _charset(part: Part, content: bytes, place: FindingPlace) -> Iterator[Finding]:
    shown = part.charset[:40]
    try:
        content.decode(part.charset)
    except UnicodeDecodeError:
        text = f"Part {part.part_id} is not in the charset {shown} that it declares."
        yield _TABLE.finding("charset-untrue", text, place)
    except (LookupError, ValueError):
        yield _TABLE.finding("charset-unknown", f"Part {part.part_id} declares the unknown charset {shown!r}.", place)
    else:
        if part.charset not in ("utf-8", "us-ascii", "utf8", "ascii"):
            text = f"Part {part.part_id} is in {shown}; UTF-8 is what all programs read."
            yield _TABLE.finding("charset-old", text, place)


_OWN_RULES = ("transfer-encoding-unknown", "charset-unknown")
"""Defects that have a rule of their own above, with the number of the part."""


def _defects(mail: CheckedMail) -> Iterator[Finding]:
    by_id = {part.part_id: part for part in mail.message.parts}
    for defect in mail.message.defects:
        if defect.code in _OWN_RULES:
            continue
        yield Finding(
            rule=f"mime-{defect.code}",
            severity=Severity.WARNING,
            text=defect.text,
            place=mail.part_place(by_id[defect.part_id]) if defect.part_id in by_id else FindingPlace(),
            advice="Build the message with a mail library.",
            source="RFC 2045, RFC 2046",
        )


def _alternatives(mail: CheckedMail) -> Iterator[Finding]:
    message = mail.message
    if not message.html_parts:
        if not message.text_parts:
            yield _TABLE.finding("body-missing", "The message has no text at all.")
        return
    html = message.parts[message.html_parts[0]]
    if not message.text_parts:
        text = "There is HTML but no plain text; filters count that against the message, and watches show nothing."
        yield _TABLE.finding("text-missing", text, mail.part_place(html, "Content-Type"))
        return
    plain = message.parts[message.text_parts[0]]
    if plain.parent < 0 or plain.parent != html.parent:
        return
    if message.parts[plain.parent].media_type == "multipart/alternative":
        place = mail.part_place(plain, "Content-Type")
        if message.text_parts[0] > message.html_parts[0]:
            text = "The plain text stands behind the HTML, so that programs prefer it."
            yield _TABLE.finding("alternative-order", text, place)
        yield from _differences(mail, plain, place)


def _differences(mail: CheckedMail, plain: Part, place: FindingPlace) -> Iterator[Finding]:
    text = part_text(mail.octets, plain)
    if not text.strip():
        yield _TABLE.finding("text-empty", "The plain text part is empty.", place)
        return
    made = comparable_words(html_to_text(mail.html_parts[0].text[:200_000], links=False))
    if len(made) < 8:
        return
    alike = similarity(comparable_words(text), made)
    if alike < 0.5:
        sentence = f"The plain text differs from the HTML: {round(100 * alike)} % of the words are the same."
        yield _TABLE.finding("text-differs", sentence, place)


def _calendars(mail: CheckedMail) -> Iterator[Finding]:
    parts = [part for part in mail.message.parts if part.media_type == "text/calendar"]
    for part in parts[:_MAX_CALENDARS]:
        place = mail.part_place(part, "Content-Type")
        calendar = read_calendar(part_octets(mail.octets, part))
        if calendar is None:
            yield _TABLE.finding("calendar-invalid", f"Part {part.part_id} is not a calendar.", place)
            continue
        for event in calendar.events:
            for value in event.unreadable:
                text = f"The invitation has a time that calendars cannot read: {value[:80]}"
                yield _TABLE.finding("calendar-time", text, place)
            for moment in (event.start, event.end):
                if moment is not None and not moment.is_known:
                    text = f"The invitation is in a time zone that the calendar does not define: {moment.zone[:80]}"
                    yield _TABLE.finding("calendar-zone", text, place)
                    break


_RULES: tuple[Callable[[CheckedMail], Iterator[Finding]], ...] = (
    _lines,
    _encodings,
    _defects,
    _alternatives,
    _calendars,
    template_findings,
    attachment_findings,
)
