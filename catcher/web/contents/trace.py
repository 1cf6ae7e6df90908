"""Trace header fields, as a mail server puts them on top of a message, composed from its envelope.

The stored octets have none of them. Source: RFC 5321 §4.4, RFC 5322 §3.6.7.
"""

import re
from email.utils import format_datetime

from catcher.store.model import StoredMessage

_LINE = 900
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")


def trace_fields(stored: StoredMessage) -> bytes:
    """Return Return-Path, Received and, for recipients that no header field names, Bcc; each line ends with CRLF.

    The values are the client's and may contain anything: control characters become a space, so none starts a line.
    """
    envelope, client = stored.envelope, stored.envelope.client
    named = {address.addr_spec.casefold() for address in (*stored.message.to, *stored.message.cc, *stored.message.bcc)}
    hidden = dict.fromkeys(each for each in envelope.recipients if each.casefold() not in named)
    lines = [
        f"Return-Path: <{_clean(envelope.reverse_path)}>",
        f"Received: from {_clean(client.helo) or 'unknown'} ([{_clean(client.address) or 'unknown'}])",
        f"\tby catcher with {_clean(client.protocol)} id {stored.summary.store_id}",
    ]
    if len(envelope.recipients) == 1:
        lines.append(f"\tfor <{_clean(envelope.recipients[0])}>")
    lines[-1] += "; " + format_datetime(envelope.received_at)
    lines.extend(_bcc(hidden))
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")


def _bcc(recipients: dict[str, None]) -> list[str]:
    """Return the lines of the Bcc field, one for each recipient; none without recipients."""
    addresses = [_clean(each) for each in recipients]
    if not addresses:
        return []
    ends = [","] * (len(addresses) - 1) + [""]
    starts = ["Bcc: "] + ["\t"] * (len(addresses) - 1)
    return [start + address + end for start, address, end in zip(starts, addresses, ends, strict=True)]


def _clean(text: str) -> str:
    return _UNSAFE.sub(" ", text)[:_LINE]
