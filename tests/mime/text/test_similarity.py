"""Similarity of two texts."""

import pytest

from catcher.mime.text.similarity import comparable_words, similarity


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Hello, dear World!", "hello world dear", 1.0),
        ("one two", "three four", 0.0),
        ("a b c", "a", 0.5),
        ("a a", "a", 2 / 3),
        ("see https://example.com/x?y=1 now", "see now", 1.0),
        ("", "", 1.0),
        ("a", "", 0.0),
    ],
)
def test_similarity_is_the_share_of_common_words(one: str, other: str, share: float) -> None:
    """Order, letter case, punctuation and web addresses do not count; repeated words do."""
    assert similarity(comparable_words(one), comparable_words(other)) == pytest.approx(share)
