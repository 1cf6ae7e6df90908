"""List-Unsubscribe, valid and not."""

import pytest

from catcher import mime


def judged(body: str) -> mime.ListUnsubscribe:
    return mime.list_unsubscribe(mime.parse(f"List-Unsubscribe: {body}\r\n\r\n".encode()))


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ("<mailto:a@b.test>", ("mailto:a@b.test",)),
        (
            "<mailto:a@b.test?subject=x>, <HTTPS://example.com/u>",
            ("mailto:a@b.test?subject=x", "HTTPS://example.com/u"),
        ),
        ("(a comment) <https://example.com/u?x=1>", ("https://example.com/u?x=1",)),
    ],
)
def test_valid_links_have_no_errors(body: str, links: tuple[str, ...]) -> None:
    """One mailto, one web link, comments allowed. RFC 2369 §3.2."""
    assert judged(body) == mime.ListUnsubscribe(header=body, links=links)


@pytest.mark.parametrize(
    "body",
    [
        "https://example.com/u",
        "<https://example.com/u> <mailto:a@b.test>",
        "<https://example.com/a>, <https://example.com/b>",
        "<mailto:a@b.test>, <mailto:c@d.test>",
        "<ftp://example.com/u>",
        "<MAILTO:a@b.test>",
        "<https://exa mple.com/u>",
        "<https://>",
        "<https://[bad/>",
        "<mailto:a@b.test>, <https://e.test/1>, <https://e.test/2>",
        "<",
    ],
)
def test_faults_are_named(body: str) -> None:
    """Each fault gives an error, and only valid links are links. RFC 2369 §3.2, RFC 8058 §3.1."""
    assert judged(body).errors


def test_missing_field_is_empty() -> None:
    """A message that is no list mail gives empty values; the Post field is kept as it is."""
    post = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    assert mime.list_unsubscribe(mime.parse(post)) == mime.ListUnsubscribe(header_post="List-Unsubscribe=One-Click")
    both = mime.list_unsubscribe(mime.parse(b"List-Unsubscribe: <https://e.test/1>\r\n" + post))
    assert (both.links, both.header_post) == (("https://e.test/1",), "List-Unsubscribe=One-Click")
