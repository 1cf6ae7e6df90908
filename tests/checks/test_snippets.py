"""Snippets with all findings expected in them, position included, and no others."""

import pytest

from catcher.checks.model import Report
from catcher.checks.rules.accessibility import check_accessibility
from catcher.checks.rules.clients import check_clients
from catcher.checks.rules.headers import check_headers
from catcher.checks.rules.links import check_links
from catcher.checks.rules.structure import check_structure
from tests.checks.mails import HEAD, Snippet, found, html_mail, snippets, subject_of, text_mail

WRAPPED = '<html lang="en"><head><title>x</title></head><body>\n'


def _named(snippet: Snippet) -> str:
    return snippet.name


def _assert_exactly(report: Report, snippet: Snippet, *, lines: int = 0) -> None:
    expected = {(rule, line + lines if line else 0, column) for rule, line, column in snippet.expected}
    assert found(report) == expected, [(f.text, f.place) for f in report.findings]


@pytest.mark.parametrize("snippet", snippets("accessibility.txt"), ids=_named)
def test_accessibility_of_a_snippet(snippet: Snippet) -> None:
    """WCAG 2.2 as far as inline styles and attributes tell."""
    _assert_exactly(check_accessibility(html_mail(WRAPPED + snippet.text)), snippet, lines=1)


@pytest.mark.parametrize("snippet", snippets("accessibility-whole.txt"), ids=_named)
def test_accessibility_of_a_document(snippet: Snippet) -> None:
    """Language, title and direction are those of the document."""
    _assert_exactly(check_accessibility(html_mail(snippet.text)), snippet)


@pytest.mark.parametrize("snippet", snippets("links.txt"), ids=_named)
def test_form_of_links(snippet: Snippet) -> None:
    """RFC 3986, RFC 6068, RFC 3966, RFC 2392, and what a mail cannot refer to."""
    _assert_exactly(check_links(html_mail(snippet.text)), snippet)


@pytest.mark.parametrize("snippet", snippets("headers.txt"), ids=_named)
def test_header_section(snippet: Snippet) -> None:
    """RFC 5322 §3.6, RFC 2369, RFC 8058."""
    _assert_exactly(check_headers(subject_of(snippet.text)), snippet)


@pytest.mark.parametrize("snippet", snippets("structure.txt"), ids=_named)
def test_structure(snippet: Snippet) -> None:
    """RFC 2045, RFC 2046, and what receivers do to attachments."""
    _assert_exactly(check_structure(subject_of(HEAD + snippet.text)), snippet)


@pytest.mark.parametrize("snippet", snippets("templates.txt"), ids=_named)
def test_template_variables(snippet: Snippet) -> None:
    """What template engines leave behind, in plain text and just so in HTML."""
    _assert_exactly(check_structure(text_mail(snippet.text)), snippet)
    in_html = check_structure(html_mail(f"<p>\n{snippet.text.replace('<', '&lt;').replace('>', '&gt;')}</p>"))
    expected = {rule for rule, _, _ in snippet.expected} | {"text-missing"}
    assert {finding.rule for finding in in_html.findings} == expected


def test_there_are_at_least_two_hundred_snippets() -> None:
    """The features and the findings of the checks, each with its position."""
    files = ("accessibility", "accessibility-whole", "links", "headers", "structure", "templates")
    assert sum(len(snippets(f"{file}.txt")) for file in files) + len(snippets("features.txt")) > 450


def test_code_in_html_is_no_template() -> None:
    """Braces of style sheets, scripts, comments and code examples are not variables."""
    html = "<style>p{{color:red}}</style><!-- {{ x }} --><code>{{ name }}</code><pre>${x}</pre><script>`${y}`</script>"
    assert [finding.rule for finding in check_structure(html_mail(html)).findings] == ["text-missing"]


JUDGES = {
    "accessibility": lambda text: check_accessibility(html_mail(WRAPPED + text)),
    "accessibility-whole": lambda text: check_accessibility(html_mail(text)),
    "links": lambda text: check_links(html_mail(text)),
    "headers": lambda text: check_headers(subject_of(text)),
    "structure": lambda text: check_structure(subject_of(HEAD + text)),
    "templates": lambda text: check_structure(text_mail(text)),
    "features": lambda text: check_clients(html_mail(text)),
}


@pytest.mark.slow
@pytest.mark.parametrize("file", JUDGES)
def test_every_finding_has_advice_and_a_source(file: str) -> None:
    """All have a rule, a sentence, advice and a source; and a position, unless something is missing."""
    for snippet in snippets(f"{file}.txt"):
        for finding in JUDGES[file](snippet.text).findings:
            assert finding.rule == finding.rule.lower().replace(" ", "-")
            assert len(finding.text) > 10, finding.rule
            assert finding.advice, finding.rule
            assert finding.source.startswith(("https://", "RFC ", "HTML §")), finding.source
            assert finding.place is not None or finding.rule.endswith("-missing"), finding.rule
