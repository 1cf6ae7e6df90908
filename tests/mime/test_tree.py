"""Part ids and roles."""

from catcher import mime


def message_of(*parts: str, kind: str = "mixed") -> mime.ParsedMessage:
    body = "".join(f"--b\r\n{part}\r\n\r\nx\r\n" for part in parts)
    return mime.parse(f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n{body}--b--\r\n".encode())


def roles(message: mime.ParsedMessage) -> tuple[list[str], list[str], list[str]]:
    def ids(indexes: tuple[int, ...]) -> list[str]:
        return [message.parts[i].part_id for i in indexes]

    return ids(message.text_parts + message.html_parts), ids(message.attachments), ids(message.inlines)


def test_parts_without_names_are_listed() -> None:
    """Calendar, delivery-status and AMP parts are inlines although nothing names them."""
    message = message_of("", "Content-Type: text/calendar", "Content-Type: text/x-amp-html", "Content-Type: image/png")
    assert roles(message) == (["1"], [], ["2", "3", "4"])


def test_disposition_decides_between_attachment_and_inline() -> None:
    """Unknown dispositions count as attachment; without one only octet-stream does. RFC 2183 §2.8."""
    message = message_of(
        "Content-Disposition: attachment",
        "Content-Type: application/octet-stream",
        "Content-Type: application/pdf",
        "Content-Type: application/pdf\r\nContent-Disposition: x-other",
        "Content-Type: application/octet-stream\r\nContent-Disposition: inline",
    )
    assert roles(message) == ([], ["1", "2", "4"], ["3", "5"])


def test_named_text_is_body_only_in_front_or_in_an_alternative_or_when_inline() -> None:
    """A text file attached without disposition is a file; a body that has a name is still the body. RFC 8621 §4.1.4."""
    named = "Content-Type: text/plain; name=a.txt"
    inline = f"{named}\r\nContent-Disposition: inline"
    assert roles(message_of(named, named, inline)) == (["1", "3"], [], ["2", "3"])
    assert roles(message_of(named, named, kind="alternative")) == (["1", "2"], [], [])


def test_a_named_text_that_is_inline_is_shown_and_listed() -> None:
    """As Apple Mail, mutt and `git format-patch --inline` send files: RFC 2183 §2.1 and §2.3 say both."""
    inline = "Content-Disposition: inline; filename=notes"
    html = f"Content-Type: text/html\r\n{inline}"
    assert roles(message_of("", inline, html)) == (["1", "2", "3"], [], ["2", "3"])
    alone = mime.parse(f"{inline}\r\n\r\nx\r\n".encode())
    assert roles(alone) == (["0"], [], ["0"])
    unnamed = mime.parse(b"Content-Disposition: inline\r\n\r\nx\r\n")
    assert roles(unnamed) == (["0"], [], [])


def test_embedded_message_in_the_root_has_ids_below_it() -> None:
    """A message that is nothing but a forwarded one: every node keeps an id of its own."""
    leaf = mime.parse(b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny")
    assert [part.part_id for part in leaf.parts] == ["0", "1"]
    multipart = mime.parse(
        b"Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
    )
    assert [part.part_id for part in multipart.parts] == ["0", "1.0", "1.1"]
    assert roles(multipart) == ([], [], ["0"])


def test_parts_of_a_digest_are_messages() -> None:
    """In multipart/digest a part without a Content-Type is an embedded message. RFC 2046 §5.1.5."""
    message = mime.parse(
        b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nbody\n"
        b"--b\nContent-Type: text/plain\n\ny\n--b--\n"
    )
    assert [(part.part_id, part.media_type) for part in message.parts] == [
        ("0", "multipart/digest"),
        ("1", "message/rfc822"),
        ("1.1", "text/plain"),
        ("2", "text/plain"),
    ]


def test_encoded_embedded_message_is_a_leaf() -> None:
    """Parts of a base64 message have no place in the octets; the message itself can be read out. RFC 2046 §5.2.1."""
    message = mime.parse(
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQp5\r\n"
    )
    assert len(message.parts) == 1


def test_parts_are_found_by_id() -> None:
    """An unknown id is None; the root is not listed."""
    message = message_of("Content-Type: message/rfc822", "Content-Type: image/png")
    second = mime.part_by_id(message, "2")
    assert second is not None
    assert second.media_type == "image/png"
    assert mime.part_by_id(message, "9") is None
    assert mime.is_listed(message, second)
    assert not mime.is_listed(message, message.parts[0])
