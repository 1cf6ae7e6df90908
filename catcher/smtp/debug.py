"""Delivery to a text stream, in the format of `smtpd.DebuggingServer` of Python up to 3.11."""

import asyncio
from pathlib import Path
from typing import TextIO

from catcher.envelope import Envelope


class Printer:
    """A `Deliver` that prints each message and keeps none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._printed = 0

    async def __call__(self, envelope: Envelope, content: bytes | Path) -> str:
        """Print the message and return its number, from 1."""
        octets = content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)
        self._stream.write(format_message(envelope, octets) + "\n")
        self._stream.flush()
        self._printed += 1
        return str(self._printed)


def format_message(envelope: Envelope, octets: bytes) -> str:
    """Return the message between two rules, with the parameters of MAIL, if any, and an X-Peer header field added.

    Octets that are not UTF-8 become backslash escapes.
    """
    lines = ["---------- MESSAGE FOLLOWS ----------"]
    if envelope.parameters:
        lines += [f"mail options: {[_option(*parameter) for parameter in envelope.parameters]}", ""]
    text = octets.decode("utf-8", "backslashreplace").removesuffix("\n").removesuffix("\r")
    header, blank, body = text.replace("\r\n", "\n").partition("\n\n")
    lines += [header, f"X-Peer: {envelope.client.address}"]
    if blank:
        lines += ["", body]
    lines.append("------------ END MESSAGE ------------")
    return "\n".join(lines)


def _option(keyword: str, value: str | None) -> str:
    return keyword if value is None else f"{keyword}={value}"
