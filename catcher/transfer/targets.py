"""Writes messages to a folder of .eml files, an mbox file, a Maildir or a zip file. What is there already, stays."""

import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from catcher.transfer.mbox import mbox_entry
from catcher.transfer.model import Copy, MailTarget, TransferError, is_store_id

FORMATS = ("folder", "mbox", "maildir", "zip")


def format_of(path: Path) -> str:
    """The format that a path asks for by its name or by what is there."""
    if path.suffix.lower() in {".mbox", ".zip"}:
        return path.suffix.lower()[1:]
    return "maildir" if (path / "cur").is_dir() and (path / "new").is_dir() else "folder"


def open_target(path: Path, kind: str) -> MailTarget:
    """The target of one of the formats. Folders and Maildirs are made or filled up; a file must not exist yet.

    Raises TransferError when it cannot be made.
    """
    makers: dict[str, Callable[[Path], MailTarget]]
    makers = {"folder": FolderTarget, "mbox": MboxTarget, "maildir": MaildirTarget, "zip": ZipTarget}
    try:
        return makers[kind](path)
    except FileExistsError:
        raise TransferError(f"{path}: is there already; expected a new name") from None
    except OSError as error:
        raise TransferError(f"{path}: {error.strerror or error}") from error


class FolderTarget:
    """`<store id>.eml` for each message, its time of change the moment it was received."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)

    def has(self, store_id: str) -> bool:
        return os.path.lexists(self._file(store_id))

    def write(self, copy: Copy) -> None:
        _write_whole(self._file(copy.store_id), copy)

    def close(self) -> None:
        """Nothing is open between messages."""

    def _file(self, store_id: str) -> Path:
        return self._path / f"{_checked(store_id)}.eml"


class MaildirTarget:
    """A Maildir: `<seconds>.<store id>.catcher` in new, or in cur with the flag S when it was read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        for name in ("tmp", "new", "cur"):
            (path / name).mkdir(parents=True, exist_ok=True)
        names = (file.name for place in ("new", "cur") for file in (path / place).iterdir())
        self._known = {parts[1] for name in names if len(parts := name.split(".")) > 2 and parts[2][:7] == "catcher"}

    def has(self, store_id: str) -> bool:
        return store_id in self._known

    def write(self, copy: Copy) -> None:
        name = f"{int(copy.received_at.timestamp())}.{_checked(copy.store_id)}.catcher"
        place = self._path / "cur" / f"{name}:2,S" if copy.is_read else self._path / "new" / name
        _write_whole(place, copy, by_way_of=self._path / "tmp" / name)
        self._known.add(copy.store_id)

    def close(self) -> None:
        """Nothing is open between messages."""


class MboxTarget:
    """A new mbox file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._known: set[str] = set()

    def has(self, store_id: str) -> bool:
        return store_id in self._known

    def write(self, copy: Copy) -> None:
        content = b"".join(copy.pieces())
        self._file.write(mbox_entry(content, reverse_path=copy.reverse_path, received_at=copy.received_at))
        self._known.add(copy.store_id)

    def close(self) -> None:
        self._file.close()


class ZipTarget:
    """A new zip file of `<store id>.eml` files."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)

    def has(self, store_id: str) -> bool:
        return f"{_checked(store_id)}.eml" in self._zip.NameToInfo

    def write(self, copy: Copy) -> None:
        pieces = copy.pieces()
        first = next(pieces, b"")  # a message that is gone leaves no empty file
        with self._zip.open(zip_name(copy), "w", force_zip64=True) as file:
            file.write(first)
            for piece in pieces:
                file.write(piece)

    def close(self) -> None:
        self._zip.close()


def zip_name(copy: Copy) -> zipfile.ZipInfo:
    """How a message is called in a zip file, with the moment it was received."""
    moment = max(copy.received_at.astimezone(UTC), datetime(1980, 1, 1, tzinfo=UTC))  # the format knows no earlier
    info = zipfile.ZipInfo(f"{_checked(copy.store_id)}.eml", moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _checked(store_id: str) -> str:
    """The id, when it may be part of a file name; the last guard, whatever a source has let pass."""
    if not is_store_id(store_id):
        raise TransferError(f"{store_id[:100]!r}: is no id that could name a file")
    return store_id


def _write_whole(path: Path, copy: Copy, *, by_way_of: Path | None = None) -> None:
    """Write the file whole or not at all, never over one that is there; its time is when the message was received."""
    partial = by_way_of or path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Mail holds passwords and links to reset them: the file is for its owner.
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            for piece in copy.pieces():
                file.write(piece)
        seconds = copy.received_at.timestamp()
        os.utime(partial, (seconds, seconds))
        _give_name(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _give_name(partial: Path, path: Path) -> None:
    """Let the file appear under its name, whole; a second name cannot replace what has it, unlike a renaming."""
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        raise TransferError(f"{path}: is there already") from None
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise TransferError(f"{path}: is there already") from None
        partial.rename(path)
