"""Targets for messages: a folder of .eml files, an mbox file, a Maildir, a zip file. Existing files are kept."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from catcher.transfer.mbox import mbox_entry
from catcher.transfer.model import MailTarget, MessageCopy, TransferError, is_store_id
from catcher.transfer.records import FILE_NAME, MessageRecord, RecordWriter, record_line

FORMATS = ("folder", "mbox", "maildir", "zip")


def guess_format(path: Path) -> str:
    """Return the format for a path, by its suffix or, for a Maildir, its subfolders."""
    if path.suffix.lower() in {".mbox", ".zip"}:
        return path.suffix.lower()[1:]
    return "maildir" if (path / "cur").is_dir() and (path / "new").is_dir() else "folder"


def open_target(path: Path, kind: str) -> MailTarget:
    """Return the target of one of the formats. Folders and Maildirs may exist; an mbox or zip file must not.

    Raises TransferError when the target cannot be created.
    """
    makers: dict[str, Callable[[Path], MailTarget]]
    makers = {"folder": FolderTarget, "mbox": MboxTarget, "maildir": MaildirTarget, "zip": ZipTarget}
    try:
        return makers[kind](path)
    except FileExistsError:
        raise TransferError(f"{path}: exists; expected a new name") from None
    except OSError as error:
        raise TransferError(f"{path}: {error.strerror or error}") from error


class FolderTarget:
    """A folder with a file `<store id>.eml` for each message, modified when the message was received."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)
        self._records = RecordWriter(path)

    def has(self, store_id: str) -> bool:
        """Return whether it already holds a message."""
        return os.path.lexists(self._file(store_id))

    def write(self, copy: MessageCopy) -> None:
        """Add a message."""
        file = self._file(copy.store_id)
        _write_atomically(
            file, copy, record=copy.record and replace(copy.record, file=file.name), records=self._records
        )

    def close(self) -> None:
        """Close the file of records; every message is complete."""
        self._records.close()

    def _file(self, store_id: str) -> Path:
        return self._path / f"{_checked(store_id)}.eml"


class MaildirTarget:
    """A Maildir: `<seconds>.<store id>.catcher` in new, or in cur with the flag S if the message is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        for name in ("tmp", "new", "cur"):
            (path / name).mkdir(parents=True, exist_ok=True)
        self._records = RecordWriter(path)
        names = (file.name for folder in ("new", "cur") for file in (path / folder).iterdir())
        self._known = {parts[1] for name in names if len(parts := name.split(".")) > 2 and parts[2][:7] == "catcher"}

    def has(self, store_id: str) -> bool:
        """Return whether it already holds a message."""
        return store_id in self._known

    def write(self, copy: MessageCopy) -> None:
        """Add a message."""
        name = f"{int(copy.received_at.timestamp())}.{_checked(copy.store_id)}.catcher"
        target = self._path / "cur" / f"{name}:2,S" if copy.is_read else self._path / "new" / name
        # Mail programs change the flags behind the colon, which are therefore not part of the record's file name.
        record = copy.record and replace(copy.record, file=name)
        _write_atomically(target, copy, temporary=self._path / "tmp" / name, record=record, records=self._records)
        self._known.add(copy.store_id)

    def close(self) -> None:
        """Close the file of records; every message is complete."""
        self._records.close()


class MboxTarget:
    """A new mbox file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._known: set[str] = set()

    def has(self, store_id: str) -> bool:
        """Return whether it already holds a message."""
        return store_id in self._known

    def write(self, copy: MessageCopy) -> None:
        """Add a message."""
        content = b"".join(copy.pieces())
        self._file.write(
            mbox_entry(content, reverse_path=copy.reverse_path, received_at=copy.received_at, record=copy.record)
        )
        self._known.add(copy.store_id)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ZipTarget:
    """A new zip file of `<store id>.eml` files."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)
        self._records = ZipRecords()

    def has(self, store_id: str) -> bool:
        """Return whether it already holds a message."""
        return f"{_checked(store_id)}.eml" in self._zip.NameToInfo

    def write(self, copy: MessageCopy) -> None:
        """Add a message."""
        pieces = copy.pieces()
        first = next(pieces, b"")  # a deleted message leaves no empty entry
        with self._zip.open(zip_entry(copy), "w", force_zip64=True) as file:
            file.write(first)
            for piece in pieces:
                file.write(piece)
        self._records.add(copy)

    def close(self) -> None:
        """Finish the file."""
        self._records.write(self._zip)
        self._zip.close()


class ZipRecords:
    """The records of the messages in a zip file, which become its last entry."""

    def __init__(self) -> None:
        self._lines = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - closed by `write`

    def add(self, copy: MessageCopy) -> None:
        """Add the record of a message, if there is one."""
        if copy.record is not None:
            self._lines.write(record_line(replace(copy.record, file=f"{copy.store_id}.eml")))

    def write(self, file: zipfile.ZipFile) -> None:
        """Write the entry, unless there are no records."""
        if self._lines.tell():
            self._lines.seek(0)
            info = zipfile.ZipInfo(FILE_NAME, datetime.now(UTC).timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            with file.open(info, "w", force_zip64=True) as entry:
                shutil.copyfileobj(self._lines, entry)
        self._lines.close()


def zip_entry(copy: MessageCopy) -> zipfile.ZipInfo:
    """Return the entry of a message in a zip file: its name and the time it was received."""
    time = max(copy.received_at.astimezone(UTC), datetime(1980, 1, 1, tzinfo=UTC))  # the earliest time of the format
    info = zipfile.ZipInfo(f"{_checked(copy.store_id)}.eml", time.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _checked(store_id: str) -> str:
    """Return the id if it can be part of a file name, whatever the source. Raises TransferError."""
    if not is_store_id(store_id):
        raise TransferError(f"{store_id[:100]!r}: not usable as a file name")
    return store_id


def _write_atomically(
    path: Path,
    copy: MessageCopy,
    *,
    record: MessageRecord | None,
    records: RecordWriter,
    temporary: Path | None = None,
) -> None:
    """Write a file completely or not at all, never over an existing one; it is modified when the mail was received.

    The record is written first: when the process is killed in between, the next run writes both.
    """
    partial = temporary or path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Mail holds passwords and links to reset them: only the owner may read the file.
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            for piece in copy.pieces():
                file.write(piece)
        seconds = copy.received_at.timestamp()
        os.utime(partial, (seconds, seconds))
        if record is not None:
            records.add(record)
        _publish(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _publish(partial: Path, path: Path) -> None:
    """Give a complete file its name. A hard link cannot replace an existing file, unlike a renaming."""
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        raise TransferError(f"{path}: exists") from None
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise TransferError(f"{path}: exists") from None
        partial.rename(path)
