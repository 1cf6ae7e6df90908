"""Snippet and search text."""

from catcher import mime


def readable_text_of(text: str) -> mime.ReadableText:
    octets = text.replace("\n", "\r\n").encode()
    return mime.readable_text(octets, mime.parse(octets))


def test_snippet_is_one_line_of_bounded_length() -> None:
    """Runs of white space and ruled lines become one space; long text is cut between words."""
    assert readable_text_of("\n\nHello\n  there\n=======\n\tyou\n").snippet == "Hello there you"
    long = mime.snippet("letter " * 100)
    assert len(long) <= 200
    assert long.endswith("letter...")
    assert len(mime.snippet("x" * 500)) == 200


def test_hidden_padding_is_dropped() -> None:
    """Newsletters pad their preview with invisible characters; what people read comes first."""
    padding = "&zwnj;&nbsp;&#847; &#8203;&shy;" * 600
    found = readable_text_of(
        f"Content-Type: text/html; charset=utf-8\n\n<div>Deal of the day</div><div>{padding}</div><p>Buy now"
    )
    assert found.snippet == "Deal of the day Buy now"


def test_joiners_inside_words_stay() -> None:
    """A family of emoji and a Persian word keep their joiners."""
    assert mime.snippet("👨\u200d👩\u200d👧 می\u200cخواهم \u200c") == "👨\u200d👩\u200d👧 می\u200cخواهم"


def test_snippet_falls_back_to_html() -> None:
    """A text part without words does not hide the HTML's."""
    found = readable_text_of(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<p>words\n--b--\n"
    )
    assert found.snippet == "words"


def test_search_text_holds_text_html_and_links() -> None:
    """Free words are found in both bodies and in the targets of links."""
    octets = (
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        b"--b\r\n\r\nonly-in-text\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b'<p>only-in-html <a href="https://example.com/token/42">go</a></p><script>not-text</script>\r\n--b--\r\n'
    )
    message = mime.parse(octets)
    text = mime.readable_text(octets, message).search_text
    assert all(word in text for word in ("only-in-text", "only-in-html", "https://example.com/token/42"))
    assert "not-text" not in text


def test_invisible_characters_do_not_split_the_words_of_a_search() -> None:
    """Soft hyphens, zero-width spaces and the like are no part of a word; NUL is a space."""
    octets = "\r\nbu\u00adll\u200bet\u200cin\ufeff 4\u034f2 a\x00b".encode()
    assert mime.readable_text(octets, mime.parse(octets)).search_text == "bulletin 42 a b"


def test_search_text_is_bounded() -> None:
    """A huge text is searched in its first million characters."""
    octets = b"\r\n" + b"0123456789\r\n" * 300_000
    assert len(mime.readable_text(octets, mime.parse(octets)).search_text) <= 1_000_000


def test_ruled_lines_are_dropped_wherever_they_lie() -> None:
    """Also at the end of the first window, of one character or of several, beside letters of any language."""
    for rule in ("----", "-=-=-=", "....", "*" * 300):
        for begin in ("a", "é"):
            text = f"{begin} " * 150 + f"{rule} " + "b " * 300
            assert mime.snippet(text) == f"{begin} " * 98 + f"{begin}..."
            for length in range(385, 402):
                padded = "\n" * length + f"{rule}\n{begin} end"
                assert mime.snippet(padded) == f"{begin} end"
