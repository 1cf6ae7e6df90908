"""The sources that findings name exist and can be read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import catcher.checks
from catcher.checks import Report
from catcher.checks.features.caniemail import knowledge
from catcher.checks.rules.accessibility import check_accessibility
from catcher.checks.rules.clients import check_clients
from catcher.checks.rules.headers import check_headers
from catcher.checks.rules.inbox import check_inbox
from catcher.checks.rules.links import check_links
from catcher.checks.rules.size import check_size
from catcher.checks.rules.structure import check_structure
from catcher.checks.sources import address_of
from tests.checks.mails import html_mail, snippets, subject_of

SECTIONS = {
    # of each document those that were looked up; another one is looked up, and entered, before it is named
    "RFC 2045": "2.7 4 6.1 6.2",
    "RFC 2046": "4.1.2 5.1.4",
    "RFC 2047": "2",
    "RFC 2183": "2.3",
    "RFC 2369": "3.2",
    "RFC 2392": "2",
    "RFC 3966": "3",
    "RFC 3986": "3 3.1 3.2.1 5.1",
    "RFC 5321": "2.3.8 4.5.3.1.7",
    "RFC 5322": "2.1.1 2.3 3.3 3.4 3.4.1 3.6 3.6.1 3.6.2 3.6.3 3.6.4 3.6.5",
    "RFC 5545": "3.2.19 3.3.5 3.4",
    "RFC 6068": "2",
    "RFC 6376": "",
    "RFC 6657": "3",
    "RFC 6761": "6",
    "RFC 6890": "2.2",
    "RFC 7208": "",
    "RFC 7489": "",
    "RFC 8058": "3.1 4",
    "RFC 8617": "",
    "RFC 9110": "4.2.2 15.4 15.4.2 15.5 15.5.4",
    "HTML": "3.2.6.4 4.6.2 4.8.3 4.12.1 7.4.6.4",
}
PAGE = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}/[\w./#?=&-]*", re.ASCII)


def named() -> Iterator[str]:
    """Every source in the code of the checks."""
    for file in Path(catcher.checks.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and re.fullmatch(r"(?:RFC \d|HTML §).{0,60}", value):
                yield value


def test_sources_have_a_known_form() -> None:
    """A document and a section of it, or several documents."""
    found = sorted(set(named()))
    assert len(found) > 40
    for source in found:
        for each in source.split(", "):
            document, _, section = each.partition(" §")
            assert document in SECTIONS, source
            assert not section or section in SECTIONS[document].split(), source
        assert address_of(source).startswith("https://"), source


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("RFC 5322 §3.6.4", "https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4"),
        ("RFC 7208", "https://www.rfc-editor.org/rfc/rfc7208"),
        ("RFC 2045, RFC 2046", "https://www.rfc-editor.org/rfc/rfc2045"),
        ("HTML §4.8.3", "https://html.spec.whatwg.org/multipage/"),
        ("https://www.caniemail.com/features/css-grid/", "https://www.caniemail.com/features/css-grid/"),
        ("hearsay", ""),
        ("", ""),
    ],
)
def test_each_form_has_an_address(source: str, address: str) -> None:
    """For an RFC that of its section, for a page its own."""
    assert address_of(source) == address


def reports() -> Iterator[Report]:
    """The reports on all snippets."""
    for file, judge in (
        ("accessibility.txt", check_accessibility),
        ("links.txt", check_links),
        ("features.txt", check_clients),
    ):
        for snippet in snippets(file):
            subject = html_mail(snippet.text)
            yield from (judge(subject), check_size(subject), check_inbox(subject))
    for file, judge in (("headers.txt", check_headers), ("structure.txt", check_structure)):
        for snippet in snippets(file):
            yield judge(subject_of(snippet.text))


@pytest.mark.slow
def test_every_finding_has_a_source_with_an_address() -> None:
    """Whichever rule is violated."""
    findings = {finding.rule: finding for report in reports() for finding in report.findings}
    assert len(findings) > 150
    for finding in findings.values():
        assert PAGE.fullmatch(address_of(finding.source)), (finding.rule, finding.source)


def test_features_lead_to_their_page() -> None:
    """Each feature of the vendored data has a page of its own there, except ours."""
    pages = {slug: knowledge().feature(slug).url for slug in knowledge().slugs}
    assert [slug for slug, page in pages.items() if not page] in ([], ["html-script"])
    for slug, page in pages.items():
        assert not page or page == f"https://www.caniemail.com/features/{slug}/", slug
