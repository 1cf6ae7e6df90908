"""Mail in files and folders of any format: single messages, mbox, Maildir, zip, logs of Django's file-based backend."""

import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, cast

from catcher.transfer import records
from catcher.transfer.mbox import FROM_LINE, SEPARATOR, read_log, read_mbox, with_crlf
from catcher.transfer.model import FileMessage, Skipped
from catcher.transfer.records import MessageRecord, RecordFile

_NO_LIMIT = 2**62
_HEAD = 64 * 1024
_SEEN = re.compile(r":2,[A-Z]*S")
_MAILDIR = {"cur", "new"}
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"^(?:from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|received|return-path|"
    rb"delivered-to|mime-version|content-type|content-transfer-encoding|dkim-signature|resent-[a-z-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\r\r")
_SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF-": "a PDF document",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an Outlook message or another OLE file; expected it to be saved as .eml",
    b"\x1f\x8b": "a gzip file; expected it unpacked",
    b"7z\xbc\xaf": "a 7z archive; expected it unpacked",
    b"SQLite format 3\0": "a database; `catcher dump` copies the messages of a catcher's",
    b"PK": "a zip file within a zip file, or a damaged one",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file to be read, in a folder or a zip file. record: of its message, in the archive of a catcher."""

    origin: str
    path: PurePath
    size: int
    file: BinaryIO
    record: MessageRecord | None


class MailFiles:
    """The messages in files and, recursively, folders, in the order of their names, those of a zip file in its order.

    max_octets: messages larger than this are skipped; 0 for no limit. since: aware; files last modified before it are
    left out. octets: size of all files together, for a progress bar.

    What is no message is skipped: the header section must have a known field, unless the archive of a catcher has a
    record of the file.
    """

    def __init__(self, paths: Iterable[Path], *, max_octets: int, since: datetime | None = None) -> None:
        self._max_octets = max_octets or _NO_LIMIT
        self._files: list[Path] = []
        self._missing: list[Skipped] = []
        self.octets = 0
        for path in paths:
            if path.is_dir():
                self._add_folder(path, since)
            elif path.exists():
                self._add(path, since)
            else:
                self._missing.append(Skipped(origin=str(path), reason="does not exist"))

    def __iter__(self) -> Iterator[FileMessage | Skipped]:
        yield from self._missing
        archive: Path | None = None
        with ExitStack() as stack:
            found: RecordFile | None = None
            for path in self._files:
                folder = path.parent.parent if path.parent.name in _MAILDIR else path.parent
                if folder != archive:
                    stack.pop_all().close()
                    archive, found = folder, _records_of(folder, stack)
                    if found is not None:
                        yield from _invalid(found, str(folder / records.FILE_NAME))
                try:
                    yield from self._read_path(path, found)
                except OSError as error:
                    yield Skipped(origin=str(path), reason=error.strerror or str(error))

    def _add_folder(self, folder: Path, since: datetime | None) -> None:
        for parent, folders, names in os.walk(folder):
            directory = Path(parent)
            if set(folders) >= _MAILDIR:
                # A Maildir: messages in tmp are not delivered yet, other files belong to the mail program.
                folders[:] = [name for name in folders if name != "tmp"]
                names.clear()
            folders.sort()
            for name in sorted(names):
                if not name.startswith("."):
                    self._add(directory / name, since)

    def _add(self, path: Path, since: datetime | None) -> None:
        try:
            status = path.stat()
        except OSError as error:
            self._missing.append(Skipped(origin=str(path), reason=error.strerror or str(error)))
            return
        if path.is_file() and (since is None or status.st_mtime >= since.timestamp()):
            self._files.append(path)
            self.octets += status.st_size

    def _read_path(self, path: Path, found: RecordFile | None) -> Iterator[FileMessage | Skipped]:
        record = None if found is None else found.record(_base_name(path))
        with path.open("rb") as file:
            if record is None and file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") and zipfile.is_zipfile(file):
                yield from self._read_zip(path, file)
                return
            file.seek(0)
            size = os.fstat(file.fileno()).st_size
            yield from self._read(_Entry(origin=str(path), path=path, size=size, file=file, record=record))

    def _read_zip(self, path: Path, file: BinaryIO) -> Iterator[FileMessage | Skipped]:
        """Yield the messages in a zip file, without those in hidden files."""
        with ExitStack() as stack:
            try:
                archive = stack.enter_context(zipfile.ZipFile(file))
            except zipfile.BadZipFile as error:
                yield Skipped(origin=str(path), reason=str(error))
                return
            infos = [info for info in archive.infolist() if not info.is_dir()]
            found: dict[PurePath, RecordFile] = {}
            for info in infos:
                name = PurePosixPath(info.filename)
                if name.name == records.FILE_NAME:
                    origin = f"{path}, {info.filename}"
                    yield from _guarded(origin, _read_records(origin, archive, info, found, stack))
            for info in infos:
                name = PurePosixPath(info.filename)
                if not name.name.startswith("."):
                    folder = name.parent.parent if name.parent.name in _MAILDIR else name.parent
                    origin = f"{path}, {info.filename}"
                    yield from _guarded(origin, self._read_entry(origin, archive, info, found.get(folder)))

    def _read_entry(
        self, origin: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: RecordFile | None
    ) -> Iterator[FileMessage | Skipped]:
        name = PurePosixPath(info.filename)
        with archive.open(info) as file:
            yield from self._read(
                _Entry(
                    origin=origin,
                    path=name,
                    size=info.file_size,
                    file=cast("BinaryIO", file),
                    record=None if found is None else found.record(_base_name(name)),
                )
            )

    def _read(self, entry: _Entry) -> Iterator[FileMessage | Skipped]:
        head = entry.file.read(_HEAD)
        entry.file.seek(0)
        is_log = entry.path.suffix == ".log"
        if entry.record is None and FROM_LINE.match(head):
            for number, one in enumerate(read_mbox(entry.file, max_octets=self._max_octets), start=1):
                yield self._message(
                    f"{entry.origin}, message {number}",
                    one.content,
                    reverse_path=one.reverse_path or None,
                    record=one.record,
                )
        elif entry.record is None and is_log and _is_log(entry.file):
            for number, content in enumerate(read_log(entry.file, max_octets=self._max_octets), start=1):
                yield self._message(f"{entry.origin}, message {number}", content)
        elif entry.record is None and (reason := _no_message(head)):
            yield Skipped(origin=entry.origin, reason=reason)
        else:
            content = entry.file.read() if entry.size <= self._max_octets else None
            if content is not None and entry.record is None and entry.path.parent.name in _MAILDIR:
                content = with_crlf(content)  # in a Maildir line ends are the system's
            is_read = bool(_SEEN.search(entry.path.name))
            yield self._message(entry.origin, content, is_read=is_read, record=entry.record)

    def _message(
        self,
        origin: str,
        content: bytes | None,
        *,
        is_read: bool = False,
        reverse_path: str | None = None,
        record: MessageRecord | None = None,
    ) -> FileMessage | Skipped:
        if content is None:
            return Skipped(origin=origin, reason=f"more than {self._max_octets:,} octets")
        return FileMessage(content=content, origin=origin, is_read=is_read, reverse_path=reverse_path, record=record)


def _records_of(folder: Path, stack: ExitStack) -> RecordFile | None:
    try:
        file = stack.enter_context((folder / records.FILE_NAME).open("rb"))
    except OSError:
        return None
    return RecordFile(file)


def _read_records(
    origin: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: dict[PurePath, RecordFile], stack: ExitStack
) -> Iterator[Skipped]:
    """Add the records of an entry of a zip file to those of its folders; yield its invalid lines."""
    with archive.open(info) as file:
        copied = RecordFile.copied(cast("BinaryIO", file))
    stack.callback(copied.close)
    found[PurePosixPath(info.filename).parent] = copied
    yield from _invalid(copied, origin)


def _guarded(origin: str, messages: Iterable[FileMessage | Skipped]) -> Iterator[FileMessage | Skipped]:
    """Yield what is read of an entry of a zip file; one that cannot be read is skipped."""
    try:
        yield from messages
    except RuntimeError:  # also NotImplementedError, of an unknown compression
        yield Skipped(origin=origin, reason="is encrypted or compressed in an unknown way")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        yield Skipped(origin=origin, reason=f"is damaged: {error}")


def _invalid(found: RecordFile, origin: str) -> Iterator[Skipped]:
    for number in found.invalid:
        yield Skipped(origin=f"{origin}, line {number}", reason="not the envelope of a message")


def _base_name(path: PurePath) -> str:
    """Return the name of a file, in a Maildir without the flags, which change."""
    return path.name.partition(":2,")[0] if path.parent.name in _MAILDIR else path.name


def _no_message(head: bytes) -> str:
    """Return why octets are no message, by the beginning of their file, or ""."""
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return f"not a message but {kind}"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    header_section = _BLANK_LINE.split(text, maxsplit=1)[0]
    if b"\0" in header_section or not _FIELD.match(text) or not _KNOWN_FIELD.search(header_section):
        return "not a message: no header section with fields such as From, Date or Subject"
    return ""


def _is_log(file: BinaryIO) -> bool:
    """Return whether a file ends like a log of the file-based backend; it is read from its beginning afterwards."""
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - len(SEPARATOR) - 8))
    is_log = (b"\n" + file.read()).rstrip(b"\r\n").endswith(b"\n" + SEPARATOR)
    file.seek(0)
    return is_log
