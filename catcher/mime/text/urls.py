"""Web addresses in plain text and in attributes of HTML, and their parts."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

MAX_URL = 8_000
"""Characters of an address in a text; the rest of a longer one is cut off."""

# Letters of scripts with spaces between words may be part of an address; those of other scripts, and all punctuation
# that is not ASCII, are the text around it.
_SPACED = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u037d\u037f-\u0386\u0388-\u052f\u1e00-\u1fff"
_IDN_HOST = (
    rf"(?:[A-Za-z0-9-]{{1,63}}\.){{0,4}}[^\W\d_A-Za-z{_SPACED}][^\W_]{{0,62}}"
    r"(?:\.[^\W_](?:[^\W_]|-){0,62}){1,5}"
)
_REST = rf"[!#-;=?-\[\]^_a-z{{|}}~{_SPACED}]{{1,{MAX_URL}}}"
_SCHEME = r"(?<![A-Za-z0-9])https?://"
_WEB = re.compile(_SCHEME, re.IGNORECASE)
_LINKABLE = re.compile(rf"{_SCHEME}|(?<![A-Za-z0-9])(?:mailto:|www\.)", re.IGNORECASE)
_BODY = re.compile(rf"{_IDN_HOST}(?:{_REST})?|{_REST}")
_IN_ANGLES = re.compile(rf"[^<>\"]{{1,{MAX_URL}}}>")
_LINE_BREAK = re.compile(r"[ \t]*(?:\r\n?|\n)[ \t]*+(?![\r\n])")
_BLANK = re.compile(r"\s")
_BREAKS = re.compile(r"[()\[\]{}?#'|]|&(?:gt|lt|quot|apos|#39);", re.IGNORECASE)
_ENTITY = re.compile(r"&[a-z]{2,8}\Z", re.IGNORECASE)
_OPENING = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,:;!?*'|^([{"
_CONTROLS = "".join(map(chr, range(0x21)))


def urls_in_text(text: str, *, linkable: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of each web address in a plain text, and the address.

    An address ends at white space, at quotation marks, an ellipsis or a backtick, at a letter of a script without
    spaces between words, at a bracket that was opened before it, and before the punctuation of the sentence; `_`, `-`,
    `=` and `~` at its end belong to it. In angle brackets it may be broken into lines (RFC 3986, appendix C): then the
    span has the line breaks, and the address has not. linkable: yield addresses that begin with "www." or "mailto:",
    too. Takes linear time.
    """
    position = reach = 0
    schemes = _LINKABLE if linkable else _WEB
    while scheme := schemes.search(text, position):
        start = scheme.start()
        before = text[start - 1 : start]
        if (enclosed := _enclosed(text, start, before)) is not None:
            position, url = enclosed
            yield start, position, url
            continue
        if scheme.end() >= reach:  # else the address is inside the run of characters of the one before it
            body = _BODY.match(text, scheme.end())
            reach = body.end() if body else scheme.end()
        position = _end(text, scheme.end(), reach, before)
        if position > scheme.end():
            yield start, position, text[start:position]
        position = max(position, scheme.end())


def _enclosed(text: str, start: int, before: str) -> tuple[int, str] | None:
    """Return the end of an address in angle brackets, and the address; None for another."""
    if before != "<" and text[max(0, start - 5) : start].lower() != "<url:":
        return None
    enclosed = _IN_ANGLES.match(text, start)
    if enclosed is None:
        return None
    url, breaks = _LINE_BREAK.subn("", enclosed[0][:-1].strip())
    if len(url) <= len("https://") or (_BLANK.search(url) if breaks else "\n" in url):
        return None  # an address may have blanks or line breaks, but a sentence has both
    return enclosed.end() - 1, url


def url_in_attribute(value: str) -> str:
    """Return the address in an attribute as browsers read it.

    Spaces and controls around it, and tabs and line breaks in it, are dropped. Source: URL Standard, "basic URL
    parser", steps 1 to 3.
    """
    return value.strip(_CONTROLS).translate(_DROPPED)


_DROPPED = {ord(character): None for character in "\t\r\n"}


def split(url: str) -> SplitResult | None:
    """Split an address into its parts; None if it is invalid."""
    try:
        parts = urlsplit(url)
        parts.port, parts.hostname  # noqa: B018 - both raise on nonsense
    except ValueError:
        return None
    return parts


def _end(text: str, start: int, end: int, before: str) -> int:
    """Return the end of an address whose scheme ends at `start`, at most `end`. before: the character before it."""
    end = _first_break(text, start, end, before)
    while end > start:
        last = text[end - 1]
        if last == ";" and (entity := _ENTITY.search(text, max(start, end - 10), end - 1)):
            end = entity.start()
        elif last in _TRAILING or (last == before and last in "_~"):  # emphasis: _https://…_
            end -= 1
        else:
            break
    return end


def _first_break(text: str, start: int, end: int, before: str) -> int:
    """Return the position of the first character that ends an address although it may occur in one."""
    depth = dict.fromkeys("([{", 0)
    is_query = False
    for match in _BREAKS.finditer(text, start, end):
        sign, at = match[0], match.start()
        if sign in "?#":
            is_query = True
        elif sign in _OPENING:
            depth[_OPENING[sign]] -= 1
            if depth[_OPENING[sign]] < 0:
                return at
        elif sign in depth:
            # brackets belong to an IPv6 host or to the names of parameters
            if (sign == "[" and not (is_query or at == start)) or text.startswith("[/", at):
                return at
            depth[sign] += 1
        elif sign == "'":
            if before == "'":
                return at
        elif sign == "|":
            if text.startswith(("http", "<"), at + 1):
                return at
        else:
            return at
    return end
