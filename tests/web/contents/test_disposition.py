"""File names and media types that attackers chose, in header fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.web.contents.disposition import content_disposition, content_type


def test_a_plain_name_stands_as_it_is() -> None:
    """RFC 6266 §4.1, without the extended form when it is not needed."""
    assert content_disposition("attachment", "report 1.pdf", fallback="x") == 'attachment; filename="report 1.pdf"'


def test_a_name_in_another_script_comes_in_both_forms() -> None:
    """RFC 6266 §4.3: filename* in UTF-8 beside an ASCII fallback."""
    field = content_disposition("inline", "Übersicht €.txt", fallback="x")
    assert field == "inline; filename=\"_bersicht _.txt\"; filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC.txt"


@pytest.mark.parametrize(
    ("name", "ascii_form"),
    [
        ('a"; filename="b.exe', "a__ filename=_b.exe"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\windows\\x.bat", "C__windows_x.bat"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1"),
        ("gpj.\u202eexe", "gpj.exe"),
        (".bashrc", "bashrc"),
        ("\u200b\x00", "fallback"),
        ("", "fallback"),
    ],
)
def test_a_hostile_name_stays_inside_the_quotes(name: str, ascii_form: str) -> None:
    """Nothing breaks out of the field, climbs directories, hides or turns around its extension."""
    assert content_disposition("attachment", name, fallback="fallback").split('"')[1] == ascii_form


def test_a_long_name_keeps_its_extension() -> None:
    """A bound on what a mail puts into a header field."""
    field = content_disposition("attachment", "x" * 5000 + ".pdf", fallback="f")
    assert field.endswith('.pdf"')
    assert len(field) < 250


@given(st.text(max_size=300))
def test_any_name_gives_a_field_of_printable_ascii(name: str) -> None:
    """No file name can end the header line or make the answer impossible to send."""
    field = content_disposition("attachment", name, fallback="f")
    assert field.isascii()
    assert field.isprintable()
    assert field.count('"') == 2


def test_a_media_type_that_is_none_becomes_octets() -> None:
    """A part's type is the sender's word and may hold anything."""
    assert content_type("text/plain\r\nX: y", "") == "application/octet-stream"
    assert content_type("IMAGE/Png", "x") == "image/png"
    assert content_type("nonsense", "") == "application/octet-stream"


def test_a_text_has_the_charset_of_its_octets() -> None:
    """The octets of a text part are the sender's, so the declared charset belongs to them."""
    assert content_type("text/plain", "ISO-8859-1") == "text/plain; charset=iso-8859-1"
    assert content_type("text/plain", "x; y=z") == "text/plain; charset=utf-8"
