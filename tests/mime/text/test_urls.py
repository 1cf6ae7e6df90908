"""Tests of web addresses in plain text."""

import pytest

from catcher.mime.text.urls import MAX_URL, split, url_in_attribute, urls_in_text
from tests.mime.text.url_table import ENDS


@pytest.mark.parametrize("name", ENDS)
def test_an_address_ends_where_a_reader_sees_it_end(name: str) -> None:
    """RFC 3986, appendix C, and what mail programs make a link."""
    text, url = ENDS[name]
    found = list(urls_in_text(text))
    assert [each for _, _, each in found][:1] == [url]
    start, end, _ = found[0]
    assert "".join(text[start:end].split()) == url


def test_all_addresses_of_a_text_are_found_in_order() -> None:
    """Punctuation and brackets around an address are no part of it; brackets opened inside are."""
    text = "See https://a.example/x, (https://b.example/y_(z)) and <https://c.example/z>."
    found = list(urls_in_text(text))
    assert [text[start:end] for start, end, _ in found] == [url for _, _, url in found]
    assert [url for _, _, url in found] == ["https://a.example/x", "https://b.example/y_(z)", "https://c.example/z"]


@pytest.mark.parametrize(
    "text", ["https://", "http://.", "xhttps://a.example", "https:// a", "ftp://a.example", "<https://>"]
)
def test_a_scheme_alone_is_no_address(text: str) -> None:
    """Nor is another scheme, or the end of a word."""
    assert list(urls_in_text(text)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["https://" + "a/" * 200_000, "<https://a" * 40_000, "https://a.example/((((" * 20_000, "https://a&gt;" * 40_000,
     "https://a." + "例" * 200_000, "<https://a\n" * 40_000, "https://" + "a." * 200_000, "https://x" + ";" * 200_000],
)  # fmt: skip
def test_hostile_texts_are_cut(text: str) -> None:
    """No address is longer than the limit, whatever the text repeats."""
    assert all(len(url) <= MAX_URL + len("https://") for _, _, url in urls_in_text(text))


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (" https://a.example/x \r\n", "https://a.example/x"),
        ("https://a.example/\r\n  x", "https://a.example/  x"),
        ("https://a.ex\tample/\nx?t=1\r\n23", "https://a.example/x?t=123"),
        ("\x00\x1fhttps://a.example/", "https://a.example/"),
        ("", ""),
    ],
)
def test_an_attribute_is_read_as_browsers_do(value: str, url: str) -> None:
    """Line breaks and tabs are dropped, wherever they are. URL Standard, "basic URL parser"."""
    assert url_in_attribute(value) == url


def test_an_invalid_address_is_split_into_none() -> None:
    """A bad port or bracket does not raise."""
    assert split("https://a.example:99999/") is None
    assert split("https://[::1/") is None
    parts = split("https://a.example/x?y")
    assert parts is not None
    assert parts.hostname == "a.example"
