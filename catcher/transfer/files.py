"""Finds mail in files and folders, whatever they are: single messages, mbox, Maildir, Django's log files."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from catcher.transfer.mbox import FROM_LINE, SEPARATOR, read_log, read_mbox, with_crlf
from catcher.transfer.model import Found, Skipped

_FIELD = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]{1,200}[ \t]*:")
_HEAD = 4096
_SEEN = re.compile(r":2,[A-Z]*S")


class Mailboxes:
    """The mail in these files and folders, folders with all that is below them, in the order of their names.

    most: octets of one message; larger ones are left out. since: aware; files last written before are passed over.
    octets: of all files together, for a progress bar.
    """

    def __init__(self, paths: Iterable[Path], *, most: int, since: datetime | None = None) -> None:
        self._most = most
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

    def __iter__(self) -> Iterator[Found | Skipped]:
        yield from self._missing
        for path, is_named in self._files:
            try:
                yield from self._read(path, is_named=is_named)
            except OSError as error:
                yield Skipped(origin=str(path), reason=error.strerror or str(error))

    def _add_folder(self, folder: Path, since: datetime | None) -> None:
        for place, folders, names in os.walk(folder):
            directory = Path(place)
            if {"cur", "new"} <= set(folders):
                # What is in tmp is not delivered yet, and files beside the three are the mail program's.
                folders[:] = [name for name in folders if name != "tmp"]
                names.clear()
            folders.sort()
            for name in sorted(names):
                if not name.startswith("."):
                    self._add(directory / name, since, is_named=False)

    def _add(self, path: Path, since: datetime | None, *, is_named: bool) -> None:
        try:
            facts = path.stat()
        except OSError as error:
            self._missing.append(Skipped(origin=str(path), reason=error.strerror or str(error)))
            return
        if path.is_file() and (since is None or facts.st_mtime >= since.timestamp()):
            self._files.append((path, is_named))
            self.octets += facts.st_size

    def _read(self, path: Path, *, is_named: bool) -> Iterator[Found | Skipped]:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(0)
            written_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            if FROM_LINE.match(head):
                for number, (reverse_path, content) in enumerate(read_mbox(file, most=self._most), start=1):
                    yield self._found(f"{path}, message {number}", content, written_at, reverse_path=reverse_path)
            elif path.suffix == ".log" and _is_log(path):
                for number, content in enumerate(read_log(file, most=self._most), start=1):
                    yield self._found(f"{path}, message {number}", content, written_at)
            elif is_named or _FIELD.match(head):
                octets = file.read(self._most + 1)
                content = _single(path, octets) if len(octets) <= self._most else None
                yield self._found(str(path), content, written_at, is_read=bool(_SEEN.search(path.name)))
            else:
                yield Skipped(origin=str(path), reason="does not look like mail")

    def _found(
        self,
        origin: str,
        content: bytes | None,
        written_at: datetime,
        *,
        is_read: bool = False,
        reverse_path: str | None = None,
    ) -> Found | Skipped:
        if content is None:
            return Skipped(origin=origin, reason=f"has more than {self._most:,} octets")
        return Found(
            content=content, origin=origin, written_at=written_at, is_read=is_read, reverse_path=reverse_path or None
        )


def _single(path: Path, content: bytes) -> bytes:
    """A file that is one message: in a Maildir its line ends are the system's, elsewhere every octet is kept."""
    return with_crlf(content) if path.parent.name in {"cur", "new"} else content


def _is_log(path: Path) -> bool:
    """Whether the file ends as a log of the file-based backend does."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - len(SEPARATOR) - 8))
        return (b"\n" + file.read()).rstrip(b"\r\n").endswith(b"\n" + SEPARATOR)
