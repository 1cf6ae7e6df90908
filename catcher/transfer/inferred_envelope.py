"""Envelopes inferred from the header section, as `sendmail -t` does, for messages without one."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from catcher.envelope import Envelope, ForwardPath
from catcher.mime import HeaderField, header_fields, parse_addresses

_BLANK = re.compile(rb"(?:\A|\n)\r?\n")
_BCC = re.compile(rb"^(?:resent-)?bcc[ \t]*:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)


def infer_envelope(content: bytes, *, received_at: datetime, reverse_path: str | None = None) -> Envelope:
    """Return the envelope: reverse-path from Return-Path, else From; recipients from To, Cc and Bcc.

    received_at: aware UTC. reverse_path: when it is known. Never raises; the envelope of a message without recipients
    has none.
    """
    fields = header_fields(content, 0, len(content))
    return Envelope(
        reverse_path=_reverse_path(fields) if reverse_path is None else reverse_path,
        forward_paths=tuple(ForwardPath(addr_spec=one) for one in _recipients(fields)),
        received_at=received_at,
    )


def header_recipients(content: bytes) -> tuple[str, ...]:
    """Return the addresses in To, Cc and Bcc, each once; only those of Resent- fields when there are any.

    Source: RFC 5322 §3.6.6.
    """
    return _recipients(header_fields(content, 0, len(content)))


def remove_bcc(content: bytes) -> bytes:
    """Return the octets without the Bcc and Resent-Bcc fields of the header section, otherwise unchanged."""
    blank = _BLANK.search(content)
    end = blank.start() + 1 if blank is not None else len(content)
    return _BCC.sub(b"", content[:end]) + content[end:]


def _recipients(fields: Sequence[HeaderField]) -> tuple[str, ...]:
    resent = tuple(_addresses(fields, "resent-to", "resent-cc", "resent-bcc"))
    return tuple(dict.fromkeys(resent or _addresses(fields, "to", "cc", "bcc")))


def _reverse_path(fields: Sequence[HeaderField]) -> str:
    if any(field.name.lower() == "return-path" and field.body.strip() == "<>" for field in fields):
        return ""
    return next(_addresses(fields, "return-path", "from"), "")


def _addresses(fields: Sequence[HeaderField], *names: str) -> Iterator[str]:
    """Yield the addresses in the fields of these names, in the order of the names; phrases without one are left out."""
    for name in names:
        for field in fields:
            if field.name.lower() == name:
                yield from (one.addr_spec for one in parse_addresses(field.body) if one.addr_spec)
