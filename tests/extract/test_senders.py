"""Codes and links of mails in styles that took no part in the fit, and random codes."""

import os

import pytest

from catcher.extract import CodeKind, extract
from catcher.extract.scoring import weights
from catcher.mime import parse
from tests.extract.fit import Report, Score, held_out, judged
from tests.extract.senders import HELD_OUT, SCENARIOS, STYLES, sender_mails
from tests.extract.sweep import ALPHABETS, PLACES, cells, missed

pytestmark = pytest.mark.slow

DEEP = int(os.environ.get("CATCHER_TEST_DEEP", "0"))
"""Random codes for each cell of the sweep; 0 for a sample of the cells with one code each."""
ALLOWED = 0.005
"""Share of random codes that may be missed."""


def test_styles_that_the_weights_do_not_know_are_read_as_well() -> None:
    """97 % of primary codes are right and 95 % are found; 95 % of links are right, and null where there is none."""
    reports = {table: Report() for table in ("code", "link")}
    for mail, tables in judged(held_out()):
        for table, report in reports.items():
            report.add(table, mail, tables[table], weights(table))
    code, link = reports["code"], reports["link"]
    assert code.scores["all"].precision >= 0.97, code.wrong
    assert code.scores["all"].recall >= 0.95, code.wrong
    assert link.scores["all"].recall >= 0.95, link.wrong
    assert link.scores["all"].null >= 0.95, link.wrong
    for report in reports.values():
        for group, score in report.scores.items():
            if group.startswith("language"):
                assert _share(score) >= 0.9, (group, report.wrong)


def _share(score: Score) -> float:
    return (score.hits + score.rightly_empty) / (score.hits + score.missed + score.empty)


def test_the_mails_are_many_and_half_have_no_code() -> None:
    """At least 600 in 20 languages; a third has no link."""
    mails = list(sender_mails(styles=tuple(name for name in STYLES if name not in HELD_OUT)))
    assert len(mails) >= 600
    assert len({mail.language for mail in mails}) >= 20
    assert {mail.scenario for mail in mails} == set(SCENARIOS)
    assert sum(not mail.code for mail in mails) >= len(mails) / 2
    assert sum(not mail.link for mail in mails) >= len(mails) / 3


def test_codes_for_other_occasions_have_their_kind() -> None:
    """Coupons, gift cards, backup codes and passcodes of meetings are listed and not primary."""
    wrong = []
    for mail in sender_mails(styles=("tables",)):
        expected = {code.replace("-", ""): kind for code, kind in mail.codes.items() if code != mail.code}
        found = {code.value: code.kind for code in extract(mail.octets, parse(mail.octets)).codes}
        wrong += [(mail.name, code) for code, kind in expected.items() if found.get(code) != CodeKind(kind)]
    assert len(wrong) <= 3, wrong


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_random_codes_are_found_whatever_they_look_like(alphabet: str) -> None:
    """Beside words that name it, a code may look like a word, a postcode or a year."""
    if DEEP:
        failed = {cell: found for cell in cells() if cell.alphabet == alphabet if (found := missed(cell, DEEP))}
        assert not {cell: found for cell, found in failed.items() if len(found) > max(1, ALLOWED * DEEP)}
        assert sum(map(len, failed.values())) <= ALLOWED * DEEP * sum(cell.alphabet == alphabet for cell in cells())
    else:
        some = [cell for cell in cells() if cell.alphabet == alphabet][:: len(PLACES) // 3 - 1]
        lost = [(cell, code) for cell in some for code in missed(cell, 1)]
        assert len(lost) <= max(1, ALLOWED * len(some)), lost
