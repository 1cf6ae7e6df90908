"""Parser for the arguments of MAIL and RCPT: a path and parameters. RFC 5321 §4.1.2.

Applications send more than the grammar allows. Unambiguous deviations are accepted with a note, others are refused.
"""

import re
from dataclasses import dataclass

from catcher.envelope import Parameters
from catcher.smtp.replies import Reply

MAX_ADDRESS_OCTETS = 1024

# The syntax of nearly all clients; `_read_odd` handles the rest.
_USUAL = {
    keyword: re.compile(
        rb"(?i:" + keyword + rb":)<((?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)?)>(?: ([!-~][ -~]*))?"
    )
    for keyword in (b"FROM", b"TO")
}
_KEYWORD = {keyword: re.compile(rb"(?i:\s*" + keyword + rb"(\s*):(\s*))") for keyword in (b"FROM", b"TO")}

_BRACKETED = re.compile(rb'<((?:"(?:[^"\\]|\\.)*"|[^">])*)>', re.DOTALL)

# Mailbox of RFC 5321 §4.1.2 and RFC 6531 §3.3, relaxed in two places: dots anywhere in a local part (some mobile
# carriers assign such addresses) and any label characters in a domain.
_LOCAL_PART = r'(?:[^\s"(),:;<>@\[\\\]\x00-\x1f\x7f]+|"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*")'
_DOMAIN = r"(?:[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f]+|\[[^\s\[\\\]\x00-\x1f\x7f]+\])"
_MAILBOX = re.compile(rf"{_LOCAL_PART}(?:@{_DOMAIN})?")

_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\x00-\x20\x7f]+))?")


@dataclass(frozen=True, slots=True)
class PathArgument:
    """The argument of MAIL or RCPT. addr_spec: "" is the null path. notes: accepted deviations from the grammar."""

    addr_spec: str
    parameters: Parameters = ()
    notes: tuple[str, ...] = ()


def read_path(argument: bytes, keyword: bytes) -> PathArgument | Reply:
    """Parse the argument of MAIL or RCPT; return it or the reply that refuses it.

    keyword: b"FROM" or b"TO". An address that is not UTF-8 is decoded as Latin-1.
    """
    usual = _USUAL[keyword].fullmatch(argument)
    if usual is not None and len(argument) < MAX_ADDRESS_OCTETS:
        address, rest = usual.groups()
        if not rest:
            return PathArgument(address.decode()) if address or keyword == b"FROM" else Reply.BAD_TO
        parameters = read_parameters(rest.decode())
        if parameters is not None and (address or keyword == b"FROM"):
            return PathArgument(address.decode(), parameters)
    return _read_odd(argument, keyword)


def read_parameters(text: str) -> Parameters | None:
    """Parse ESMTP parameters, with keywords in upper case; None if one is not of the form KEYWORD or KEYWORD=value.

    A value may contain "=", although RFC 5321 §4.1.2 forbids it: base64 is often sent unencoded.
    """
    parameters = []
    for word in text.split():
        match = _PARAMETER.fullmatch(word)
        if match is None:
            return None
        keyword, value = match.groups()
        parameters.append((keyword.upper(), value))
    return tuple(parameters)


def _read_odd(argument: bytes, keyword: bytes) -> PathArgument | Reply:
    refusal = Reply.BAD_FROM if keyword == b"FROM" else Reply.BAD_TO
    start = _KEYWORD[keyword].match(argument)
    if start is None:
        return refusal
    notes = [f"space around the colon of {keyword.decode()}:"] if start[1] or start[2] else []
    path = argument[start.end() :]
    raw, rest = _split(path, notes)
    try:
        parameters = read_parameters(rest.decode())
    except UnicodeDecodeError:
        parameters = None
    if parameters is None:
        return Reply.BAD_PARAMETER
    address = _read_address(raw, notes)
    if isinstance(address, Reply):
        return address
    is_null_path = keyword == b"FROM" and _BRACKETED.match(path) is not None
    if not address and not is_null_path:
        return refusal
    return PathArgument(address, parameters, tuple(notes))


def _split(path: bytes, notes: list[str]) -> tuple[bytes, bytes]:
    """Return the address in the path and the rest after it."""
    name, bracket, _ = path.partition(b"<")
    if not bracket:
        address, _, rest = path.partition(b" ")
        if b"=" in address and b"@" not in address:
            return b"", path  # the parameters of a path that is missing
        if address:
            notes.append("address without angle brackets")
        return address, rest
    if name.strip():
        notes.append("display name before the address")
    path = path[len(name) :]
    bracketed = _BRACKETED.match(path)
    if bracketed is None:
        notes.append("angle bracket not closed")
        address, _, rest = path[1:].partition(b" ")
        return address, rest
    address, rest = bracketed[1], path[bracketed.end() :]
    # "<Name <a@b>>" and "<<a@b>>" come from templates that add brackets to what has them already.
    if b"<" in address and not address.startswith(b'"'):
        notes.append("angle brackets within angle brackets")
        address, rest = address.rpartition(b"<")[2], rest.removeprefix(b">")
    if rest and not rest[:1].isspace():
        notes.append("no space before the parameters")
    return address, rest


def _read_address(raw: bytes, notes: list[str]) -> str | Reply:
    if raw != raw.strip():
        notes.append("space within the angle brackets")
        raw = raw.strip()
    if len(raw) > MAX_ADDRESS_OCTETS:
        return Reply.ADDRESS_TOO_LONG
    if raw.startswith(b"@") and b":" in raw:
        notes.append("source route, ignored")  # RFC 5321 appendix C
        raw = raw.partition(b":")[2]
    try:
        address = raw.decode()
    except UnicodeDecodeError:
        notes.append("address is not UTF-8, read as Latin-1")
        address = raw.decode("latin-1")
    if address and _MAILBOX.fullmatch(address) is None:
        return Reply.BAD_ADDRESS
    if address and "@" not in address and address.lower() != "postmaster":  # RFC 5321 §4.1.1.3 allows that one alone
        notes.append("address without a domain")
    return address
