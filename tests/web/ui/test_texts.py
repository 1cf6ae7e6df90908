"""What people read is made from values without losing or hiding anything."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.web.ui.message.highlight import highlighted
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.signed_urls import LIFETIME, Signer
from tests.mime.text.url_table import ENDS

NOW = datetime(2026, 11, 22, 19, 23, 44, tzinfo=UTC)


def test_direction_and_control_characters_are_spelled_out() -> None:
    """A subject cannot turn the text around it. Unicode TR 36 §2.5."""
    assert formatting.shown("a\u202eb\x00c\u2066d") == "a[U+202E]b[U+0000]c[U+2066]d"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1649, "1.6 kB"), (99_960, "100 kB"), (3_400_000, "3.4 MB")],
)
def test_sizes_have_units(count: int, words: str) -> None:
    """Numbers with units, powers of 1000."""
    assert formatting.octets(count) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "19:23"),
        (NOW - timedelta(days=1), "Sat 19:23"),
        (NOW - timedelta(days=30), "23 Oct"),
        (NOW - timedelta(days=400), "2025-10-18"),
        (NOW + timedelta(days=20), "12 Dec"),
    ],
)
def test_a_list_shows_short_times(moment: datetime, words: str) -> None:
    """Time today, day within six days, date within the year, else the whole date."""
    assert dates.short_time(moment, NOW) == words


def test_a_full_time_names_its_zone() -> None:
    """The Date field keeps the offset its sender gave."""
    assert dates.full_time(NOW) == "2026-11-22 19:23:44 UTC"
    assert dates.full_time(NOW.astimezone(timezone(timedelta(hours=-3, minutes=-30)))) == "2026-11-22 15:53:44 -03:30"


def test_addresses_in_text_become_links_without_the_sentence_around_them() -> None:
    """The full stop and the bracket after an address are not part of it; one inside it is."""
    runs = list(formatting.linked("See https://a.example/b_(c)?d=1. (www.b.example) javascript:alert(1)"))
    assert "".join(run.text for run in runs) == "See https://a.example/b_(c)?d=1. (www.b.example) javascript:alert(1)"
    assert [run.href for run in runs if run.href] == ["https://a.example/b_(c)?d=1", "https://www.b.example"]


@given(st.text(alphabet="ab:/.)( htpsw<>\n"))
def test_linking_keeps_every_character(text: str) -> None:
    """Nothing of a text is lost, and only web and mail addresses are links."""
    runs = list(formatting.linked(text))
    assert "".join(run.text for run in runs) == text
    assert all(run.href.lower().startswith(("http://", "https://", "mailto:", "")) for run in runs)


@given(st.text(alphabet="<>a=\"'/!-& ;bs\n"))
def test_coloured_source_is_the_source(text: str) -> None:
    """The source view shows every character as the sender wrote it."""
    assert "".join(piece.text for piece in highlighted(text)) == text


def test_source_colours_tags_names_and_values() -> None:
    """Tag, attribute name, value, comment and reference each have a class."""
    found = [(piece.kind, piece.text) for piece in highlighted('<!--c--><a href="x">t &amp; u</a>')]
    assert found == [
        ("comment", "<!--c-->"),
        ("tag", "<a"),
        ("name", " href="),
        ("value", '"x"'),
        ("tag", ">"),
        ("", "t "),
        ("reference", "&amp;"),
        ("", " u"),
        ("tag", "</a>"),
    ]


def test_a_signature_is_for_one_thing_and_expires() -> None:
    """An inline image's address cannot be guessed, moved to another image, or used for ever."""
    clock = [1000.0]
    signer = Signer(now=lambda: clock[0])
    token = signer.sign("m/3")
    assert signer.is_valid("m/3", token)
    assert not signer.is_valid("m/4", token)
    assert not Signer(now=lambda: clock[0]).is_valid("m/3", token)
    for broken in ("", ".", "zz.", token[:-1], token + "0", "é." + token, "\ud800"):
        assert not signer.is_valid("m/3", broken)
    clock[0] += LIFETIME + 1
    assert not signer.is_valid("m/3", token)


@pytest.mark.parametrize("name", ENDS)
def test_the_link_of_an_address_in_text_is_whole(name: str) -> None:
    """The page makes the same addresses links that the API and the checks find."""
    text, url = ENDS[name]
    spans = list(formatting.linked(text))
    assert [span.href for span in spans if span.href][:1] == [url]
    assert "".join(span.text for span in spans) == text
