"""A catcher in a process of its own that several processes share: the first starts it, and it ends with the last.

It lives in a directory. `users` is locked, shared, by every process that needs it; the catcher waits for the exclusive
lock and then ends, so that it cannot outlive them, however they die. `starting` is locked by the process that starts
it, then by the catcher itself until clients can connect; `catcher.json` has its addresses. It keeps starting while the
tests do: SMTP answers at once, the first request to the API waits a little longer. Nothing polls.
"""

import fcntl
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

USERS, STARTING, ADDRESS, LOG = "users", "starting", "catcher.json", "catcher.log"
_LOG_SHOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAddress:
    """The addresses of a shared catcher. url: of its pages, ends with a slash."""

    url: str
    smtp_host: str
    smtp_port: int


class SharedServer:
    """One process's use of the catcher in a directory, which must exist. It is in use from here until `release`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._users = locked(directory / USERS, fcntl.LOCK_SH)

    def start(self, settings: Mapping[str, Any]) -> None:
        """Start the catcher unless it runs or is starting; does not wait for it."""
        starting = os.open(self._directory / STARTING, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(starting, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not (self._directory / ADDRESS).exists():
                self._spawn(starting, settings)
        except BlockingIOError:
            pass  # another process is starting it
        finally:
            os.close(starting)

    def address(self) -> SharedAddress:
        """Return the addresses as soon as clients can connect. Raises RuntimeError when the catcher failed to start."""
        os.close(locked(self._directory / STARTING, fcntl.LOCK_SH))
        try:
            return SharedAddress(**json.loads((self._directory / ADDRESS).read_text("utf-8")))
        except FileNotFoundError:
            raise RuntimeError(f"the catcher did not start:\n{self._log()}") from None

    def failure(self) -> str:
        """Return the end of the catcher's log when it has ended, "" while it runs."""
        return "" if (self._directory / ADDRESS).exists() else self._log()

    def release(self) -> None:
        """End the use; the last process to do so ends the catcher. Safe to call twice."""
        if self._users >= 0:
            os.close(self._users)
            self._users = -1

    def _log(self) -> str:
        try:
            return (self._directory / LOG).read_text("utf-8", "replace")[-_LOG_SHOWN:]
        except FileNotFoundError:
            return ""

    def _spawn(self, starting: int, settings: Mapping[str, Any]) -> None:
        """Start it in a session of its own, so that Ctrl-C ends the tests first; it inherits the lock.

        No Popen object, which would warn when it is garbage collected: the catcher may outlive this process.
        """
        os.set_inheritable(starting, True)
        module = "catcher.testing.server_process"
        command = [sys.executable, "-m", module, str(self._directory), str(starting), json.dumps(dict(settings))]
        log, append = str(self._directory / LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.posix_spawn(
            sys.executable,
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )


@contextmanager
def shared_url() -> Iterator[str]:
    """Yield CATCHER_URL, or else the URL of a catcher that is started for the length of the block."""
    if url := os.environ.get("CATCHER_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="catcher-", ignore_cleanup_errors=True) as directory:
        shared = SharedServer(Path(directory))
        try:
            shared.start({})
            yield shared.address().url
        finally:
            shared.release()


def locked(file: Path, kind: int) -> int:
    """Return a descriptor of the file with this lock, as soon as it is free. kind: of `fcntl.flock`."""
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor
