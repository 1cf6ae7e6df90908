"""Mails for tests of the checks, and snippets whose expected places are marked in their text."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catcher.checks import CHECKS, Check, CheckedMail, CheckOptions, Report
from catcher.envelope import Client, Envelope, ForwardPath
from catcher.mime import parse

DATA = Path(__file__).parent / "data"
RECEIVED_AT = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)

HEAD = (
    "From: Ann Example <ann@example.com>\r\n"
    "To: Bob <bob@example.net>\r\n"
    "Date: Sun, 22 Nov 2026 19:29:00 +0000\r\n"
    "Message-ID: <1234.5678@mail.example.com>\r\n"
)
"""A header section without fault, but for subject and MIME."""


def subject_of(
    message: str | bytes, *, client: Client | None = None, reverse_path: str = "ann@example.com"
) -> CheckedMail:
    """The message as a check sees it; text with bare line breaks is given CRLF."""
    octets = message if isinstance(message, bytes) else message.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    envelope = Envelope(
        reverse_path=reverse_path,
        forward_paths=(ForwardPath(addr_spec="bob@example.net"),),
        received_at=RECEIVED_AT,
        client=client or Client(address="127.0.0.1", helo="localhost", protocol="ESMTP"),
    )
    return CheckedMail(envelope=envelope, octets=octets, message=parse(octets))


def html_mail(html: str, *, subject: str = "Your order") -> CheckedMail:
    """A mail of one HTML part."""
    return subject_of(
        f"{HEAD}Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{html}"
    )


def text_mail(text: str, *, subject: str = "Your order") -> CheckedMail:
    """A mail of plain text."""
    return subject_of(
        f"{HEAD}Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{text}"
    )


def check_named(name: str, options: CheckOptions) -> Check:
    """The check of that name, made from `options`."""
    return next(check(options) for check in CHECKS if check.name == name)


def rules(report: Report) -> list[str]:
    """Rules of the report's findings, in order."""
    return [finding.rule for finding in report.findings]


@dataclass(frozen=True)
class Snippet:
    """A case of a data file: its text without marks, and what is expected at which line and column."""

    name: str
    text: str
    expected: frozenset[tuple[str, int, int]]
    line: int


_MARK = re.compile("‹([^›]*)›")


def snippets(file: str) -> tuple[Snippet, ...]:
    """The cases of a data file: a line "== name", then the text.

    A mark "‹rule other-rule›" stands right before the character that these findings point at. Rules that have no place
    stand in "‹rule@0›": line and column 0.
    """
    cases: list[Snippet] = []
    blocks = re.split(r"^== ", (DATA / file).read_text("utf-8"), flags=re.MULTILINE)
    line = 1 + blocks[0].count("\n")
    for block in blocks[1:]:
        name, _, text = block.partition("\n")
        expected: set[tuple[str, int, int]] = set()
        plain = ""
        last = 0
        for mark in _MARK.finditer(text):
            plain += text[last : mark.start()]
            last = mark.end()
            place = (plain.count("\n") + 1, len(plain) - plain.rfind("\n"))
            for rule in mark[1].split():
                bare, at, _ = rule.partition("@0")
                expected.add((bare, 0, 0) if at else (rule, *place))
        plain += text[last:]
        cases.append(Snippet(name=name.strip(), text=plain.removesuffix("\n"), expected=frozenset(expected), line=line))
        line += block.count("\n")
    return tuple(cases)


def found(report: Report) -> frozenset[tuple[str, int, int]]:
    """Rule, line and column of every finding, in the form of `Snippet.expected`."""
    return frozenset(
        (finding.rule, finding.place.line if finding.place else 0, finding.place.column if finding.place else 0)
        for finding in report.findings
    )
