"""Encoding of header fields: no line breaks, ASCII only, valid addresses.

The rules are Django's: encoded-words (RFC 2047) for non-ASCII text, IDNA for domains, and an error for every CR and
LF, because a line break in a field body starts another field of an attacker's choice.
"""

import re
from collections.abc import Callable, Iterable
from email._header_value_parser import get_mailbox
from email.charset import Charset
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.policy import default as default_policy
from email.utils import formataddr, getaddresses
from typing import Any

from catcher.mail import settings
from catcher.mail.exceptions import BadHeaderError

__all__ = [
    "ADDRESS_HEADERS",
    "ascii_domains",
    "bare_address",
    "check_message",
    "envelope_address",
    "envelope_of",
    "forbid_multi_line_headers",
    "sanitize_address",
]

ADDRESS_HEADERS = frozenset(
    {
        *("from", "sender", "reply-to", "to", "cc", "bcc"),
        *("resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc"),
    }
)
"""Lower-case names of address fields. Source: RFC 5322 §3.6.2, §3.6.3, §3.6.6."""

_NEWLINE = re.compile(r"[\r\n]")
# Not line breaks in mail, but email.header folds where str.splitlines() splits, and would write a bare LF.
_OTHER_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# addr-spec = dot-atom "@" dot-atom (RFC 5322 §3.4.1), nearly every address; the full parser takes 50 µs more.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_ATOM}(?:\.{_ATOM})*)")


def forbid_multi_line_headers(name: str, val: object, encoding: str | Charset | None = None) -> tuple[str, str]:
    """Return a header field as (name, body): `val` as text, encoded if it is not ASCII.

    `encoding` is the charset of encoded-words, DEFAULT_CHARSET when None. Raises BadHeaderError for CR or LF in the
    name or body, ValueError for an address field that is not ASCII and does not parse.
    """
    encoding = encoding or settings.DEFAULT_CHARSET
    text = str(val)
    if _NEWLINE.search(text) or _NEWLINE.search(str(name)):
        raise BadHeaderError(f"Header values can't contain newlines (got {text!r} for header {name!r})")
    text = _OTHER_BREAKS.sub(" ", text)
    if text.isascii():
        # Subjects are folded here: the generators of some Python versions leave a long line unfolded.
        return name, Header(text).encode() if name.lower() == "subject" else text
    if name.lower() in ADDRESS_HEADERS:
        return name, ", ".join(sanitize_address(pair, encoding) for pair in getaddresses([text]))
    return name, Header(text, encoding).encode()


def sanitize_address(addr: str | tuple[str, str], encoding: str | Charset) -> str:
    """Format one address for a header field: `Name <local@domain>` in ASCII.

    `addr` is an address with or without display name, or a (name, addr-spec) pair. The name is written as encoded-words
    in `encoding`, a non-ASCII domain as IDNA. Raises BadHeaderError for line breaks and ValueError unless it is exactly
    one address.
    """
    name, local_part, domain = _parts(addr)
    if not local_part.isascii():
        local_part = Header(local_part, encoding).encode()
    spec = _addr_spec(local_part, domain, addr)
    name = _OTHER_BREAKS.sub(" ", name)
    return formataddr((Header(name, None if name.isascii() else encoding).encode(), spec)) if name else spec


def envelope_address(addr: str, encoding: str | Charset) -> str:
    """Return the addr-spec of one address for MAIL FROM and RCPT TO; "<>" gives "", the null reverse-path.

    A non-ASCII local-part becomes an encoded-word, as in Django 5.2; if messages are built with a policy
    (EMAIL_MESSAGE_POLICY), it is a ValueError, as in Django 6. Raises as `sanitize_address()`.
    """
    if addr == "<>":
        return ""
    _, local_part, domain = _parts(addr)
    if not local_part.isascii():
        if settings.EMAIL_MESSAGE_POLICY is not None:
            raise ValueError(f"Invalid address {addr!r}: local-part contains non-ASCII characters")
        local_part = Header(local_part, encoding).encode()
    return _addr_spec(local_part, domain, addr)


def envelope_of(message: Any, address: Callable[..., str] = envelope_address) -> tuple[str, list[str]]:
    """Return reverse-path and forward-paths of a message, formatted by `address`; both empty without recipients."""
    recipients = message.recipients()
    if not recipients:
        return "", []
    encoding = getattr(message, "encoding", None) or settings.DEFAULT_CHARSET
    reverse_path = address(str(message.from_email), encoding=encoding)
    return reverse_path, [address(str(recipient), encoding=encoding) for recipient in recipients]


def bare_address(addr: str) -> str:
    """Return the addr-spec of one address unencoded, for servers with SMTPUTF8; raises as `sanitize_address()`."""
    _, local_part, domain = _parts(addr)
    return Address(username=local_part, domain=domain).addr_spec


def ascii_domains(field_body: str) -> str:
    """Convert the domains of an address field to IDNA; a body that is not a list of addresses is returned unchanged."""
    addresses = []
    for address in default_policy.header_factory("To", field_body).addresses:
        domain = address.domain
        if not address.username or not domain:
            return field_body
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        addresses.append(str(Address(address.display_name, address.username, ascii_domain)))
    return ", ".join(addresses) or field_body


def check_message(message: Any) -> None:
    """Raise BadHeaderError for a message that allows header injection.

    `message` is any object with some of EmailMessage's attributes. Checked for CR and LF are subject,
    sender, recipients, extra header fields, and file names and media types of attachments; the error names the
    argument.
    """
    for name, value in _written_values(message):
        if value is not None and _NEWLINE.search(str(value)):
            if name == "bcc":
                raise BadHeaderError(f"Invalid address; address parts cannot contain newlines (got {value!r} in bcc).")
            raise BadHeaderError(f"Header values can't contain newlines (got {str(value)!r} for header {name!r})")


def _written_values(message: Any) -> Iterable[tuple[str, object]]:
    yield "Subject", getattr(message, "subject", None)
    yield "From", getattr(message, "from_email", None)
    for argument, name in (("to", "To"), ("cc", "Cc"), ("bcc", "bcc"), ("reply_to", "Reply-To")):
        for address in getattr(message, argument, None) or ():
            yield name, address
    for name, value in dict(getattr(message, "extra_headers", None) or {}).items():
        yield str(name), value
        yield repr(name), name
    for attachment in getattr(message, "attachments", None) or ():
        if isinstance(attachment, tuple):
            yield "Content-Disposition", attachment[0]
            yield "Content-Type", attachment[2] if len(attachment) > 2 else None


def _parts(addr: str | tuple[str, str]) -> tuple[str, str, str]:
    """Return display name, local-part and domain, "" if absent; raises as `sanitize_address()`."""
    if isinstance(addr, tuple):
        name, spec = str(addr[0] or ""), str(addr[1] or "")
        local_part, at, domain = spec.rpartition("@")
        if not at:
            local_part, domain = spec, ""
        elif not (local_part and domain):
            raise ValueError(f"Invalid address {addr!r}")
    else:
        text = str(addr)
        if plain := _PLAIN_ADDRESS.fullmatch(text):
            return "", plain[1], plain[2]
        name, local_part, domain = _parsed(text)
    if _NEWLINE.search(name + local_part + domain):
        raise BadHeaderError("Invalid address; address parts cannot contain newlines.")
    if not local_part:
        raise ValueError(f"Invalid address {addr!r}")
    return name, local_part, domain


def _parsed(text: str) -> tuple[str, str, str]:
    if _NEWLINE.search(text):
        raise BadHeaderError("Invalid address; address parts cannot contain newlines.")
    try:
        mailbox, rest = get_mailbox(text)
        # Malformed input makes the parser and its properties fail in many ways; deep nesting exhausts the stack.
        parts = (mailbox.display_name or "", mailbox.local_part or "", mailbox.domain or "")
    except (HeaderParseError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        raise ValueError(f"Invalid address {text!r}") from None
    if rest:
        raise ValueError(f"Invalid address; only {mailbox!s} could be parsed from {text!r}")
    return parts


def _addr_spec(local_part: str, domain: str, addr: object) -> str:
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        return Address(username=local_part, domain=ascii_domain).addr_spec
    except (ValueError, HeaderParseError, LookupError) as error:
        raise ValueError(f"Invalid address {addr!r}: {error}") from None
