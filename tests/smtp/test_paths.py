"""Addresses and parameters as applications send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.smtp.paths import PathArgument, read_parameters, read_path
from catcher.smtp.replies import Reply


def path(text: str | bytes, keyword: bytes = b"TO") -> PathArgument | Reply:
    return read_path(text if isinstance(text, bytes) else text.encode(), keyword)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("TO:<a@b.example>", "a@b.example"),
        ("to:<A@B.example>", "A@B.example"),
        ("TO:<o'neil+tag=x@b.example>", "o'neil+tag=x@b.example"),
        ("TO:<a..b.@b.example>", "a..b.@b.example"),
        ('TO:<"a b@c>"@b.example>', '"a b@c>"@b.example'),
        ("TO:<a@[192.0.2.1]>", "a@[192.0.2.1]"),
        ("TO:<postmaster>", "postmaster"),
        (f"TO:<{'a' * 900}@b.example>", f"{'a' * 900}@b.example"),
    ],
)
def test_an_address_is_read_as_given(text: str, address: str) -> None:
    """Letter case, quotes, tags and dots stay. RFC 5321 §2.4, §4.1.2."""
    assert path(text) == PathArgument(address)


@pytest.mark.parametrize(
    ("text", "address", "note"),
    [
        ("TO: <a@b>", "a@b", "space around the colon of TO:"),
        ("TO :  <a@b>", "a@b", "space around the colon of TO:"),
        ("TO :<a@b>", "a@b", "space around the colon of TO:"),
        ("TO:a@b", "a@b", "address without angle brackets"),
        ("TO:<a@b", "a@b", "angle bracket not closed"),
        ("TO:< a@b >", "a@b", "space within the angle brackets"),
        ("TO:<<a@b>>", "a@b", "angle brackets within angle brackets"),
        ("TO:<Ann <a@b>>", "a@b", "angle brackets within angle brackets"),
        ("TO:Ann <a@b>", "a@b", "display name before the address"),
        ("TO:<@x.example,@y.example:a@b>", "a@b", "source route, ignored"),
        ("TO:<root>", "root", "address without a domain"),
        ("TO:<jos\u00e9@b>", "jos\u00e9@b", ""),
    ],
)
def test_an_invalid_but_unambiguous_address_is_accepted_with_a_note(text: str, address: str, note: str) -> None:
    """The message has a note for each deviation."""
    assert path(text) == PathArgument(address, (), (note,) if note else ())


def test_an_address_in_latin_1_is_accepted_with_a_note() -> None:
    """Old clients send their own charset."""
    assert path(b"TO:<jos\xe9@b>") == PathArgument("jos\u00e9@b", (), ("address is not UTF-8, read as Latin-1",))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Reply.BAD_TO),
        ("<a@b>", Reply.BAD_TO),
        ("FROM:<a@b>", Reply.BAD_TO),
        ("TO:", Reply.BAD_TO),
        ("TO:<>", Reply.BAD_TO),
        ("TO:<a@b, c@d>", Reply.BAD_ADDRESS),
        ("TO:<a@b@c>", Reply.BAD_ADDRESS),
        ("TO:<a@>", Reply.BAD_ADDRESS),
        ("TO:<@b>", Reply.BAD_ADDRESS),
        ("TO:<a\tb@c>", Reply.BAD_ADDRESS),
        ("TO:<a\x7f@c>", Reply.BAD_ADDRESS),
        ('TO:<"a@b>', Reply.BAD_ADDRESS),
        (f"TO:<{'a' * 1020}@b.example>", Reply.ADDRESS_TOO_LONG),
        ("TO:<a@b> =", Reply.BAD_PARAMETER),
        ("TO:<a@b> NOTIFY=", Reply.BAD_PARAMETER),
        (b"TO:<a@b> X=\xff", Reply.BAD_PARAMETER),
    ],
)
def test_an_ambiguous_address_is_refused(text: str | bytes, refusal: Reply) -> None:
    """RFC 5321 §4.2.2, §4.2.3."""
    assert path(text) is refusal


def test_the_null_reverse_path_is_an_address() -> None:
    """Bounces come from <>. RFC 5321 §4.5.5."""
    assert path("FROM:<>", b"FROM") == PathArgument("")
    assert path("FROM: <> BODY=8BITMIME", b"FROM") == PathArgument(
        "", (("BODY", "8BITMIME"),), ("space around the colon of FROM:",)
    )


@pytest.mark.parametrize("text", ["FROM:", "FROM: ", "FROM:<", "FROM: SIZE=100", "FROM:SIZE=100 BODY=8BITMIME", "FROM"])
def test_a_missing_reverse_path_is_no_null_reverse_path(text: str) -> None:
    """Without an address there is a syntax error: only <> is the null path. RFC 5321 §4.1.2."""
    assert path(text, b"FROM") is Reply.BAD_FROM


def test_parameters_keep_their_order_and_values() -> None:
    """Keywords in upper case, values as given, "=" within them too. RFC 5321 §4.1.2, RFC 3461 §4."""
    assert path("TO:<a@b> notify=SUCCESS,DELAY Orcpt=rfc822;x+2By@z FLAG") == PathArgument(
        "a@b", (("NOTIFY", "SUCCESS,DELAY"), ("ORCPT", "rfc822;x+2By@z"), ("FLAG", None))
    )
    assert read_parameters("AUTH=<> ENVID=abc==") == (("AUTH", "<>"), ("ENVID", "abc=="))


@given(octets=st.binary(max_size=200))
def test_any_octets_are_an_address_or_refused(octets: bytes) -> None:
    """Nothing is raised, and an address is always text that can be stored."""
    found = read_path(b"TO:<" + octets, b"TO")
    if isinstance(found, PathArgument):
        found.addr_spec.encode()
        assert not set(found.addr_spec) & set("\r\n\0")
