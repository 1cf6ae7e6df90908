"""`folding`: the canonical form of compared texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.store.search import clean, entries, fold
from catcher.store.search.folding import clean_all


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÄRGER Straße", "ärger strasse"),
        ("ÇAĞRI", "çağri"),
        ("çağrı", "çağri"),
        ("İSTANBUL ıstanbul i\u0307\u0307x", "istanbul istanbul ix"),
        ("A\u0308", "ä"),
        ("ﬁle ＡＢＣ ²", "file abc 2"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        (" a\r\n\t b\u00a0\u2003c\x00d ", "a b c d"),
        ("pre\u200bheader\u034f\u00ad\ufeff \u200c\u200d", "preheader"),
        ("❤\ufe0f", "❤"),
        ("\ud83d", "\ufffd"),
        ("", ""),
    ],
)
def test_letter_case_width_and_invisible_characters_do_not_count(text: str, folded: str) -> None:
    """NFKC, case folding, white space as one space, nothing invisible: Unicode §3.13, UAX #15."""
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A printed query that is parsed again is unchanged."""
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(min_codepoint=0x80, exclude_categories=[]), max_size=4))
def test_folding_twice_changes_nothing_beyond_ascii(text: str) -> None:
    """The same with letters that fold and compose unusually, and with surrogates."""
    assert fold(fold(text)) == fold(text)
    assert clean(text).encode().decode() == clean(text)


def test_punctuation_around_addresses_counts_as_white_space() -> None:
    """`"<a@b.c>"` finds a@b.c: queries and texts lose it alike. Mailpit compatibility: Search language."""
    assert clean('"Ann, B." <A@b.c>; (x)') == "ann b. a@b.c x"


def test_entries_are_between_line_breaks() -> None:
    """So whole entries can be matched in address columns; an entry has no line break itself."""
    assert entries(["Ann\nB", "a@b.c", "", "A@B.C", ","]) == "\nann b\na@b.c\n"
    assert entries([]) == entries(["", " "]) == ""


@given(st.lists(st.text() | st.text('aB \t\r\n\x0b\x1f<>",;()é\u200b')))
def test_cleaning_many_texts_at_once_is_cleaning_each(texts: list[str]) -> None:
    """The faster method gives the same for texts of any letters and lines."""
    assert clean_all(texts) == [clean(text) for text in texts]


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_cleaned_like_everything_else(text: str) -> None:
    """The faster method for ASCII gives the same as folding and replacing the marks."""
    marked = fold(text)
    for mark in '<>",;()':
        marked = marked.replace(mark, " ")
    assert clean(text) == " ".join(marked.split())
