"""Hostile messages cost bounded time and memory. The bounds are wide: what they catch is quadratic."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from catcher import mime

MULTIPART = b"Content-Type: multipart/mixed; boundary=X\r\n\r\n"
SECONDS = 8.0


def nested(count: int, glue: bytes) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d%b--b%d\r\n" % (i, glue, i) for i in range(count))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "1.4 million parts": lambda: MULTIPART + b"--X\r\n\r\nab\r\n" * 1_400_000,
    "1.4 million parts without blank lines": lambda: MULTIPART + b"--X\r\nab\r\n" * 1_400_000,
    "1.4 million empty parts": lambda: MULTIPART + b"--X\r\n" * 1_400_000,
    "10,000 nested multiparts": lambda: nested(10_000, b"\r\n\r\n"),
    "10,000 nested multiparts in one header section": lambda: nested(10_000, b"\r\n"),
    "nested multiparts over a long header": lambda: nested(90, b"\r\n") + b"X-Y: z\r\n" * 300_000,
    "10,000 embedded messages": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "300,000 header lines": lambda: b"X-Header: some value\r\n" * 300_000,
    "300,000 folded lines": lambda: b"Subject: a\r\n" + b" some value\r\n" * 300_000,
    "a header line of 30 MB": lambda: b"X: " + b"a" * 30_000_000,
    "a line of 100 MB": lambda: b"\r\n" + b"a" * 100_000_000,
    "a line of 30 MB that begins like a boundary": lambda: MULTIPART + b"--X" + b"-" * 30_000_000,
    "10 million lines that begin like a boundary": lambda: MULTIPART + b"\n--" * 10_000_000,
    "10 million of them below two boundaries": lambda: (
        MULTIPART + b"--X\r\nContent-Type: multipart/mixed; boundary=Y\r\n\r\n" + b"\n--Z" * 10_000_000
    ),
    "50 MB of base64": lambda: (
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 12_500_000
    ),
    "15 MB of padding": lambda: (
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=\r\n" * 5_000_000
    ),
    "broken soft breaks": lambda: b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=" + b" " * 10_000_000,
    "500,000 encoded-words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 500_000,
    "500,000 unfinished encoded-words": lambda: b"Subject: " + b"=?utf-8?q?a" * 500_000,
    "a million mailboxes": lambda: b"To: " + b"a@b," * 1_000_000,
    "a million begin lines": lambda: b"\r\n" + b"begin 644 x\r\n" * 1_000_000,
    "equals signs and colons": lambda: b"To: " + b"=" * 400_000 + b"@" + b":" * 400_000,
    "spaces inside an address": lambda: b"To: z" + b" " * 900_000 + b"z@\r\nDate: 1" + b" " * 90_000 + b"x",
    "joiners inside a word": lambda: b"Content-Type: text/html; charset=utf-8\r\n\r\na" + "\u200d".encode() * 900_000,
    "semicolons in a parameter list": lambda: b"Content-Type: text/plain" + b"; " * 500_000,
    "parameters without end": lambda: b"Content-Type: text/plain; " + b"".join(b"a*%d=x;" % i for i in range(200_000)),
    "a maze of HTML": lambda: b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td><a><b><p>" * 80_000,
    "wrong octets in UTF-7": lambda: b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+\xff\xfe" * 3_000_000,
    "wrong octets in UTF-8": lambda: b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"a\xff" * 5_000_000,
} | {
    f"a To field of {mark!r}": lambda mark=mark: b"To: a" + mark * (300_000 // len(mark)) + b"\r\nDate: " + mark * 9_000
    for mark in (b'"', b'\\"', b"(", b"()", b"(\\)", b"<", b'<"', b"<@", b":", b";", b"@", b" . ", b"a b ", b"=?", b"[")
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_message_is_read_in_bounded_time(name: str) -> None:
    """Parse, readable text and bodies each take time linear in the octets, with a small factor."""
    octets = HOSTILE[name]()
    begin = time.process_time()
    message = mime.parse(octets)
    mime.readable_text(octets, message)
    mime.bodies(octets, message)
    mime.list_unsubscribe(message)
    taken = time.process_time() - begin
    assert taken < SECONDS, f"{taken:.1f} s for {len(octets)} octets"


@pytest.mark.parametrize(
    "name",
    ["1.4 million parts", "300,000 header lines", "50 MB of base64", "10 million lines that begin like a boundary"],
)
def test_hostile_message_takes_bounded_memory(name: str) -> None:
    """Beside the octets the parse keeps what the limits allow, and no copy of a large part."""
    octets = HOSTILE[name]()
    tracemalloc.start()
    try:
        mime.parse(octets)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 48_000_000
