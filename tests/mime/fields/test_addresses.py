"""Address fields as RFC 5322 and the world write them."""

from email.utils import getaddresses

import pytest

from catcher import mime


def read(text: str) -> list[tuple[str, str]]:
    return [(address.display_name, address.addr_spec) for address in mime.parse_addresses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b", [("", "a@b")]),
        ('Ann <a@b>, "B, C" <b@c>', [("Ann", "a@b"), ("B, C", "b@c")]),
        ("Group: a@b, C <c@d>; e@f", [("", "a@b"), ("C", "c@d"), ("", "e@f")]),
        ("undisclosed-recipients:;", []),
        ("(Empty)(start)Hidden recipients  :(nobody(that I know))  ;", []),
        ("bbb@ddd.com (John (Q) Doe)", [("John (Q) Doe", "bbb@ddd.com")]),
        ("<@r1,@r2:user@x>", [("", "user@x")]),
        ('"quoted local"@example.com', [("", '"quoted local"@example.com')]),
        ('"a\\"b"@x', [("", '"a\\"b"@x')]),
        ('<"a>b"@c>', [("", '"a>b"@c')]),
        ("<a@b> <c@d>", [("", "a@b"), ("", "c@d")]),
        ("a@b c@d", [("", "a@b"), ("", "c@d")]),
        ("a@b;c@d", [("", "a@b"), ("", "c@d")]),
        ("Who? <one@y.test>", [("Who?", "one@y.test")]),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
        ("a @ b . c", [("", "a@b.c")]),
        ("user@good.example(x)evil.example", [("x", "user@good.example")]),
        ("<user@good.example(x)evil.example>", [("", "user@good.example")]),
        ("<user@good.example evil.example>", [("", "user@good.example")]),
        ("<user(a (nested) comment)@good.example(its (own) (\\)) host)>", [("", "user@good.example")]),
        ('<"a(b)c"@x>', [("", '"a(b)c"@x')]),
        ("<a(b@x>", [("", "a(b@x")]),
        ("John(x)Doe <a@b>", [("John Doe", "a@b")]),
        ("MAILER DAEMON <>", [("MAILER DAEMON", "")]),
        ("root", [("", "root")]),
        ("John Doe", [("John Doe", "")]),
        ("Ann <a@b", [("Ann", "a@b")]),
        ("a@b>", [("", "a@b")]),
        ('"unclosed <a@b>', [("unclosed", "a@b")]),
        ("<<a@b>>", [("", "a@b")]),
        ("X <mailto:a@b>", [("X", "a@b")]),
        ("=?utf-8?q?J=C3=BC,x?= <j@x>", [("Jü,x", "j@x")]),
        ('"=?utf-8?B?w4k=?=" <e@x>', [("É", "e@x")]),
        ("=?utf-8?q?J_<j@x>?=", [("J", "j@x")]),
        ("пример <x@пример.рф>", [("пример", "x@пример.рф")]),
        ("x@[127.0.0.1]", [("", "x@[127.0.0.1]")]),
        ('"a@b" <c@d>', [("a@b", "c@d")]),
        ("a@b:25, c@d", [("", "a@b:25"), ("", "c@d")]),
        ("Müller", [("Müller", "")]),
        ("Ann B a@b Cy c@d rest", [("Ann B", "a@b"), ("Cy", "c@d")]),
        (",, a@b ,", [("", "a@b")]),
        ("", []),
    ],
)
def test_mailboxes_are_read(text: str, expected: list[tuple[str, str]]) -> None:
    """Groups, comments, routes, quotes, and missing delimiters. RFC 5322 §3.4, §4.4."""
    assert read(text) == expected


def test_ordinary_lists_agree_with_the_standard_library() -> None:
    """On well-formed fields the result is that of `email.utils`."""
    text = 'Ann Example <ann@example.com>, bob@example.org, "Doe, J." <j.doe@example.net>, x@y.test (A Name)'
    assert read(text) == getaddresses([text])


def test_ten_thousand_recipients_are_all_there() -> None:
    """A list of any length within the bound is read whole, and beyond it cut."""
    text = ", ".join(f'"User {i}" <user{i}@example.com>' for i in range(10_000))
    assert read(text) == [(f"User {i}", f"user{i}@example.com") for i in range(10_000)]
    assert len(mime.parse_addresses(text, limit=7)) == 7
