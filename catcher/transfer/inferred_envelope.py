"""The envelope of a message that came without one: from its header section, as sendmail -t reads it."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from catcher.envelope import Envelope, ForwardPath
from catcher.mime import HeaderField, header_fields, parse_addresses

_BLANK = re.compile(rb"(?:\A|\n)\r?\n")
_BCC = re.compile(rb"^(?:resent-)?bcc[ \t]*:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)


def envelope_of(content: bytes, *, received_at: datetime, reverse_path: str | None = None) -> Envelope:
    """The envelope: reverse-path from Return-Path, else From; recipients from To, Cc and Bcc.

    received_at: aware UTC. reverse_path: when it is known otherwise. Never raises; a message that names nobody is for
    nobody.
    """
    fields = _fields(content)
    return Envelope(
        reverse_path=_reverse_path(fields) if reverse_path is None else reverse_path,
        forward_paths=tuple(ForwardPath(addr_spec=one) for one in _recipients(fields)),
        received_at=received_at,
    )


def recipients_of(content: bytes) -> tuple[str, ...]:
    """Whom the header section names in To, Cc and Bcc, each once; those of Resent- fields alone when there are any.

    Source: RFC 5322 §3.6.6.
    """
    return _recipients(_fields(content))


def without_bcc(content: bytes) -> bytes:
    """The octets without the Bcc and Resent-Bcc fields of the header section; nothing else is changed."""
    blank = _BLANK.search(content)
    end = blank.start() + 1 if blank is not None else len(content)
    return _BCC.sub(b"", content[:end]) + content[end:]


def _fields(content: bytes) -> tuple[HeaderField, ...]:
    return header_fields(content, 0, len(content))


def _recipients(fields: Iterable[HeaderField]) -> tuple[str, ...]:
    fields = tuple(fields)
    resent = tuple(_addresses(fields, ("resent-to", "resent-cc", "resent-bcc")))
    return tuple(dict.fromkeys(resent or _addresses(fields, ("to", "cc", "bcc"))))


def _reverse_path(fields: Iterable[HeaderField]) -> str:
    fields = tuple(fields)
    for field in fields:
        if field.name.lower() == "return-path" and field.body.strip() == "<>":
            return ""
    return next(_addresses(fields, ("return-path",)), "") or next(_addresses(fields, ("from",)), "")


def _addresses(fields: Iterable[HeaderField], names: tuple[str, ...]) -> Iterator[str]:
    """The addresses in fields of these names, in the order of the names. A phrase without an address is none."""
    fields = tuple(fields)
    for name in names:
        for field in fields:
            if field.name.lower() == name:
                yield from (one.addr_spec for one in parse_addresses(field.body) if one.addr_spec)
