"""Records of messages in archives: envelope, tags, inboxes and marks, which the octets of a message do not have.

A folder, a Maildir and a zip file hold them in a file of JSON lines beside the messages, an mbox file in a header field
on top of each message. Other programs ignore both.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct

from catcher.envelope import Envelope

FILE_NAME = ".catcher-envelopes.jsonl"
"""The file of the records in a folder, in the top folder of a Maildir and in a zip file."""

FIELD_NAME = "X-Catcher-Envelope"
"""The header field of the record in an mbox file."""

FIELD_END = b" }\n"
"""The last line of the field and no other one, also in front of a message that begins with a space."""

MAX_OCTETS = 16 * 1024 * 1024
"""Maximum size of a record: of the recipients that one transaction can have."""

_MAX_FILE = 1024 * 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024
_FOLD = re.compile(r"(.{100,}?) (?=[^ ])")


class MessageRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a catcher knows of a message besides its octets.

    file: name of the message's file, "" in an mbox file. is_crlf, is_open (mbox only): line ends are LF in the file and
    CRLF in the message; the message does not end with the line end that the file has.
    """

    file: str = ""
    envelope: Envelope
    tags: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    is_read: bool = False
    is_pinned: bool = False
    is_crlf: bool = False
    is_open: bool = False


class _Named(Struct):
    file: str


def record_line(record: MessageRecord) -> bytes:
    """Return a record as a line of JSON in ASCII."""
    return json.dumps(msgspec.to_builtins(record), separators=(",", ":")).encode() + b"\n"


def record_field(record: MessageRecord) -> bytes:
    """Return a record as a header field in ASCII, folded at spaces, with LF as line end."""
    text = json.dumps(msgspec.to_builtins(record)).removesuffix("}")
    return f"{FIELD_NAME}: ".encode() + _FOLD.sub("\\1\n ", text).encode() + b"\n" + FIELD_END


def read_record(octets: bytes) -> MessageRecord | None:
    """Return the record of a line of JSON or of a header field; None for anything else.

    Records come from files of any origin: a line end in an address would become a line of its own in `Received`.
    """
    name, separator, body = octets.partition(b":")
    if separator and name == FIELD_NAME.encode():
        octets = body.replace(b"\r\n", b"").replace(b"\n", b"")
    try:
        record = msgspec.json.decode(octets, type=MessageRecord)
        received_at = record.envelope.received_at
        aware = received_at if received_at.tzinfo else received_at.replace(tzinfo=UTC)
        envelope = msgspec.structs.replace(record.envelope, received_at=aware.astimezone(UTC))
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError, RecursionError):
        return None
    if any("\r" in text or "\n" in text or "\0" in text for text in _lines_of_text(envelope)):
        return None
    return msgspec.structs.replace(record, envelope=envelope)


class RecordFile:
    """A file of JSON lines, read for one record at a time; of two records of a file name the later one counts.

    invalid: numbers of the lines that are no records, from 1.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        self.invalid: list[int] = []
        place, number = 0, 0
        while line := file.readline(MAX_OCTETS):
            number += 1
            try:
                self._places[msgspec.json.decode(line, type=_Named).file] = place
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                self.invalid.append(number)
            place += len(line)

    @classmethod
    def copied(cls, file: BinaryIO) -> "RecordFile":
        """Return the records of a file that cannot be read at any place, such as one in a zip file."""
        copy = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by `close`
        size = 0
        while (piece := file.read(1024 * 1024)) and (size := size + len(piece)) <= _MAX_FILE:
            copy.write(piece)
        copy.seek(0)
        return cls(copy)

    def record(self, file_name: str) -> MessageRecord | None:
        """Return the record of a message by the name of its file, None if there is none that can be read."""
        place = self._places.get(file_name)
        if place is None:
            return None
        self._file.seek(place)
        return read_record(self._file.readline(MAX_OCTETS))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class RecordWriter:
    """Adds records to the file of a folder, which is created with the first one; only its owner may read it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._file: BinaryIO | None = None

    def add(self, record: MessageRecord) -> None:
        """Write a record at once, so that no message is without one when the process is killed."""
        if self._file is None:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._file = open(handle, "ab+")  # noqa: PTH123, SIM115 - a descriptor, closed by `close`
            if self._file.tell():
                self._file.seek(-1, os.SEEK_END)
                if self._file.read(1) != b"\n":  # the process was killed within a line
                    self._file.write(b"\n")
        self._file.write(record_line(record))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _lines_of_text(envelope: Envelope) -> Iterator[str]:
    """Yield the texts of an envelope that cannot have several lines."""
    client = envelope.client
    yield from (envelope.reverse_path, client.address, client.helo, client.protocol)
    yield from (client.user, client.mechanism, client.tls, *envelope.notes)
    yield from envelope.recipients
    for parameters in (envelope.parameters, *(path.parameters for path in envelope.forward_paths)):
        for keyword, value in parameters:
            yield from (keyword, value or "")
