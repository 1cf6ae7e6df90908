"""Boundary lines and the parts that they end."""

from catcher import mime


def texts(body: str, boundary: str = "b") -> list[str]:
    octets = f"Content-Type: multipart/mixed; boundary={boundary}\n\n{body}".replace("\n", "\r\n").encode()
    message = mime.parse(octets)
    return [mime.part_text(octets, part) for part in message.parts[1:] if not part.is_multipart]


def test_preamble_and_epilogue_are_no_parts() -> None:
    """Preamble and epilogue are not shown. RFC 2046 §5.1.1."""
    assert texts("before\n--b\n\none\n--b\n\ntwo\n--b--\nafter\n--b\n\nghost\n") == ["one", "two"]


def test_line_break_before_a_boundary_belongs_to_it() -> None:
    """Only that one line break is taken off; a bare LF counts as well. RFC 2046 §5.1.1."""
    assert texts("--b\n\none\n\n--b--\n") == ["one\r\n"]
    octets = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n"
    assert mime.part_octets(octets, mime.parse(octets).parts[1]) == b"one"


def test_white_space_after_a_boundary_is_padding() -> None:
    """Transport padding does not hide a boundary, other text does. RFC 2046 §5.1.1."""
    assert texts("--b \t\n\none\n--bb\n--b x\n--b-- \n") == ["one\r\n--bb\r\n--b x"]


def test_boundary_that_begins_like_another_is_another() -> None:
    """Boundaries are compared as whole lines."""
    inner = "--bb\n\ninner\n--bb--\n"
    assert texts(f"--b\nContent-Type: multipart/mixed; boundary=bb\n\n{inner}--b\n\nouter\n--b--\n") == [
        "inner",
        "outer",
    ]


def test_outer_boundary_ends_what_is_open_inside() -> None:
    """A forgotten closing boundary does not swallow the parts that follow. RFC 2046 §5.1.2."""
    assert texts("--b\nContent-Type: multipart/mixed; boundary=in\n\n--in\n\ninner\n--b\n\nouter\n--b--\n") == [
        "inner",
        "outer",
    ]


def test_boundary_may_look_like_a_closing_one() -> None:
    """A boundary that ends in hyphens is distinguished from the closing one."""
    assert texts("--x--\n\none\n--x--\n\ntwo\n--x----\nend", "x--") == ["one", "two"]


def test_boundary_ends_a_header_section_without_blank_line() -> None:
    """A part that is all header has an empty body instead of the next part's header."""
    octets = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/png\n--b\n\ntext\n--b--\n"
    parts = mime.parse(octets).parts
    assert [(part.media_type, mime.part_octets(octets, part)) for part in parts[1:]] == [
        ("image/png", b""),
        ("text/plain", b"text"),
    ]


def test_doubled_carriage_returns_do_not_hide_the_structure() -> None:
    """CRCRLF, which broken gateways make of CRLF, ends header sections and boundary lines all the same."""
    octets = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n".replace(b"\n", b"\r\r\n")
    message = mime.parse(octets)
    assert [mime.part_text(octets, part).strip() for part in message.parts[1:]] == ["one"]


def test_closing_boundary_may_follow_at_once() -> None:
    """A part without a single line does not take the boundary that ends it for its header."""
    assert texts("--b\n--b--\nepilogue\n\nmore\n") == [""]
    assert texts("--b\n--b\n\none\n--b--\n") == ["", "one"]


def test_multipart_without_boundary_says_so() -> None:
    """Its parts cannot be found, and a defect says why. RFC 2046 §5.1.1."""
    message = mime.parse(b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n")
    assert len(message.parts) == 1
    assert [defect.code for defect in message.defects] == ["boundary-missing"]
