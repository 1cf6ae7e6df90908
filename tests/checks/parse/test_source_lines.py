"""Positions of findings in the message as sent."""

import json
from collections.abc import Callable

import pytest

from catcher.checks import CheckedMail, Finding, Report
from catcher.checks.render import to_sarif
from catcher.checks.rules.accessibility import check_accessibility
from catcher.checks.rules.headers import check_headers
from catcher.checks.rules.links import check_links
from catcher.checks.rules.structure import check_structure
from tests.checks.mails import subject_of

HEAD = "From: a@example.com\nTo: b@example.com\nSubject: Hello\nMIME-Version: 1.0\n"
QUOTED = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"


def finding(check: Callable[[CheckedMail], Report], text: str | bytes, rule: str) -> Finding:
    return next(each for each in check(subject_of(text)).findings if each.rule == rule)


def sent_line(check: Callable[[CheckedMail], Report], text: str | bytes, rule: str) -> int:
    """The line that a finding names; the text at it must be there."""
    place = finding(check, text, rule).place
    assert place is not None
    return place.sent_line


@pytest.mark.parametrize(
    ("check", "text", "rule", "expected"),
    [
        # a field of the header section; of a part's own header; the line of a body
        (check_headers, HEAD + "Date: never\n\nx", "date-invalid", "Date: never"),
        (
            check_structure,
            HEAD + "Content-Type: text/plain; charset=klingon\n\nx",
            "charset-unknown",
            "Content-Type: text",
        ),
        (
            check_structure,
            HEAD + "Content-Transfer-Encoding: 9bit\n\nx",
            "encoding-unknown",
            "Content-Transfer-Encoding",
        ),
        (
            check_structure,
            HEAD + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nX: y\n"
            "Content-Type: application/x\nContent-Disposition: attachment; filename=a.exe\n\nMZ\n--b--\n",
            "attachment-program",
            "Content-Disposition: attachment; filename=a.exe",
        ),
        (check_structure, (HEAD + "\none\ntwo\nthré\n").encode(), "7bit-untrue", "thré"),
        (check_structure, HEAD + "\none\ntwo " + "x" * 1000 + "\n", "line-long", "two"),
        # places in decoded text: as it is, with soft breaks and with breaks that are written out
        (
            check_accessibility,
            HEAD + "Content-Type: text/html\n\n<p>one</p>\n<img src=x>\n",
            "alt-missing",
            "<img src=x>",
        ),
        (
            check_accessibility,
            HEAD + QUOTED + "<p>one=\n two=\n</p>=0D=0A<b>\n<img src=3Dx>\n",
            "alt-missing",
            "<img src=3Dx>",
        ),
        (check_links, HEAD + "\none\nhttp://example.com/a b\n", "link-insecure", "http://example.com/a b"),
        # of base64 the place where the text begins
        (
            check_accessibility,
            HEAD + "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHA+\nCjxpbWcgc3JjPXg+\n",
            "alt-missing",
            "PHA+",
        ),
    ],
)
def test_the_line_in_the_source_is_named(
    check: Callable[[CheckedMail], Report], text: str | bytes, rule: str, expected: str
) -> None:
    """Lines of fields, of parts and of text in parts, whatever their transfer encoding. RFC 2045 §6.7."""
    octets = text if isinstance(text, bytes) else text.encode()
    line = octets.decode().splitlines()[sent_line(check, text, rule) - 1]
    assert line.startswith(expected)


def test_sarif_points_at_the_source() -> None:
    """A region counts lines of the file; where in the decoded text that is, stands beside it. SARIF 2.1.0 §3.30.5."""
    text = HEAD + QUOTED + "<p>one=\n two</p>\n  <img src=3Dx>\n"
    report = check_accessibility(subject_of(text))
    results = json.loads(to_sarif([report]))["runs"][0]["results"]
    (location,) = next(each["locations"] for each in results if each["ruleId"] == "accessibility/alt-missing")
    assert text.splitlines()[location["physicalLocation"]["region"]["startLine"] - 1] == "  <img src=3Dx>"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "part 0, line 2, column 3"


def test_lines_beyond_the_limit_have_no_number() -> None:
    """No line is better than a wrong one, and no mail is scanned again and again."""
    subject = subject_of(HEAD.encode() + b"\n" + b"x\n" * 11_000_000)
    assert subject.sent.at(len(HEAD) + 1) == HEAD.count("\n") + 2
    assert subject.sent.at(len(subject.octets)) == 0
    assert subject.sent.of_text(subject.message.parts[0]) == ()
