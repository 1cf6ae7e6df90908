"""Parts by the URLs that name them."""

import pytest

from catcher import mime
from catcher.mime.related import RelatedParts


def parts(html_fields: str = "", root_fields: str = "") -> RelatedParts:
    image = "--b\r\nContent-Type: image/png\r\n{}\r\n\r\nx\r\n"
    return RelatedParts(
        mime.parse(
            (
                f"Content-Type: multipart/related; boundary=b\r\n{root_fields}\r\n"
                f"--b\r\nContent-Type: text/html\r\n{html_fields}\r\n<p>\r\n"
                + image.format("Content-ID: <a@b>\r\nContent-Location: img/1.png")
                + image.format("Content-ID: <a@b>\r\nContent-Location: https://other.example/2.png")
                + image.format("Content-Location: http://[bad")
                + "--b--\r\n"
            ).encode()
        )
    )


def test_content_ids_are_found() -> None:
    """The first of two with one id; escaped, in any case of the scheme. RFC 2392 §2."""
    assert parts().index_of("cid:a@b") == parts().index_of("CID:a%40b") == 2
    assert parts().index_of("cid:unknown") is None
    assert parts().index_of("a@b") is None


@pytest.mark.parametrize(
    ("html_fields", "root_fields"),
    [
        ("Content-Location: https://shop.example/mail/index.html\r\n", ""),
        ("", "Content-Location: https://shop.example/mail/\r\n"),
        ("", "Content-Location: https://shop.\r\n example/mail/\r\n"),
    ],
)
def test_locations_are_resolved_against_that_of_the_html(html_fields: str, root_fields: str) -> None:
    """Its own, else the multipart's; relative and absolute URLs meet. RFC 2557 §5."""
    related = parts(html_fields, root_fields)
    for url in ("img/1.png", "./img/1.png", "/mail/img/1.png", "https://shop.example/mail/img/1.png"):
        assert related.index_of(url) == 2
    assert related.index_of("https://other.example/2.png") == 3
    assert related.index_of("//other.example/2.png") == 3
    assert related.index_of("1.png") is None


def test_locations_without_a_base_are_compared_as_written() -> None:
    """And what is no URL is no error."""
    assert parts().index_of("img/1.png") == 2
    assert parts().index_of("http://[bad") == 4
    assert parts().index_of("http://[worse") is None
    assert RelatedParts(mime.parse(b"")).index_of("") is None
