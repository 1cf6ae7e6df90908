"""What the first process and a worker say to each other: frames over the socket that is the worker's standard input.

A frame is its length in four octets, then as many octets: the first one is the `Handover`, all others are JSON. There
is no word for "stop": whoever sees the end of the stream, because the other closed it or died, ends.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from catcher.hooks import Occasion, Verdict

_LENGTH = 4


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The worker takes mail."""


class Leaving(msgspec.Struct, frozen=True, tag=True):
    """The worker ends by itself, and takes no new connections any more."""


class Question(msgspec.Struct, frozen=True, tag=True):
    """The worker asks what is to happen at a stage of one of its dialogues. number: for the answer."""

    number: int
    occasion: Occasion


class Answer(msgspec.Struct, frozen=True, tag=True):
    """The first process tells it."""

    number: int
    verdict: Verdict | None


Said: TypeAlias = Ready | Leaving | Question | Answer

_decode: Callable[[bytes], Said] = msgspec.json.Decoder(Said).decode


class Channel:
    """One end, in an event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> "Channel":
        """The end of a pair of sockets, which then belongs to the channel."""
        return cls(*await asyncio.open_unix_connection(sock=end))

    def say(self, said: Said) -> None:
        """Send it soon."""
        self.send(msgspec.json.encode(said))

    def send(self, frame: bytes) -> None:
        """Send a frame soon; into a closed channel it goes nowhere."""
        if not self._writer.is_closing():
            self._writer.write(framed(frame))

    async def heard(self) -> Said | None:
        """What the other says next; None when it has closed the channel, or is no more."""
        try:
            length = int.from_bytes(await self._reader.readexactly(_LENGTH))
            return _decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, OSError):
            return None

    def close(self) -> None:
        """Let the other see the end. Safe to call twice."""
        self._writer.close()


def framed(octets: bytes) -> bytes:
    """The octets as a frame."""
    return len(octets).to_bytes(_LENGTH) + octets


def read_frame(end: socket.socket) -> bytes:
    """The next frame, without an event loop. Raises EOFError when the other end is gone."""
    length = int.from_bytes(_read(end, _LENGTH))
    return _read(end, length)


def _read(end: socket.socket, number: int) -> bytes:
    octets = end.recv(number, socket.MSG_WAITALL)
    if len(octets) < number:
        raise EOFError
    return octets
