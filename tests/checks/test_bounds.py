"""Hostile mail: bounded time, off the event loop, and results marked as cut."""

import asyncio
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catcher.checks import CHECKS, CheckedMail, CheckOptions, Report, run_checks
from catcher.checks.parse.css import MAX_CSS, MAX_TOKENS, Budget
from catcher.checks.parse.html import MAX_ELEMENTS, MAX_HTML
from catcher.checks.parse.sheets import parsed_sheets
from catcher.checks.rules.accessibility import check_accessibility
from catcher.checks.rules.clients import check_clients
from catcher.checks.rules.headers import check_headers
from catcher.checks.rules.inbox import check_inbox
from catcher.checks.rules.links import check_links
from catcher.checks.rules.size import check_size
from catcher.checks.rules.structure import check_structure
from catcher.checks.urls.forms import is_one_time
from tests.checks.mails import html_mail, subject_of
from tests.depth import examples

pytestmark = pytest.mark.slow

PLAIN: list[Callable[[CheckedMail], Report]] = [
    check_clients,
    check_accessibility,
    check_links,
    check_structure,
    check_size,
    check_inbox,
    check_headers,
]
ROW = '<tr><td style="color:#aaa;font-size:{0}px">hello {{{{x}}}} <a href="http://e.com/{0}">x</a><img src="http://e.com/y"></td></tr>\n'
RULE = ".a{0} p>b:hover{{padding:10px 20px;background:url(http://e.com/a.png) no-repeat;border:1px solid rgb(1,2,3)}}\n"

HOSTILE = {
    "rows": "<table>" + "".join(ROW.format(number) for number in range(7_000)),
    "nested elements": "<div>" * 30_000 + "x",
    "nested links": '<a href="x">' * 30_000,
    "nested tables": "<table><tr><td>" * 10_000,
    "nested hidden elements": '<div style="display:none">' * 30_000,
    "style sheet": "<style>" + "".join(RULE.format(number) for number in range(4_000)) + "</style><p>x",
    "nested blocks": "<style>" + "{" * 300_000,
    "nested functions": "<p style='width:" + "calc(" * 70_000 + "'>",
    "tiny rules": "<style>" + "a{b:c}" * 20_000,
    "tiny declarations": "<p style='" + "a:b;" * 30_000 + "'>",
    "comment that never ends": "<style>" + "/*" * 160_000,
    "strings that never end": "<style>" + "\"'" * 160_000,
    "element with 10,000 attributes": "<p " + " ".join(f"a{number}=1" for number in range(10_000)) + ">",
    "elements with 450 attributes": ("<p " + " ".join(f"a{number}=1" for number in range(450)) + ">") * 100,
    "comments": "<!--x-->" * 50_000,
    "unclosed code": "<pre>" * 30_000,
    "braces": "{{" * 300_000,
    "percent": "<%" * 300_000,
    "template variables": "{{x}} " * 100_000,
    "srcset": '<img srcset="' + "a 1x," * 100_000 + '">',
    "headings": "<h1></h1><h3></h3>" * 15_000,
    "ampersands": "<p style='" + "&quot;" * 100_000 + "'>",
}
"""HTML beyond a limit of the parsers; where a limit is on elements or CSS, not far beyond."""

CUT = {
    "style sheet": (check_clients, check_links),
    "tiny declarations": (check_clients,),
    "nested blocks": (check_clients,),
    "nested functions": (check_accessibility,),
    "nested elements": (check_clients, check_accessibility, check_links),
    "rows": (check_clients, check_accessibility, check_links),
}
"""Checks that do not see all of it."""


@pytest.mark.parametrize("name", HOSTILE)
def test_every_check_takes_a_bounded_part_of_any_mail(name: str) -> None:
    """Elements, nesting, CSS and worse: what is examined does not grow with them, and the report says that it is cut.

    What larger mail costs is measured by `python -m bench checks`.
    """
    subject = html_mail(HOSTILE[name])
    for check in PLAIN:
        report = check(subject)
        assert len(report.findings) <= 500
        assert report.is_cut or check not in CUT.get(name, ())
    (part,) = subject.html_parts
    assert len(part.text) <= MAX_HTML
    assert len(part.elements) <= MAX_ELEMENTS
    sheets = [parsed.sheet.text for parsed in parsed_sheets(subject).of(part)]
    assert sum(map(len, sheets)) <= MAX_CSS
    assert len(re.findall(r"[^\w\s-]", "".join(sheets))) <= MAX_TOKENS


def test_a_small_mail_is_not_cut() -> None:
    """A report says that there may be more only where that is so."""
    subject = html_mail("<p style='color:red'>x</p>")
    assert not [check for check in PLAIN if check(subject).is_cut]


def test_html_beyond_two_megabytes_is_cut_and_reported() -> None:
    """The rest is not examined."""
    report = check_clients(html_mail("<p>" + "x" * 2_000_000 + "<dialog>"))
    assert report.is_cut
    assert "html-dialog" not in {finding.rule for finding in report.findings}


def test_loop_stays_responsive_while_a_heavy_mail_is_checked(options: CheckOptions) -> None:
    """Checks run in threads, so that other requests are answered meanwhile."""

    async def run() -> tuple[int, tuple[Report, ...]]:
        checks = [check(options) for check in CHECKS]
        task = asyncio.create_task(run_checks(html_mail(HOSTILE["style sheet"]), checks))
        turns = 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        return turns, task.result()

    turns, reports = asyncio.run(run())
    assert turns > 20
    assert all(not report.error for report in reports)


def test_budget_is_shared_by_all_css_of_a_message() -> None:
    """Many sheets cost no more than one."""
    budget = Budget(characters=10, tokens=100)
    assert [budget.take(text) for text in ("a{b:c}", "a{b:c}", "a{b:c}")] == ["a{b:c}", "a{b:", ""]
    assert budget.is_spent


MARKUP_PIECES = """
<p style=' <a href=' <style> </style> <!-- --> ' " > <table> <svg> &quot; {{ }} { } @media( ) : ; url( mailto: cid:
tel: # http:// [ \\ é <h1>
"""
MARKUP = st.lists(st.sampled_from([*MARKUP_PIECES.split(), " ", "\0", "\r", "\f"]), max_size=40).map("".join)


@settings(max_examples=examples(60))
@given(MARKUP)
def test_no_html_makes_a_check_raise(html: str) -> None:
    """Every position lies inside the text, whatever the text is."""
    subject = html_mail(html)
    for check in PLAIN:
        for finding in check(subject).findings:
            if finding.place is not None and finding.place.part_id and finding.place.line:
                lines = subject.html_parts[0].text.split("\n")
                assert finding.place.column <= len(lines[finding.place.line - 1]) + 1


@settings(max_examples=examples(60))
@given(st.binary(max_size=300))
def test_no_octets_make_a_check_raise(octets: bytes) -> None:
    """Any octets are a message."""
    subject = subject_of(octets)
    for check in PLAIN:
        check(subject)


@given(st.text(max_size=60))
def test_no_address_makes_the_link_forms_raise(url: str) -> None:
    """Addresses are as hostile as the rest of a mail."""
    is_one_time(url)
    check_links(html_mail(f'<a href="{url}">{url}</a>'))
