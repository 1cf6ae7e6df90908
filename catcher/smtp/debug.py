"""Prints messages as `smtpd.DebuggingServer` of Python up to 3.11 did: a deliver that keeps nothing."""

import asyncio
from pathlib import Path
from typing import TextIO

from catcher.envelope import Envelope


class Printer:
    """Takes messages and prints each to a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._printed = 0

    async def __call__(self, envelope: Envelope, content: bytes | Path) -> str:
        """Print the message; the answer is its number, from 1."""
        octets = content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)
        self._stream.write(printed(envelope, octets) + "\n")
        self._stream.flush()
        self._printed += 1
        return str(self._printed)


def printed(envelope: Envelope, octets: bytes) -> str:
    """The message between two rules, with an X-Peer field at the end of the header section.

    The options of MAIL come first when there are any. Octets that are not UTF-8 are shown as backslash escapes.
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
