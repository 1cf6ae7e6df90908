"""Test messages: a short text, a newsletter of 25 kB in HTML and text, and attachments of 1, 15 and 20 MB."""

import base64
import random
from collections.abc import Callable

WORDS = (
    "account address amount answer article basket because before between billing button change check choose click "
    "code confirm contact customer delivery details discount email enter every example expires following friendly "
    "order password payment please product receive regards reset returns secure service shipping shop sign summer "
    "support thank this through ticket today total tracking until update visit welcome within your"
).split()


def mail(kind: str, number: int) -> bytes:
    """Return a message of a kind (a key of `_MAKERS`), different for each number, with CRLF line ends."""
    return _MAKERS[kind](random.Random(number), number)


def _header(number: int, subject: str) -> str:
    return (
        f"Message-ID: <{number}.bench@example.com>\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
        f"From: Shop {number % 97} <shop{number % 97}@example.com>\r\n"
        f"To: Ann Example <ann{number % 1009}@example.com>\r\n"
        f"Subject: {subject} {number}\r\nMIME-Version: 1.0\r\n"
    )


def _prose(source: random.Random, words: int) -> str:
    chosen = source.choices(WORDS, k=words)
    return "\r\n".join(" ".join(chosen[start : start + 11]) for start in range(0, words, 11))


def _text(source: random.Random, number: int) -> bytes:
    body = f"needle{number:07d}\r\n{_prose(source, 170)}\r\n"
    return f"{_header(number, 'Your order')}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode()


def _newsletter(source: random.Random, number: int) -> bytes:
    rows = "".join(
        f'<tr><td style="padding:8px;font:14px/1.4 Arial,sans-serif;color:#333">{_prose(source, 30)}</td>\r\n'
        f'<td align="right"><a href="https://example.com/p/{source.randrange(10**9)}" style="color:#06c">'
        f"{source.choice(WORDS)}</a></td></tr>\r\n"
        for _ in range(46)
    )
    html = (
        '<!doctype html>\r\n<html lang="en"><head><title>News</title><style>td{border:0}</style></head><body>\r\n'
        f'<table width="600">{rows}</table></body></html>\r\n'
    )
    return (
        f"{_header(number, 'News of the week')}Content-Type: multipart/alternative; boundary=limit\r\n\r\n"
        f"--limit\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nneedle{number:07d}\r\n{_prose(source, 500)}\r\n"
        f"--limit\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}--limit--\r\n"
    ).encode()


def _attachment(octets: int, source: random.Random, number: int) -> bytes:
    lines = base64.encodebytes(source.randbytes(octets * 3 // 4 * 76 // 78)).replace(b"\n", b"\r\n")
    head = (
        f"{_header(number, 'Your invoice')}Content-Type: multipart/mixed; boundary=limit\r\n\r\n"
        "--limit\r\nContent-Type: text/plain\r\n\r\nEnclosed.\r\n"
        "--limit\r\nContent-Type: application/pdf; name=invoice.pdf\r\n"
        "Content-Disposition: attachment; filename=invoice.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + lines + b"--limit--\r\n"


_MAKERS: dict[str, Callable[[random.Random, int], bytes]] = {
    "1.5 kB": _text,
    "25 kB": _newsletter,
    "1 MB": lambda source, number: _attachment(1_000_000, source, number),
    "15 MB": lambda source, number: _attachment(15_000_000, source, number),
    "20 MB": lambda source, number: _attachment(20_000_000, source, number),
}
