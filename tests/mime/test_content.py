"""Text, HTML and octets of parts."""

from catcher import mime


def bodies_of(text: str) -> mime.Bodies:
    octets = text.replace("\n", "\r\n").encode()
    return mime.bodies(octets, mime.parse(octets))


def test_several_texts_are_all_shown() -> None:
    """Text before and after an attachment is one text, HTML bodies are joined too."""
    found = bodies_of(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\n<p>1\n"
        "--b\nContent-Disposition: attachment\n\nfile\n--b\n\ntwo\n--b\nContent-Type: text/html\n\n<p>2\n--b--\n"
    )
    assert (found.text, found.html, found.text_is_made) == ("one\n--\ntwo", "<p>1\n<p>2", False)


def test_text_is_made_of_html_when_there_is_none() -> None:
    """A message of HTML alone has a text, marked as made, with the targets of its links."""
    found = bodies_of('Content-Type: text/html\n\n<p>Hello <a href="https://example.com/?a=1&amp;b=2">you</a></p>\n')
    assert found.text_is_made
    assert found.text == "Hello you (https://example.com/?a=1&b=2)"


def test_empty_text_part_stays_empty() -> None:
    """Nothing is made up where the sender wrote an empty text."""
    found = bodies_of(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n"
    )
    assert (found.text, found.text_is_made) == ("", False)


def test_attached_text_is_not_the_text() -> None:
    """Disposition attachment keeps a part out of the bodies. RFC 2183 §2.2."""
    found = bodies_of("Content-Type: text/html\nContent-Disposition: attachment\n\n<p>x\n")
    assert found == mime.Bodies(text="", html="")


def test_part_text_can_be_limited() -> None:
    """With a limit only the first lines are read, whole ones."""
    octets = b"\r\n" + b"twelve chars\r\n" * 1000
    part = mime.parse(octets).parts[0]
    assert mime.part_text(octets, part, limit=100) == "twelve chars\r\n" * 7


def test_pieces_of_a_part_make_the_part() -> None:
    """`iter_part` gives what `part_octets` gives."""
    octets = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"YWJj\r\n" * 1000
    part = mime.parse(octets).parts[0]
    assert b"".join(mime.iter_part(octets, part, size=100)) == mime.part_octets(octets, part) == b"abc" * 1000
