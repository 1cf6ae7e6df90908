"""Hostile mails are read up to a limit, and the result is marked as cut."""

import pytest

from catcher.extract import Extract, extract
from catcher.extract.codes import MAX_CODES
from catcher.extract.links import MAX_LINKS
from catcher.mime import parse
from tests.extract.mails import mail

pytestmark = pytest.mark.slow

HOSTILE = {
    "links": mail("".join(f'<a href="https://e.example/{n}">Confirm {n}</a>' for n in range(100_000)), kind="html"),
    "links in text": mail("\n".join(f"https://e.example/{n} confirm" for n in range(50_000))),
    "one line": mail("482913 code " * 90_000),
    "one word": mail("a" * 1_000_000),
    "digits": mail("1" * 1_000_000),
    "spread digits": mail("1 " * 500_000),
    "groups": mail("ab1-" * 250_000),
    "telephone": mail("+1 2 3(" * 140_000),
    "lines": mail("code 482913\n" * 90_000),
    "rows": mail("<tr><td>your code 482913</td></tr>" * 40_000, kind="html"),
    "nested": mail("<div>" * 100_000 + "code: 482913", kind="html"),
    "style": mail('<p style="' + "font:" * 300_000 + '">482913</p>', kind="html"),
    "capitals": mail(("ABCD EFGH " * 100 + "\n") * 1_000),
    "ideographs": mail("认证码代码编号" * 100_000),
    "address": mail("https://" + "a/" * 500_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_large_results_are_cut_and_marked(name: str) -> None:
    """Numbers of codes and links stay within limits."""
    octets = HOSTILE[name]
    told: Extract = extract(octets, parse(octets))
    assert told.is_cut
    assert len(told.codes) <= MAX_CODES
    assert len(told.links) <= MAX_LINKS


def test_a_code_at_the_top_of_a_large_mail_is_found() -> None:
    """The part before the limit counts."""
    octets = mail("<p>Your sign-in code is <b>482913</b></p>" + "<p>filler</p>" * 200_000, kind="html")
    told = extract(octets, parse(octets))
    assert told.is_cut
    assert told.primary_code is not None
    assert told.primary_code.value == "482913"
