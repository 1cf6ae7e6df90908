"""Encoded-words in header fields, as specified and as sent. Source: RFC 2047, RFC 2231 §5."""

import re

from catcher.mime.codings import decode_base64, decode_q
from catcher.mime.text.charset_names import codec_of
from catcher.mime.text.charsets import decode, strict

MAX_WORDS = 10_000
"""Encoded-words that are decoded in one text; further ones are left unchanged."""

_START = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?")
CONTROLS = dict.fromkeys((*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
"""Translation table of characters that are not allowed in one line of text."""

_BROKEN = re.compile("[\ud800-\udfff]")


def decode_words(text: str) -> str:
    """Decode the encoded-words of `text`, to one line without control characters.

    White space between adjacent words is dropped, characters split over them are joined, words inside quotes or
    adjacent to other text are decoded, base64 needs no padding, an unknown charset is detected. What only resembles an
    encoded-word is left unchanged. Linear time; never raises.
    """
    if "=?" not in text:
        return one_line(text)
    out: list[str] = []
    run: list[tuple[str, bytes]] = []
    done = 0
    for _ in range(MAX_WORDS):
        start = _START.search(text, done)
        if start is None:
            break
        close = text.find("?=", start.end())
        if close < 0:
            break
        between = text[done : start.start()]
        if between and not (run and between.isspace()):
            out.append(_text_of_run(run))
            run = []
            out.append(between)
        run.append((start[1].split("*", 1)[0], _octets_of(start[2], text[start.end() : close])))
        done = close + 2
    out.append(_text_of_run(run))
    out.append(text[done:])
    return one_line("".join(out))


def one_line(text: str) -> str:
    """Replace line breaks and other control characters by spaces, surrogates by U+FFFD."""
    return text if text.isprintable() else _BROKEN.sub("\ufffd", text.translate(CONTROLS))


def _octets_of(encoding: str, encoded: str) -> bytes:
    raw = encoded.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(raw.translate(_URL_SAFE))
    return decode_q(raw)


_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def _text_of_run(run: list[tuple[str, bytes]]) -> str:
    """Decode adjacent encoded-words: each on its own if that works, else those of one charset joined first."""
    if len(run) == 1:
        return decode(run[0][1], run[0][0])
    out: list[str] = []
    i = 0
    while i < len(run):
        charset, octets = run[i]
        i += 1
        pieces = [octets]
        while i < len(run) and run[i][0].lower() == charset.lower():
            pieces.append(run[i][1])
            i += 1
        out.append(_join(charset, pieces))
    return "".join(out)


def _join(charset: str, pieces: list[bytes]) -> str:
    codec = codec_of(charset)
    if codec and len(pieces) > 1:
        texts = [strict(piece, codec) for piece in pieces]
        if None not in texts:
            return "".join([text for text in texts if text is not None])
    return decode(b"".join(pieces), charset)
