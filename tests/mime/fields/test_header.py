"""Header sections of any part."""

from catcher import mime


def fields(section: bytes) -> list[tuple[str, str]]:
    return [(field.name, field.body) for field in mime.header_fields(section, 0, len(section))]


def test_fields_keep_order_case_and_repetition() -> None:
    """Nothing is sorted, folded together or renamed. RFC 5322 §3.6."""
    assert fields(b"X-B: 1\r\nx-a: 2\r\nX-B:3\r\n\r\nX-C: body\r\n") == [("X-B", "1"), ("x-a", "2"), ("X-B", "3")]


def test_a_byte_order_mark_is_not_part_of_the_first_name() -> None:
    """Windows editors write one at the start of a file, and scripts send such files as they are."""
    assert fields(b"\xef\xbb\xbfSubject: a\r\nTo: b\r\n\r\n") == [("Subject", "a"), ("To", "b")]
    assert fields(b"\xef\xbb\xbfSubject: \xe9\r\nTo: b\r\n") == [("Subject", "é"), ("To", "b")]


def test_folding_is_taken_out() -> None:
    """A field over several lines is one line; the white space of the fold stays. RFC 5322 §2.2.3."""
    assert fields(b"Subject: a\r\n b\r\n\tc\r\n \r\nTo :d\n\r\n") == [("Subject", "a b c"), ("To", "d")]


def test_encoded_words_stay_as_they_are() -> None:
    """A header field is shown as sent; decoding is for the fields that mean text."""
    assert fields(b"Subject: =?utf-8?q?x?=\r\n") == [("Subject", "=?utf-8?q?x?=")]


def test_eight_bit_octets_are_readable() -> None:
    """UTF-8, else the charset that the section declares, else Windows-1252, each line by itself."""
    assert fields("A: é\r\n".encode() + b"B: \xe9\x80\r\n") == [("A", "é"), ("B", "é€")]
    section = b"A: \xcf\xf0\r\nB: %b\r\nContent-Type: text/plain; charset=windows-1251\r\n" % "é".encode()
    assert fields(section)[:2] == [("A", "Пр"), ("B", "é")]


def test_control_characters_do_not_come_through() -> None:
    """A lone CR, NUL or escape is a space, so that no later writer of headers can be tricked. RFC 5321 §2.3.8."""
    assert fields(b"A: b\rC: d\x00\x1be\r\n") == [("A", "b C: d  e")]


def test_fields_of_any_part_are_found_by_its_place() -> None:
    """`header_start` and `body_start` of a part delimit its header section."""
    octets = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-Part: yes\r\n\r\nbody\r\n--b--\r\n"
    part = mime.parse(octets).parts[1]
    assert [(f.name, f.body) for f in mime.header_fields(octets, part.header_start, part.body_start)] == [
        ("X-Part", "yes")
    ]
