"""Backend that writes messages to files in a directory, one file for each connection."""

import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from catcher.mail import settings
from catcher.mail.backends.console import SEPARATOR
from catcher.mail.backends.console import EmailBackend as ConsoleBackend
from catcher.mail.exceptions import ImproperlyConfigured, InvalidMailer, improperly_configured

__all__ = ["EmailBackend"]


class EmailBackend(ConsoleBackend):
    """Writes to `file_path` or EMAIL_FILE_PATH, a directory that is created if missing.

    Raises TypeError if neither is given, ImproperlyConfigured if it is not a writable directory.
    """

    def __init__(self, *args: Any, file_path: str | os.PathLike[str] | None = None, **kwargs: Any) -> None:
        # A caller's stream is meaningless here, and standard output must not count as an open file.
        kwargs.pop("stream", None)
        super().__init__(*args, **kwargs)
        self.stream = None
        if file_path is None and self.alias is None:
            file_path = settings.EMAIL_FILE_PATH
        if not file_path:
            if self.alias is not None:
                raise InvalidMailer("OPTIONS must define 'file_path'.", alias=self.alias)
            raise TypeError("file_path or EMAIL_FILE_PATH: expected the path of a directory, got nothing")
        try:
            self.file_path = _writable_directory(file_path)
        except ImproperlyConfigured as error:
            raise (
                InvalidMailer(str(error), alias=self.alias) if self.alias is not None else error
            ) from error.__cause__
        self._fname: str | None = None

    def write_message(self, message: Any) -> None:
        """Write one message, followed by the line of hyphens."""
        self.stream.write(message.message().as_bytes() + f"\n{SEPARATOR}\n".encode())

    def open(self) -> bool:
        """Open this connection's file for appending; True if it was not open."""
        if self.stream is not None:
            return False
        # Creating the file reserves the name; a reader of the directory may see it empty.
        self.stream = Path(self._get_filename()).open("ab")  # noqa: SIM115 – close() closes it
        return True

    def close(self) -> None:
        """Close the file; sending again opens the same one."""
        try:
            if self.stream is not None:
                self.stream.close()
        finally:
            self.stream = None

    def _get_filename(self) -> str:
        """Return the path of this connection's file: `20260131-235959-<number>.log` in local time."""
        if self._fname is None:
            time = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
            number = abs(id(self)) + threading.get_ident()
            while self._fname is None:
                path = Path(self.file_path, f"{time}-{number}.log")
                try:
                    # Connections may have the same number: identities are reused, and other processes write here too.
                    path.touch(exist_ok=False)
                except FileExistsError:
                    number += 1
                else:
                    self._fname = str(path)
        return self._fname


def _writable_directory(path: str | os.PathLike[str]) -> str:
    directory = Path(os.fspath(path)).absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise improperly_configured(
            f"Path for saving email messages exists, but is not a directory: {directory}"
        ) from None
    except OSError as error:
        raise improperly_configured(
            f"Could not create directory for saving email messages: {directory} ({error})"
        ) from error
    if not os.access(directory, os.W_OK):
        raise improperly_configured(f"Could not write to directory: {directory}")
    return str(directory)
