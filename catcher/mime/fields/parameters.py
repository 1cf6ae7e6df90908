"""Field bodies with parameters: Content-Type and Content-Disposition. Source: RFC 2045 §5.1, RFC 2183, RFC 2231."""

import re
from urllib.parse import unquote_to_bytes

from catcher.mime.fields.words import decode_words, one_line
from catcher.mime.text.charsets import decode

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE = re.compile(rf"\s*({_WORD})(?:\s*/\s*({_WORD}))?")
_VALUE = re.compile(rf"\s*\"?({_WORD})?\"?")
_PARAMETER = re.compile(
    r"[;\s,]*+([^\s=;\",]{1,200}+)\s*+=\s*+"  # name, "="; the preceding ";" is often missing
    r"(?:\"((?:[^\"\\]|\\.)*+)(?:\"|$)|([^;\"]*+))",
    re.DOTALL,
)
_SKIP = re.compile(r"[^;]*;")
_ESCAPED = re.compile(r'\\([\\"])')
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,5}))?(\*)?$", re.DOTALL)
_QUOTES_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|$)|[()]|\\.|[^"()\\]+', re.DOTALL)
_USUAL = {
    f"{media_type}{charset}": (media_type, (("charset", name),) if charset else ())
    for media_type in ("text/plain", "text/html")
    for charset, name in (
        ("", ""),
        ("; charset=utf-8", "utf-8"),
        ('; charset="utf-8"', "utf-8"),
        ("; charset=UTF-8", "UTF-8"),
        ('; charset="UTF-8"', "UTF-8"),
        ("; charset=us-ascii", "us-ascii"),
        ('; charset="us-ascii"', "us-ascii"),
    )
}
"""The commonest Content-Type bodies of texts, which need no parsing."""
_MAX_OCTETS = 65_536
_MAX_PARAMETERS = 1_000


def media_type_of(body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Parse media type (lower case) and parameters of a Content-Type body.

    An empty body is "text/plain"; a lone word such as "text" is returned unchanged; anything that does not start with
    a token is "application/octet-stream". Parameters: names in lower case, the first of a name counts.
    """
    if usual := _USUAL.get(body):
        return usual
    body = without_comments(body[:_MAX_OCTETS])
    if not body.strip():
        return "text/plain", ()
    found = _MEDIA_TYPE.match(body)
    if not found:
        return "application/octet-stream", _parameters(body, 0)
    kind = found[1] if found[2] is None else f"{found[1]}/{found[2]}"
    return kind.lower(), _parameters(body, found.end()) if found.end() < len(body) else ()


def disposition_of(body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Parse disposition ("inline", "attachment", "" if absent) and parameters of a Content-Disposition body.

    Other dispositions count as attachment (RFC 2183 §2.8), form-data without a file name as absent.
    """
    body = without_comments(body[:_MAX_OCTETS])
    found = _VALUE.match(body)
    word = (found[1] or "").lower() if found else ""
    is_bare_parameter = body[found.end() :].lstrip().startswith("=") if found else False
    parameters = _parameters(body, found.end() if found and not is_bare_parameter else 0)
    if not word or is_bare_parameter:
        return "", parameters
    if word in ("inline", "attachment"):
        return word, parameters
    names = {name for name, _ in parameters}
    return ("" if word == "form-data" and "filename" not in names else "attachment"), parameters


def without_comments(body: str) -> str:
    """Return `body` without comments in parentheses outside quotes. Source: RFC 822 §3.4.3."""
    if "(" not in body:
        return body
    out: list[str] = []
    depth = 0
    for found in _QUOTES_OR_COMMENT.finditer(body):
        piece = found[0]
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(piece)
    return "".join(out)


def _parameters(body: str, start: int) -> tuple[tuple[str, str], ...]:
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    at, end = start, len(body)
    for _ in range(_MAX_PARAMETERS):
        if at >= end:
            break
        found = _PARAMETER.match(body, at)
        if found is None:
            skipped = _SKIP.match(body, at)
            if skipped is None:
                break
            at = skipped.end()
            continue
        at = found.end()
        name = found[1].lower()
        value = _ESCAPED.sub(r"\1", found[2]) if found[2] is not None else found[3].strip()
        if found[2] is not None and body[at : at + 1] == '"':
            at = (_SKIP.match(body, at) or found).end()
        if "*" in name:
            _add_section(sections, name, value)
        else:
            plain.setdefault(name, value if name == "boundary" else decode_words(value))
    for name, parts in sections.items():
        plain[name] = _join_sections(parts)
    return tuple(plain.items())


def _add_section(sections: dict[str, dict[int, tuple[str, bool]]], name: str, value: str) -> None:
    found = _SECTION.match(name)
    if found is not None:
        number = int(found[2]) if found[2] else 0
        sections.setdefault(found[1], {}).setdefault(number, (value, bool(found[3])))


def _join_sections(parts: dict[int, tuple[str, bool]]) -> str:
    """Join the sections of a parameter by number, ignoring gaps, and decode its charset."""
    charset = ""
    octets: list[bytes] = []
    is_extended = False
    for i, (_, (value, is_encoded)) in enumerate(sorted(parts.items())):
        if is_encoded and i == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        is_extended |= is_encoded
        octets.append(unquote_to_bytes(value) if is_encoded else value.encode("utf-8", "replace"))
    text = decode(b"".join(octets), charset)
    # encoded-words in sections are against RFC 2231 and sent all the same
    return one_line(text) if is_extended and charset else decode_words(text)
