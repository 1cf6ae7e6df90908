"""Encoding and refusal of header fields and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.mail import BadHeaderError, settings
from catcher.mail.header import ascii_domains, forbid_multi_line_headers, sanitize_address
from catcher.mail.message import EmailMessage

NAMES = st.sampled_from(["Subject", "From", "To", "X-Thing"])


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n"])
def test_a_line_break_in_a_field_is_a_bad_header(break_: str) -> None:
    """Line breaks of Unix, Windows and Mac are refused in body and name. Django docs: Preventing header injection."""
    with pytest.raises(BadHeaderError, match="Subject"):
        forbid_multi_line_headers("Subject", f"a{break_}Bcc: b@example.com", "utf-8")
    with pytest.raises(BadHeaderError):
        forbid_multi_line_headers(f"X{break_}Bcc", "b@example.com", "utf-8")
    assert issubclass(BadHeaderError, ValueError)


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Subject", "Gżegżółka", "=?utf-8?b?R8W8ZWfFvMOzxYJrYQ==?="),
        ("X-Thing", "My Sürname", "=?utf-8?q?My_S=C3=BCrname?="),
        ("X-Thing", "plain", "plain"),
        ("to", '"Sürname, Firstname" <to@example.com>', "=?utf-8?q?S=C3=BCrname=2C_Firstname?= <to@example.com>"),
        ("To", "Sür <a@b.c>, d@e.f", "=?utf-8?q?S=C3=BCr?= <a@b.c>, d@e.f"),
        ("Resent-To", "a@öäü.com", "a@xn--4ca9at.com"),
        ("Subject", 7, "7"),
        ("Subject", "a\x0bBcc: b@c.d", "a Bcc: b@c.d"),
        ("Subject", "é\u2028Bcc: b@c.d", "=?utf-8?b?w6kgQmNjOiBiQGMuZA==?="),
    ],
)
def test_fields_become_ascii(name: str, value: object, written: str) -> None:
    """Encoded-words for text (RFC 2047), IDNA for domains; other line separators become spaces."""
    assert forbid_multi_line_headers(name, value, "utf-8") == (name, written)


def test_the_charset_of_encoded_words_is_the_default_charset() -> None:
    """Without encoding DEFAULT_CHARSET is used, at the moment of the call. Django docs: Quick example."""
    with settings.override(DEFAULT_CHARSET="iso-8859-1"):
        assert forbid_multi_line_headers("Subject", "Sür")[1] == "=?iso-8859-1?q?S=FCr?="


def test_long_subjects_are_folded_with_a_space() -> None:
    """A continuation line begins with white space. RFC 5322 §2.2.3."""
    _, value = forbid_multi_line_headers("Subject", "word " * 30 + "end", "utf-8")
    assert max(map(len, value.split("\n"))) <= 78
    assert all(line.startswith(" ") for line in value.split("\n")[1:])


@given(NAMES, st.text(max_size=200), st.sampled_from(["utf-8", "iso-8859-1", "ascii"]))
def test_no_text_makes_a_second_field(name: str, value: str, charset: str) -> None:
    """Whatever is put in, the field is one field in ASCII, or a ValueError."""
    try:
        _, written = forbid_multi_line_headers(name, value, charset)
    except ValueError:
        return
    assert written.isascii()
    assert "\r" not in written
    assert all(line.startswith((" ", "\t")) for line in written.split("\n")[1:])


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_subject_and_sender_break_the_header_section(subject: str, name: str) -> None:
    """A serialised message has exactly the requested fields, or is a ValueError."""
    email = EmailMessage(subject, "body", f"{name} <a@example.com>", ["b@example.com"])
    try:
        octets = email.message().as_bytes()
    except ValueError:
        return
    head, _, body = octets.partition(b"\n\n")
    names = [line.split(b":")[0] for line in head.split(b"\n") if not line.startswith((b" ", b"\t"))]
    assert names == [
        *(b"Content-Type", b"MIME-Version", b"Content-Transfer-Encoding", b"Subject", b"From", b"To"),
        *(b"Date", b"Message-ID"),
    ]
    assert body == b"body"


@pytest.mark.parametrize(
    ("address", "charset", "written"),
    [
        ("to@example.com", "ascii", "to@example.com"),
        ("localpartonly", "ascii", "localpartonly"),
        ("<to@example.com>", "ascii", "to@example.com"),
        ("A name <to@example.com>", "utf-8", "A name <to@example.com>"),
        (("A name", "to@example.com"), "utf-8", "A name <to@example.com>"),
        ('"to@other.com" <to@example.com>', "utf-8", '"to@other.com" <to@example.com>'),
        ('"to@other.com"@example.com', "utf-8", '"to@other.com"@example.com'),
        (("To", "to@other.com@example.com"), "utf-8", 'To <"to@other.com"@example.com>'),
        ("to@éxample.com", "utf-8", "to@xn--xample-9ua.com"),
        ("to@xn--fa-hia.example.com", "utf-8", "to@xn--fa-hia.example.com"),
        ("to@[192.0.2.1]", "utf-8", "to@[192.0.2.1]"),
        ("tó@example.com", "utf-8", "=?utf-8?b?dMOz?=@example.com"),
        ("Tó <to@example.com>", "iso-8859-1", "=?iso-8859-1?q?T=F3?= <to@example.com>"),
        ("=?utf-8?q?T=C3=B3?= <to@example.com>", "utf-8", "=?utf-8?b?VMOz?= <to@example.com>"),
    ],
)
def test_addresses_are_written_in_ascii(address: str | tuple[str, str], charset: str, written: str) -> None:
    """Names become encoded-words, domains IDNA, quoting is kept where it is needed. RFC 5322 §3.4."""
    assert sanitize_address(address, charset) == written


@pytest.mark.parametrize(
    "address",
    [
        *("", "@", "to@", "@example.com", "to@other.com@example.com", "to@other.com <to@example.com>"),
        *("a@b.c, d@e.f", "a@b..c", f"a@{'ü' * 70}.com", "(" * 5000 + "a@b.c"),
        *(("", ""), ("x", "@"), ("x", "to@")),
    ],
)
def test_what_is_not_one_address_is_a_value_error(address: str | tuple[str, str]) -> None:
    """A ValueError for everything else, however deep it is nested."""
    with pytest.raises(ValueError, match="Invalid address"):
        sanitize_address(address, "utf-8")


@pytest.mark.parametrize(
    "address",
    [
        *("Name\nInjection <to@example.com>", "Name <to\ninjection@example.com>", "a@b.c\n"),
        *(("Name\r", "to@example.com"), ("Name", "to\n@example.com"), "=?utf-8?q?a=0Ab?= <x@example.com>"),
    ],
)
def test_line_breaks_in_addresses_are_a_bad_header(address: str | tuple[str, str]) -> None:
    """Also one that hides in an encoded-word."""
    with pytest.raises(BadHeaderError, match="newlines"):
        sanitize_address(address, "utf-8")


@given(st.text(max_size=80))
def test_no_text_makes_sanitize_address_fail_otherwise(text: str) -> None:
    """A ValueError or one address in ASCII."""
    try:
        written = sanitize_address(text, "utf-8")
    except ValueError:
        return
    assert written.isascii()


def test_domains_alone_can_be_made_ascii() -> None:
    """Display names keep their letters, for messages built with a policy."""
    assert ascii_domains("Tó <to@éxample.com>, a@b.c") == "Tó <to@xn--xample-9ua.com>, a@b.c"
    assert ascii_domains("no address é") == "no address é"
