"""Uuencoded files in plain text."""

import pytest

from catcher import mime

FILE = b"begin 644 a/b.txt\r\n#86)C\r\n`\r\nend\r\n"


def read(fields: bytes, body: bytes, *, limits: mime.Limits = mime.Limits()) -> tuple[str, list[tuple[str, bytes]]]:  # noqa: B008
    """The text of the message, and the names and octets of its files."""
    octets = fields + b"\r\n" + body
    message = mime.parse(octets, limits=limits)
    files = [message.parts[index] for index in message.attachments]
    return mime.bodies(octets, message).text, [(file.file_name, mime.part_octets(octets, file)) for file in files]


def test_a_complete_file_is_an_attachment_of_the_text() -> None:
    """It is not shown in the text; its name has no directories."""
    assert read(b"", b"one\r\n" + FILE + b"two\r\n" + FILE) == ("one\r\ntwo\r\n", [("b.txt", b"abc")] * 2)
    assert read(b"", FILE.replace(b"\r\n", b"\n").removesuffix(b"\n")) == ("", [("b.txt", b"abc")])


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"", FILE.replace(b"end", b"END")),
        (b"", b"x" + FILE),
        (b"", FILE.replace(b"644", b"abc")),
        (b"Content-Type: text/html\r\n", FILE),
        (b"Content-Transfer-Encoding: quoted-printable\r\n", FILE),
        (b"Content-Transfer-Encoding: base64\r\n", FILE),
    ],
)
def test_what_only_resembles_a_file_stays_text(fields: bytes, body: bytes) -> None:
    """Without an end, inside a line, in HTML, or in a text with a transfer encoding."""
    assert read(fields, body)[1] == []


def test_a_file_in_an_attached_text_stays_in_it() -> None:
    """The attachment is the text, to the octet."""
    assert read(b"Content-Disposition: attachment; filename=x\r\n", FILE) == ("", [("x", FILE)])


def test_files_count_as_parts() -> None:
    """A text cannot hold more of them than the limit allows."""
    assert len(read(b"", FILE * 9, limits=mime.Limits(parts=4))[1]) == 3
