"""Tests of web addresses in plain text."""

from catcher.mime.text.urls import split, urls_in_text


def test_addresses_end_before_the_sentence_does() -> None:
    """Punctuation and brackets around an address are no part of it; brackets opened inside are."""
    text = "See https://a.example/x, (https://b.example/y_(z)) and <https://c.example/with space>."
    found = list(urls_in_text(text))
    assert [url for _, _, url in found] == [
        "https://a.example/x", "https://b.example/y_(z)", "https://c.example/with space",
    ]  # fmt: skip
    assert [text[start:end].strip("<>") for start, end, _ in found] == [url for _, _, url in found]


def test_what_cannot_be_taken_apart_is_none() -> None:
    """A bad port or bracket does not raise."""
    assert split("https://a.example:99999/") is None
    assert split("https://[::1/") is None
    parts = split("https://a.example/x?y")
    assert parts is not None
    assert parts.hostname == "a.example"
