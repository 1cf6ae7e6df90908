"""Syntax of web, mailto and tel addresses, and one-time links. Source: RFC 3986, RFC 6068, RFC 3966."""

import re
from functools import lru_cache
from urllib.parse import unquote

from catcher.mime.text.urls import split
from catcher.net.guard import literal_address

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
_LOCAL_PART = re.compile(r"(?:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+|\"[^\"]*\")\Z")
_TEL = re.compile(r"\+?[0-9*#().\-\s]*[0-9*#][0-9*#().\-\s]*\Z")
_HEX_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# fields a mail program sets from a mailto link; others are dropped by careful programs (RFC 6068 §4)
_MAILTO_FIELDS = frozenset({"to", "cc", "bcc", "subject", "body", "in-reply-to", "keywords", "references"})
_ONE_TIME_WORDS = re.compile(
    r"(?<![a-z])(?:un-?subscribe|opt-?out|abmelden|confirm(?:ation)?|verif(?:y|ication)|activat(?:e|ion)|reset|"
    r"magic|login|log-in|signin|sign-in|invite|invitation|token|otp|one-?time|accept|approve|decline|rsvp|delete|cancel|"
    r"password|passwort)(?![a-z])"
)
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_CHANGES = re.compile(r"(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]")
_INTERNAL_NAMES = (".local", ".localhost", ".internal", ".test", ".invalid", ".example", ".lan", ".home.arpa")


def scheme_of(url: str) -> str:
    """Return the scheme in lower case, "" for a relative address."""
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def fault_of_web(url: str) -> str:
    """Return what is wrong with an http or https address, "" for nothing."""
    parts = split(url)
    if parts is None:
        return "cannot be taken apart into host, port and path"
    if not parts.hostname:
        return "has no host"
    if any(character.isspace() for character in url):
        return "has white space in it"
    if not _is_host(parts.hostname):
        return "has an invalid host name"
    if _HEX_ESCAPE.search(url):
        return "has a percent sign that is no escape"
    return ""


@lru_cache(maxsize=1_000)
def _is_host(name: str) -> bool:
    return literal_address(name) is not None or _is_domain(name)


def fault_of_mailto(url: str) -> str:
    """Return what is wrong with a mailto link, "" for nothing. Source: RFC 6068 §2."""
    path, _, query = url[len("mailto:") :].partition("?")
    fields = [field.partition("=") for field in query.split("&") if field]
    recipients = [address for address in path.split(",") if address]
    recipients += [unquote(value) for name, _, value in fields if name.lower() == "to"]
    if not recipients and not fields:
        return "names no recipient"
    for recipient in recipients:
        if fault := _fault_of_address(unquote(recipient).strip()):
            return fault
    for name, equals, _ in fields:
        if not equals:
            return f"has a field {name[:40]!r} without value"
        if unquote(name).lower() not in _MAILTO_FIELDS:
            return f"sets the field {unquote(name)[:40]!r}, which mail programs drop"
    if any(character.isspace() for character in url):
        return "has white space that is not escaped"
    return ""


def _fault_of_address(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    if not at or not _LOCAL_PART.match(local_part) or not _is_domain(domain.strip("[]")):
        return f"names {address[:80]!r}, which is not an address"
    return ""


def _is_domain(domain: str) -> bool:
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return False
    labels = plain.removesuffix(".").split(".")
    return len(plain) <= 253 and all(_LABEL.match(label) for label in labels)


def fault_of_tel(url: str) -> str:
    """Return what is wrong with a tel link, "" for nothing. Source: RFC 3966 §3."""
    number = unquote(url[len("tel:") :].split(";", 1)[0])
    if not _TEL.match(number):
        return "is not a telephone number"
    if any(character.isspace() for character in number):
        return "has spaces in its number"
    if not number.startswith("+") and ";phone-context=" not in url.lower():
        return "has no country code, so it works in one country only"
    return ""


def is_one_time(url: str) -> bool:
    """Return whether following the link may have an effect: it names an action such as unsubscribing, or has a token.

    A token is a UUID, or a run of at least 16 letters and digits that changes between the two at least three times.
    """
    parts = split(url)
    if parts is None:
        return False
    place = unquote(f"{parts.path}?{parts.query}#{parts.fragment}").lower()
    if _ONE_TIME_WORDS.search(place) or _UUID.search(place):
        return True
    return any(len(_CHANGES.findall(run)) >= 3 for run in _RUN.findall(f"{parts.path}/{parts.query}"))


def is_internal_host(host: str) -> bool:
    """Return whether a host is internal: an IP address, a single label, or a reserved or local domain."""
    name = host.lower().rstrip(".")
    return literal_address(name) is not None or "." not in name or name.endswith(_INTERNAL_NAMES)
