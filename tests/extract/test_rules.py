"""Rules of the settings decide what the code and the link of certain messages are."""

import re
from datetime import UTC, datetime

import pytest

from catcher.errors import QueryError
from catcher.extract import ExtractRule, extract
from catcher.mime import parse
from catcher.store.search import SearchTexts, Subject
from tests.extract.mails import mail

MAIL = mail(
    "Ticket AB-1234. Your code is 482913.\r\nSee https://a.example/login?token=aB81kQmT0x or https://a.example/t/1\r\n",
    subject="Ticket",
)


def rule(**patterns: str) -> ExtractRule:
    """A rule for mails with this subject."""
    return ExtractRule(match="subject:ticket", **{name: re.compile(each) for name, each in patterns.items()})


def test_the_pattern_names_code_and_link() -> None:
    """The first group counts; both are first in their lists, with certainty."""
    told = extract(MAIL, parse(MAIL), rules=[rule(code=r"Ticket ([A-Z]+-[0-9]+)", link="/t/")])
    assert told.primary_code is not None
    assert (told.primary_code.value, told.primary_code.confidence) == ("AB-1234", 1.0)
    assert told.primary_code.place.line == 1
    assert told.codes[0] == told.primary_code
    assert [code.value for code in told.codes] == ["AB-1234", "482913"]
    assert told.primary_link == told.links[0]
    assert told.links[0].url == "https://a.example/t/1"
    assert len(told.links) == 2


def test_a_pattern_that_matches_nothing_means_none() -> None:
    """A rule can say that certain mails have no code; what it does not decide stays."""
    told = extract(MAIL, parse(MAIL), rules=[rule(code="(?!)")])
    assert told.primary_code is None
    assert told.primary_link is not None


def test_the_first_rule_with_a_pattern_decides() -> None:
    """Later rules decide only what earlier ones leave open."""
    told = extract(MAIL, parse(MAIL), rules=[rule(link="/t/"), rule(code="482913", link="token")])
    assert told.primary_code is not None
    assert told.primary_link is not None
    assert (told.primary_code.value, told.primary_link.url) == ("482913", "https://a.example/t/1")


def test_a_rule_needs_a_query_and_a_pattern() -> None:
    """An empty one would decide nothing, or everything."""
    with pytest.raises(ValueError, match="expected a match"):
        ExtractRule(match=" ", code=re.compile("x"))
    with pytest.raises(ValueError, match="expected a match"):
        ExtractRule(match="subject:x")
    with pytest.raises(QueryError):
        ExtractRule(match="(", code=re.compile("x"))


def test_the_query_chooses_the_messages() -> None:
    """As in a search."""
    subject = Subject(
        store_id="x",
        received_at=datetime(2026, 12, 1, tzinfo=UTC),
        size=1,
        attachments=0,
        inlines=0,
        is_read=False,
        tags=(),
        texts=SearchTexts(subject="ticket"),
        inboxes=(),
    )
    assert rule(code="x").applies(subject)
    assert not ExtractRule(match="subject:other", code=re.compile("x")).applies(subject)
