"""Mail in files and folders of any format: single messages, mbox, Maildir, logs of Django's file-based backend."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from catcher.transfer.mbox import FROM_LINE, SEPARATOR, read_log, read_mbox, with_crlf
from catcher.transfer.model import FileMessage, Skipped

_FIELD = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]{1,200}[ \t]*:")
_HEAD = 4096
_SEEN = re.compile(r":2,[A-Z]*S")


class MailFiles:
    """The messages in files and, recursively, folders, in the order of their names.

    max_octets: messages larger than this are skipped. since: aware; files last modified before it are left out.
    octets: size of all files together, for a progress bar.
    """

    def __init__(self, paths: Iterable[Path], *, max_octets: int, since: datetime | None = None) -> None:
        self._max_octets = max_octets
        self._files: list[tuple[Path, bool]] = []
        self._missing: list[Skipped] = []
        self.octets = 0
        for path in paths:
            if path.is_dir():
                self._add_folder(path, since)
            elif path.exists():
                self._add(path, since, is_named=True)
            else:
                self._missing.append(Skipped(origin=str(path), reason="does not exist"))

    def __iter__(self) -> Iterator[FileMessage | Skipped]:
        yield from self._missing
        for path, is_named in self._files:
            try:
                yield from self._read(path, is_named=is_named)
            except OSError as error:
                yield Skipped(origin=str(path), reason=error.strerror or str(error))

    def _add_folder(self, folder: Path, since: datetime | None) -> None:
        for parent, folders, names in os.walk(folder):
            directory = Path(parent)
            if {"cur", "new"} <= set(folders):
                # A Maildir: messages in tmp are not delivered yet, other files belong to the mail program.
                folders[:] = [name for name in folders if name != "tmp"]
                names.clear()
            folders.sort()
            for name in sorted(names):
                if not name.startswith("."):
                    self._add(directory / name, since, is_named=False)

    def _add(self, path: Path, since: datetime | None, *, is_named: bool) -> None:
        try:
            status = path.stat()
        except OSError as error:
            self._missing.append(Skipped(origin=str(path), reason=error.strerror or str(error)))
            return
        if path.is_file() and (since is None or status.st_mtime >= since.timestamp()):
            self._files.append((path, is_named))
            self.octets += status.st_size

    def _read(self, path: Path, *, is_named: bool) -> Iterator[FileMessage | Skipped]:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(0)
            modified_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            if FROM_LINE.match(head):
                for number, (reverse_path, content) in enumerate(read_mbox(file, max_octets=self._max_octets), start=1):
                    yield self._message(f"{path}, message {number}", content, modified_at, reverse_path=reverse_path)
            elif path.suffix == ".log" and _is_log(path):
                for number, content in enumerate(read_log(file, max_octets=self._max_octets), start=1):
                    yield self._message(f"{path}, message {number}", content, modified_at)
            elif is_named or _FIELD.match(head):
                octets = file.read(self._max_octets + 1)
                content = _single(path, octets) if len(octets) <= self._max_octets else None
                yield self._message(str(path), content, modified_at, is_read=bool(_SEEN.search(path.name)))
            else:
                yield Skipped(origin=str(path), reason="not a message")

    def _message(
        self,
        origin: str,
        content: bytes | None,
        modified_at: datetime,
        *,
        is_read: bool = False,
        reverse_path: str | None = None,
    ) -> FileMessage | Skipped:
        if content is None:
            return Skipped(origin=origin, reason=f"more than {self._max_octets:,} octets")
        return FileMessage(
            content=content, origin=origin, modified_at=modified_at, is_read=is_read, reverse_path=reverse_path or None
        )


def _single(path: Path, content: bytes) -> bytes:
    """Return the message of a file: in a Maildir line ends are the system's, elsewhere every octet is kept."""
    return with_crlf(content) if path.parent.name in {"cur", "new"} else content


def _is_log(path: Path) -> bool:
    """Return whether a file ends like a log of the file-based backend."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - len(SEPARATOR) - 8))
        return (b"\n" + file.read()).rstrip(b"\r\n").endswith(b"\n" + SEPARATOR)
