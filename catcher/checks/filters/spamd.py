"""Client of SpamAssassin's spamd over TCP or a Unix socket. Source: SPAMC/SPAMD protocol 1.5 of SpamAssassin."""

import asyncio
import re
from contextlib import suppress

from catcher.checks.filters.model import SpamError, SpamRule, SpamVerdict, by_points
from catcher.envelope import Envelope
from catcher.mime import Octets

MAX_MESSAGE = 2_000_000
"""Octets of a message that are sent; spamd refuses or spends minutes on more."""
MAX_ANSWER = 1_000_000
"""Octets of a response that are read."""

_STATUS = re.compile(rb"SPAMD/[\d.]+ (\d+) (.*)")
_SPAM = re.compile(r"^Spam:\s*(True|False|Yes|No)\s*;\s*(-?[\d.]+)\s*/\s*(-?[\d.]+)", re.IGNORECASE | re.MULTILINE)
# " 1.2 NAME   words", with the words going on in lines that are indented
_RULE = re.compile(r"^\*?\s*(-?\d+(?:\.\d+)?)\s+([A-Z][A-Z0-9_]{2,})\s+(.*)$")
_MORE = re.compile(r"^\*?\s{8,}(\S.*)$")


class Spamd:
    """A spamd server. address: "host:port", "host" (port 783) or "unix:/path". timeout: seconds per request."""

    name = "SpamAssassin"

    def __init__(self, address: str = "127.0.0.1:783", *, timeout: float = 30.0, user: str = "") -> None:
        self._path = address.removeprefix("unix:") if address.startswith(("unix:", "/")) else ""
        host, colon, port = address.rpartition(":")
        self._host = (host if colon else address).strip("[]") or "127.0.0.1"
        self._port = int(port) if colon and port.isdigit() else 783
        self._timeout = timeout
        self._user = user

    async def ask(self, octets: Octets, envelope: Envelope) -> SpamVerdict:
        """Return the verdict on the message. Raises SpamError."""
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._talk(_request(bytes(octets[:MAX_MESSAGE]), self._user))
        except TimeoutError as error:
            raise SpamError(f"spamd gave no answer within {self._timeout:g} seconds") from error
        except OSError as error:
            raise SpamError("spamd cannot be reached", detail=str(error)) from error
        return read_answer(answer)

    async def _talk(self, request: bytes) -> bytes:
        if self._path:
            reader, writer = await asyncio.open_unix_connection(self._path)
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(request)
            await writer.drain()
            writer.write_eof()
            return await _all(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def _all(reader: asyncio.StreamReader) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while size < MAX_ANSWER and (piece := await reader.read(65_536)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _request(message: bytes, user: str) -> bytes:
    fields = [b"REPORT SPAMC/1.5", f"Content-length: {len(message)}".encode()]
    if user:
        fields.append(f"User: {user}".encode())
    return b"\r\n".join([*fields, b"", message])


def read_answer(answer: bytes) -> SpamVerdict:
    """Return the verdict in a response to REPORT. Raises SpamError for an invalid one."""
    status = _STATUS.match(answer)
    if status is None:
        raise SpamError("the answer is not spamd's")
    if status[1] != b"0":
        raise SpamError(f"spamd says {status[2].decode('ascii', 'replace').strip()[:100]}")
    head, _, body = answer.partition(b"\r\n\r\n")
    spam = _SPAM.search(head.decode("utf-8", "replace"))
    if spam is None:
        raise SpamError("spamd's answer has no verdict")
    return SpamVerdict(
        score=float(spam[2]),
        threshold=float(spam[3]),
        is_spam=spam[1].lower() in ("true", "yes"),
        rules=by_points(_rules(body.decode("utf-8", "replace"))),
    )


def _rules(report: str) -> list[SpamRule]:
    """Return the rules in the table at the end of a report."""
    rules: list[SpamRule] = []
    _, _, table = report.rpartition("\n---")
    for line in table.splitlines():
        found = _RULE.match(line)
        more = _MORE.match(line)
        if found is not None:
            rules.append(SpamRule(name=found[2], score=float(found[1]), description=found[3].strip()))
        elif more is not None and rules:
            last = rules[-1]
            words = f"{last.description} {more[1].strip()}".strip()
            rules[-1] = SpamRule(name=last.name, score=last.score, description=words)
    return rules
