"""Structure: line lengths, encodings, text beside HTML, forgotten template variables, dangerous attachments."""

import re
from collections.abc import Callable, Iterator

from catcher.checks.model import Finding, FindingPlace, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.html import excerpt
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.rules.attachments import attachment_findings
from catcher.checks.rules.templates import template_findings
from catcher.mime import Part, html_to_text, iter_part, part_text
from catcher.mime.similarity import comparable_words, similarity

NAME = "structure"
TITLE = "Structure"

MAX_LINE = 998
"""Octets of a line without its line break (RFC 5322 §2.1.1)."""
MAX_TEXT = 1_000_000
"""Characters of a text that are searched for template variables."""

_CRLF_FAULT = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_8BIT = re.compile(rb"[\x80-\xff]")
_MAX_SCAN = 20_000_000


class StructureCheck:
    """Looks at how the message is built."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, subject: CheckedMail) -> Report:
        """Findings on lines, encodings, parts and attachments; no facts."""
        return await self._threads.run(judge_structure, subject)


def judge_structure(subject: CheckedMail) -> Report:
    """The report on how a message is built."""
    findings = [finding for rule in _RULES for finding in rule(subject)]
    is_cut = len(subject.octets) > _MAX_SCAN or subject.message.is_cut
    return Report(check=NAME, title=TITLE, findings=in_order(findings), score=score_of(findings), is_cut=is_cut)


def _lines(subject: CheckedMail) -> Iterator[Finding]:
    octets = bytes(subject.octets[:_MAX_SCAN])
    long_line = _long_line(octets)
    if long_line >= 0:
        text = f"Line {_line_of(octets, long_line)} has more than {MAX_LINE} octets; servers break or refuse it."
        advice = "Encode the part as quoted-printable or base64."
        place = _raw_place(subject, octets, long_line)
        yield Finding(
            rule="line-long", severity=Severity.ERROR, text=text, place=place, advice=advice, source="RFC 5322 §2.1.1"
        )
    pairs = octets.count(b"\r\n")
    if not pairs or pairs == octets.count(b"\n") == octets.count(b"\r"):
        return
    fault = _CRLF_FAULT.search(octets)
    if fault is not None:
        kind = "LF without CR" if fault[0] == b"\n" else "CR without LF"
        text = f"Line {_line_of(octets, fault.start())} ends with {kind}; servers refuse it since SMTP smuggling."
        advice = "End every line with CRLF."
        place = _raw_place(subject, octets, fault.start())
        yield Finding(
            rule="line-bare", severity=Severity.ERROR, text=text, place=place, advice=advice, source="RFC 5321 §2.3.8"
        )


def _long_line(octets: bytes) -> int:
    """Offset of the first line that is too long, -1 for none. Looks back from where each line must have ended."""
    start = 0
    while start + MAX_LINE < len(octets):
        end = octets.rfind(b"\n", start, start + MAX_LINE + 2)
        if end < 0:
            return start
        start = end + 1
    return -1


def _raw_place(subject: CheckedMail, octets: bytes, offset: int) -> FindingPlace:
    """The line of the header section, or the innermost part that holds this octet of the message as sent."""
    parts = [part for part in subject.message.parts if part.body_start <= offset < part.end]
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


def _encodings(subject: CheckedMail) -> Iterator[Finding]:
    root = subject.message.parts[0]
    octets = subject.octets
    if not subject.field_bodies("mime-version"):
        if subject.field_bodies("content-type"):
            text = "There is a Content-Type but no MIME-Version field; strict programs show the message as plain ASCII."
            place = subject.part_place(root, "Content-Type")
            yield _finding(place, "mime-version", Severity.WARNING, text, "Add MIME-Version: 1.0.", "RFC 2045 §4")
        elif found := _8BIT.search(octets, root.body_start, min(root.end, _MAX_SCAN)):
            text = "The body has 8-bit characters but the message has no MIME fields that say which."
            place = FindingPlace(part_id=root.part_id, sent_line=subject.sent.at(found.start()))
            yield _finding(
                place, "8bit-undeclared", Severity.ERROR, text, "Add MIME-Version and Content-Type.", "RFC 2045 §2.7"
            )
    for part in subject.message.parts[:1_000]:
        if not part.is_multipart:
            yield from _encoding(subject, part)


_7BIT_CHARSETS = ("", "us-ascii", "ascii", "iso-2022-jp", "utf-7", "hz-gb-2312")


def _encoding(subject: CheckedMail, part: Part) -> Iterator[Finding]:
    if (
        part.transfer_encoding == "7bit"
        and part.media_type != "message/rfc822"
        and subject.field_bodies("mime-version")
    ):
        found = _8BIT.search(subject.octets, part.body_start, min(part.end, part.body_start + _MAX_SCAN))
        if found is not None:
            text = f"Part {part.part_id} is declared as 7bit but has 8-bit octets."
            place = FindingPlace(part_id=part.part_id, sent_line=subject.sent.at(found.start()))
            yield _finding(
                place, "7bit-untrue", Severity.ERROR, text, "Declare 8bit or quoted-printable.", "RFC 2045 §6.2"
            )
    if part.transfer_encoding not in ("7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode"):
        text = f"Part {part.part_id} has the unknown transfer encoding {part.transfer_encoding[:40]!r}."
        place = subject.part_place(part, "Content-Transfer-Encoding")
        yield _finding(
            place, "encoding-unknown", Severity.ERROR, text, "Use base64 or quoted-printable.", "RFC 2045 §6.1"
        )
    if not part.media_type.startswith("text/") or part.size > MAX_TEXT:
        return
    content = b"".join(iter_part(subject.octets, part))
    place = subject.part_place(part, "Content-Type")
    if not part.charset and _8BIT.search(content):
        text = f"Part {part.part_id} has characters that are not ASCII but no charset."
        yield _finding(place, "charset-missing", Severity.ERROR, text, "Declare charset=utf-8.", "RFC 2046 §4.1.2")
    elif part.charset:
        yield from _charset(part, content, place)


def _charset(part: Part, content: bytes, place: FindingPlace) -> Iterator[Finding]:
    try:
        content.decode(part.charset)
    except UnicodeDecodeError:
        text = f"Part {part.part_id} is not in the charset {part.charset[:40]} that it declares."
        yield _finding(
            place, "charset-untrue", Severity.ERROR, text, "Declare the charset it is written in.", "RFC 2046 §4.1.2"
        )
    except (LookupError, ValueError):
        text = f"Part {part.part_id} declares the unknown charset {part.charset[:40]!r}."
        yield _finding(place, "charset-unknown", Severity.ERROR, text, "Declare charset=utf-8.", "RFC 2046 §4.1.2")
    else:
        if part.charset not in ("utf-8", "us-ascii", "utf8", "ascii"):
            text = f"Part {part.part_id} is in {part.charset[:40]}; UTF-8 is what all programs read."
            yield _finding(place, "charset-old", Severity.INFO, text, "Write it in UTF-8.", "RFC 6657 §3")


def _finding(place: FindingPlace, rule: str, severity: Severity, text: str, advice: str, source: str) -> Finding:
    return Finding(rule=rule, severity=severity, text=text, place=place, advice=advice, source=source)


_TOLD_BY_OTHERS = ("transfer-encoding-unknown", "charset-unknown")
"""Defects for which there is a rule of its own here, with the part's number."""


def _defects(subject: CheckedMail) -> Iterator[Finding]:
    by_id = {part.part_id: part for part in subject.message.parts}
    for defect in subject.message.defects:
        if defect.code in _TOLD_BY_OTHERS:
            continue
        yield Finding(
            rule=f"mime-{defect.code}",
            severity=Severity.WARNING,
            text=defect.text,
            place=subject.part_place(by_id[defect.part_id]) if defect.part_id in by_id else FindingPlace(),
            advice="Build the message with a mail library.",
            source="RFC 2045, RFC 2046",
        )


def _alternatives(subject: CheckedMail) -> Iterator[Finding]:
    message = subject.message
    if not message.html_parts:
        if not message.text_parts:
            yield Finding(
                rule="body-missing",
                severity=Severity.WARNING,
                text="The message has no text at all.",
                advice="Add one.",
                source="RFC 5322 §2.3",
            )
        return
    html = message.parts[message.html_parts[0]]
    if not message.text_parts:
        text = "There is HTML but no plain text; filters count that against the message, and watches show nothing."
        yield _finding(
            subject.part_place(html, "Content-Type"),
            "text-missing",
            Severity.WARNING,
            text,
            "Send a text part in multipart/alternative.",
            "RFC 2046 §5.1.4",
        )
        return
    plain = message.parts[message.text_parts[0]]
    if plain.parent >= 0 and plain.parent == html.parent:
        parent = message.parts[plain.parent]
        if parent.media_type == "multipart/alternative" and message.text_parts[0] > message.html_parts[0]:
            text = "The plain text stands behind the HTML, so that programs prefer it."
            place = subject.part_place(plain, "Content-Type")
            yield _finding(
                place, "alternative-order", Severity.WARNING, text, "Put the plainest part first.", "RFC 2046 §5.1.4"
            )
        if parent.media_type == "multipart/alternative":
            yield from _differences(subject, plain)


def _differences(subject: CheckedMail, plain: Part) -> Iterator[Finding]:
    text = part_text(subject.octets, plain)
    if not text.strip():
        yield _finding(
            subject.part_place(plain, "Content-Type"),
            "text-empty",
            Severity.WARNING,
            "The plain text part is empty.",
            "Say the same as the HTML.",
            "RFC 2046 §5.1.4",
        )
        return
    made = comparable_words(html_to_text(subject.html_parts[0].text[:200_000], links=False))
    if len(made) < 8:
        return
    alike = similarity(comparable_words(text), made)
    if alike < 0.5:
        sentence = (
            f"The plain text says something else than the HTML: {round(100 * alike)} % of the words are the same."
        )
        yield _finding(
            subject.part_place(plain, "Content-Type"),
            "text-differs",
            Severity.WARNING,
            sentence,
            "Make both from one source.",
            "RFC 2046 §5.1.4",
        )


_RULES: tuple[Callable[[CheckedMail], Iterator[Finding]], ...] = (
    _lines,
    _encodings,
    _defects,
    _alternatives,
    template_findings,
    attachment_findings,
)
