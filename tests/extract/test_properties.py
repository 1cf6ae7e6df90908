"""No mail raises, and all results are well formed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catcher.extract import CodeKind, CodeMatch, Extract, LinkMatch, extract
from catcher.extract.codes import MAX_CODES
from catcher.extract.lines import normal
from catcher.extract.words import cues, folded
from catcher.mime import parse
from tests.depth import examples
from tests.extract.mails import mail

PIECES = st.sampled_from(
    ["code", "482913", "Your verification code", "<b>", "</b>", "<td>4</td>", "<a href='https://e.example/x'>", "</a>",
     "<p style='font-size:30px'>", "\n", ": ", "認証コード", "رمز", "٤٨", "İ", "\u0000", "<img src=x width=1>",
     "X7K9-PQ2M", "https://e.example/?a=[", "<style>", "<!--", "&#x110000;", "2026", "G-1", "﷽", "e\u0301"]
)  # fmt: skip

BODIES = st.lists(PIECES | st.text(max_size=20), max_size=40).map("".join)

SUBJECTS = st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=40)


def check(told: Extract) -> None:
    """Verify the promises of the model."""
    assert len(told.codes) <= MAX_CODES
    assert told.primary_code is None or told.primary_code in told.codes
    assert told.primary_code is None or told.primary_code.kind is not CodeKind.COUPON
    assert told.primary_link is None or told.primary_link in told.links
    things: list[CodeMatch | LinkMatch] = [*told.codes, *told.links]
    for thing in things:
        assert 0 <= thing.confidence <= 1
        assert thing.place.line >= 0
    for code in told.codes:
        assert code.value.isalnum()
        assert code.value.isascii()
        assert "\n" not in code.shown
    assert [link.confidence for link in told.links] == sorted((k.confidence for k in told.links), reverse=True)


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(body=BODIES, subject=SUBJECTS, html=st.booleans())
def test_any_mail_gives_a_result(body: str, subject: str, html: bool) -> None:
    """HTML or text, complete or broken."""
    octets = mail(body, subject=subject, kind="html" if html else "plain")
    check(extract(octets, parse(octets)))


@settings(max_examples=examples(100))
@given(octets=st.binary(max_size=2_000))
def test_any_octets_give_a_result(octets: bytes) -> None:
    """Even if they are not a mail."""
    check(extract(octets, parse(octets)))


@settings(max_examples=examples(200))
@given(text=st.text(max_size=200))
def test_cues_lie_in_the_text(text: str) -> None:
    """Comparing without case and accents keeps every character's place."""
    plain = normal(text)
    assert len(folded(plain)) == len(plain)
    for cue in cues(plain):
        assert 0 <= cue.start < cue.end <= len(plain)
