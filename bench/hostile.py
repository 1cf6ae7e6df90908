"""Hostile input of any size, for the tests of what it gives and the measurement of how its cost grows."""

from collections.abc import Callable

MULTIPART = b"Content-Type: multipart/mixed; boundary=X\r\n\r\n"
_HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
_TEXT = b"Content-Type: text/plain"
_IMAGE = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_INNER = b"--X\r\nContent-Type: multipart/mixed; boundary=Y\r\n\r\n"


def _repeated(head: bytes, unit: bytes, tail: bytes = b"") -> Callable[[int], bytes]:
    return lambda octets: head + unit * (octets // len(unit)) + tail


def _numbered(head: bytes, unit: bytes, tail: bytes = b"") -> Callable[[int], bytes]:
    """Repeat a unit whose `%d` are the number of the repetition."""
    places = unit.count(b"%d")
    return lambda octets: head + b"".join(unit % ((n,) * places) for n in range(octets // len(unit))) + tail


MESSAGES: dict[str, Callable[[int], bytes]] = {
    "parts": _repeated(MULTIPART, b"--X\r\n\r\nab\r\n"),
    "parts without blank lines": _repeated(MULTIPART, b"--X\r\nab\r\n"),
    "empty parts": _repeated(MULTIPART, b"--X\r\n"),
    "nested multiparts": _numbered(b"", b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d"),
    "nested multiparts in one header section": _numbered(b"", b"Content-Type: multipart/mixed; boundary=b%d\r\n--b%d"),
    "nested multiparts over a long header": lambda octets: (
        _numbered(b"", b"Content-Type: multipart/mixed; boundary=b%d\r\n--b%d")(4_500) + b"X-Y: z\r\n" * (octets // 8)
    ),
    "embedded messages": _repeated(b"", b"Content-Type: message/rfc822\r\n\r\n"),
    "header lines": _repeated(b"", b"X-Header: some value\r\n"),
    "folded lines": _repeated(b"Subject: a\r\n", b" some value\r\n"),
    "one header line": _repeated(b"X: ", b"a"),
    "one line": _repeated(b"\r\n", b"a"),
    "a line that begins like a boundary": _repeated(MULTIPART + b"--X", b"-"),
    "lines that begin like a boundary": _repeated(MULTIPART, b"\n--"),
    "lines like a boundary below two of them": _repeated(MULTIPART + _INNER, b"\n--Z"),
    "base64": _repeated(_IMAGE, b"QUJD"),
    "padding": _repeated(_IMAGE, b"=\r\n"),
    "broken soft breaks": _repeated(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=", b" "),
    "encoded-words": _repeated(b"Subject: ", b"=?utf-8?q?a?= "),
    "unfinished encoded-words": _repeated(b"Subject: ", b"=?utf-8?q?a"),
    "mailboxes": _repeated(b"To: ", b"a@b,"),
    "begin lines": _repeated(b"\r\n", b"begin 644 x\r\n"),
    "equals signs and colons": lambda octets: b"To: " + b"=" * (octets // 2) + b"@" + b":" * (octets // 2),
    "spaces inside an address": _repeated(b"To: z", b" ", b"z@"),
    "spaces inside a date": _repeated(b"Date: 1", b" ", b"x"),
    "joiners inside a word": _repeated(_HTML + b"a", "\u200d".encode()),
    "semicolons in a parameter list": _repeated(_TEXT, b"; "),
    "parameters without end": _numbered(_TEXT + b"; ", b"a*%d=x;"),
    "a maze of HTML": _repeated(_HTML, b"<table><tr><td><a><b><p>"),
    "wrong octets in UTF-7": _repeated(_TEXT + b"; charset=utf-7\r\n\r\n", b"+\xff\xfe"),
    "wrong octets in UTF-8": _repeated(_TEXT + b"; charset=utf-8\r\n\r\n", b"a\xff"),
} | {
    f"an address field of {mark.decode()}": _repeated(b"To: a", mark)
    for mark in (b'"', b'\\"', b"(", b"()", b"(\\)", b"<", b'<"', b"<@", b":", b";", b"@", b" . ", b"a b ", b"=?", b"[")
}
"""Messages by name; the argument is the approximate number of octets."""

DOCUMENTS: dict[str, Callable[[int], str]] = {
    "nested elements": lambda size: "<div>" * (size // 5),
    "formatting elements": lambda size: (
        "<p>" + "".join(f"<b id={n}>" for n in range(size // 100)) + "<p>x" * (size // 5)
    ),
    "tables": lambda size: "<table><tr><td>" * (size // 15),
    "attributes": lambda size: "<a " + " ".join(f"x{n}=1" for n in range(size // 9)) + ">",
    "style addresses": lambda size: "<p style='" + "url(cid:" * (size // 8) + "'>",
    "import rules": lambda size: "<style>" + "@import " * (size // 8) + "</style>",
    "sources": lambda size: "<img srcset='" + "a 1w " * (size // 5) + "'>",
    "unclosed comments": lambda size: "<!--" * (size // 4),
    "drawings": lambda size: "<svg>" * (size // 5) + "</svg>",
    "less-than signs": lambda size: "<" * size,
    "links": lambda size: "".join(f"<a href=https://e.example/{n}>x" for n in range(size // 32)),
}
"""HTML by name; the argument is the approximate number of characters."""

TOKENS = ("a-", "1", "1-", "2026-11-22 ", "aA0_", "1:1:")
"""Beginnings of dates, times and ids, for expressions that mask them."""
