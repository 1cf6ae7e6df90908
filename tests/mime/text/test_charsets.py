"""Charsets: names as senders write them, wrong and missing declarations."""

import os

import pytest

from catcher.mime.text.charset_names import codec_of
from catcher.mime.text.charsets import decode


@pytest.mark.parametrize(
    ("name", "text", "codec"),
    [
        ("cp-850", "Größe", "cp850"),
        ("IBM850", "Größe", "cp850"),
        ("iso-8859-8-i", "שלום", "iso8859_8"),
        ("ks_c_5601-1987", "안녕 똠", "cp949"),
        ("gb2312", "朱镕基", "gb18030"),
        ("x-gbk", "朱镕基", "gbk"),
        ("Big5", "繁體", "big5"),
        ("Shift_JIS", "①髙", "cp932"),
        ("windows-31j", "①", "cp932"),
        ("iso-2022-jp", "日本語", "iso2022_jp"),
        ("csISO2022JP", "日本語", "iso2022_jp"),
        ("utf8", "Größe", "utf_8"),
        ("UTF_8", "Größe", "utf_8"),
        ("unicode-1-1-utf-7", "Größe", "utf_7"),
        ("utf-16", "Grüße 你好", "utf_16"),
        ("utf-16le", "Grüße", "utf_16_le"),
        ("macintosh", "é Ça", "mac_roman"),
        ("koi8-r", "Съешь", "koi8_r"),
        ("win-1251", "Съешь", "cp1251"),
        ("latin1", "œuvre €", "cp1252"),
        ("tis-620", "สวัสดี", "cp874"),
        ("cp037", "Hello", "cp037"),
        ("iso-8859-15", "Prix: 5 €", "iso8859_15"),
        ("charset-iso-8859-15", "Prix: 5 €", "iso8859_15"),
    ],
)
def test_names_as_found_are_known(name: str, text: str, codec: str) -> None:
    """Each name reads what senders mean by it, supersets included. WHATWG Encoding."""
    assert decode(text.encode(codec), name) == text


@pytest.mark.parametrize(
    "name", ["base64", "zlib", "rot13", "punycode", "idna", "unicode_escape", "hex", "undefined", "x" * 9000]
)
def test_codecs_that_are_no_charsets_are_not_used(name: str) -> None:
    """A sender cannot choose a decompressor or a codec of quadratic cost."""
    assert codec_of(name) == ""
    assert decode(b"plain", name) == "plain"


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("Grüße aus".encode(), "", "Grüße aus"),
        ("Grüße aus".encode(), "us-ascii", "Grüße aus"),
        ("Grüße, größer, ähnlich".encode(), "iso-8859-1", "Grüße, größer, ähnlich"),
        ("déjà vu".encode("latin-1"), "utf-8", "déjà vu"),
        ("Grüße aus".encode(), "no-such-charset", "Grüße aus"),
        (b"\xef\xbb\xbfmarked", "iso-8859-1", "marked"),
        ("\ufeffmarked é".encode("utf-16-le"), "", "marked é"),
        ("Привет, как дела сегодня".encode("cp1251"), "", "Привет, как дела сегодня"),
        ("ひらがなとカタカナの文".encode("shift_jis"), "iso-2022-jp", "ひらがなとカタカナの文"),
        ("日本語の文".encode("iso2022_jp"), "", "日本語の文"),
        ("\ufeffab".encode("utf-16-le") + b"x", "", "ab\ufffd"),
        ("\ufeffé".encode("utf-16-be"), "utf-8", "é"),
        (b"+2AA-x", "utf-7", "\ufffdx"),
        (b"caf\xe9 cr\xe8me \x81 br\xfbl\xe9e", "", "café crème \x81 brûlée"),
        ("日本語の文日本語".encode("iso2022_jp")[:-4], "iso-2022-jp", "日本語の文日本\ufffd"),
    ],
)
def test_wrong_and_missing_declarations_give_readable_text(octets: bytes, charset: str, text: str) -> None:
    """Marks, then UTF-8, then statistics decide where the declaration cannot be right."""
    assert decode(octets, charset) == text


def test_little_damage_does_not_change_the_charset() -> None:
    """One wrong octet in a UTF-8 text is one replacement character, the rest stays readable."""
    assert decode("größer und größer".encode() + b"\xff", "utf-8") == "größer und größer\ufffd"


def test_html_declares_its_charset_itself() -> None:
    """`<meta charset>` counts when Content-Type is silent. WHATWG HTML §13.2.3.2."""
    page = '<html><head><meta charset="windows-1253"></head>Ταχίστη'.encode("cp1253")
    assert decode(page, "", is_html=True).endswith("Ταχίστη")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "utf-8",
        "utf-7",
        "utf-16",
        "utf-32",
        "hz",
        "iso-2022-jp",
        "iso-2022-kr",
        "big5",
        "gb18030",
        "euc-jp",
        "iso-8859-6",
    ],
)
def test_random_octets_give_clean_text(name: str) -> None:
    """Any declaration gives text without surrogates that can be stored as UTF-8."""
    octets = os.urandom(20_000)
    decode(octets, name).encode("utf-8")
    decode(octets, name, is_html=True).encode("utf-8")
