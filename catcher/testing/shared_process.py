"""A catcher in a process of its own that several processes share: the first starts it, with the last it ends.

It lives in a directory. `users` is locked, shared, by every process that needs it; the catcher waits for the exclusive
lock and then ends, so that it cannot outlive them, however they die. `starting` is locked by whoever starts it, then by
the catcher itself until clients can connect; `catcher.json` says where it is. It goes on starting while the tests do:
SMTP answers at once, the first request of the API waits for its answer a little longer. Nobody polls.

Run as `python -m catcher.testing.shared_process DIRECTORY SETTINGS`; settings are a JSON object as `load` takes it.
"""

import asyncio
import fcntl
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catcher.process import frozen_heap

if TYPE_CHECKING:
    from catcher.server.catcher import Catcher

USERS, STARTING, PLACE, LOG = "users", "starting", "catcher.json", "catcher.log"
_LOG_SHOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a catcher is found. url: of its pages, ends with a slash."""

    url: str
    smtp_host: str
    smtp_port: int


class Sharing:
    """One process's share in the catcher of a directory, which must exist. Taken by making it, until `end`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._users = _locked(directory / USERS, fcntl.LOCK_SH)

    def begin(self, settings: Mapping[str, Any]) -> None:
        """See to it that the catcher is there or starting; does not wait for it."""
        starting = os.open(self._directory / STARTING, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(starting, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not (self._directory / PLACE).exists():
                self._start(starting, settings)
        except BlockingIOError:
            pass  # another process is at it
        finally:
            os.close(starting)

    def place(self) -> Place:
        """Where the catcher is, as soon as clients can connect. Raises RuntimeError when it did not come that far."""
        os.close(_locked(self._directory / STARTING, fcntl.LOCK_SH))
        try:
            return Place(**json.loads((self._directory / PLACE).read_text("utf-8")))
        except FileNotFoundError:
            raise RuntimeError(f"the catcher did not start:\n{self._log()}") from None

    def failure(self) -> str:
        """What the catcher said at its end, "" as long as it is there; for who could not reach it."""
        return "" if (self._directory / PLACE).exists() else self._log()

    def end(self) -> None:
        """Need it no longer. Whoever ends last ends the catcher."""
        if self._users >= 0:
            os.close(self._users)
            self._users = -1

    def _log(self) -> str:
        try:
            return (self._directory / LOG).read_text("utf-8", "replace")[-_LOG_SHOWN:]
        except FileNotFoundError:
            return ""

    def _start(self, starting: int, settings: Mapping[str, Any]) -> None:
        """Start it in a session of its own, so that Ctrl-C ends the tests first; it inherits the lock.

        No Popen object: it would warn when it is forgotten, and this process need not be the last that is served.
        """
        os.set_inheritable(starting, True)
        command = [sys.executable, "-m", __name__, str(self._directory), str(starting), json.dumps(dict(settings))]
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
def found_or_started() -> Iterator[str]:
    """The URL of the catcher that CATCHER_URL names, or else of one that is started for the length of the block."""
    if url := os.environ.get("CATCHER_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="catcher-", ignore_cleanup_errors=True) as directory:
        sharing = Sharing(Path(directory))
        try:
            sharing.begin({})
            yield sharing.place().url
        finally:
            sharing.end()


def _locked(file: Path, kind: int) -> int:
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor


async def _serve(directory: Path, starting: int, settings: Mapping[str, Any]) -> None:
    """Be the catcher of the directory until nobody needs it."""
    with frozen_heap():
        catcher = await _opened(directory, settings)
        alone = _alone(directory)
        os.close(starting)
        try:
            await catcher.start()
        except BaseException:
            (directory / PLACE).unlink()
            raise
    try:
        await alone.wait()
    finally:
        (directory / PLACE).unlink(missing_ok=True)
        await catcher.stop()


async def _opened(directory: Path, settings: Mapping[str, Any]) -> "Catcher":
    """A catcher that clients can connect to, and where it is written down for them."""
    from catcher.conf import load
    from catcher.server.catcher import Catcher

    given = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", **settings}
    if "database" not in given:
        given.setdefault("ephemeral", True)
    loaded, origins = load(flags=given)
    catcher = Catcher(loaded, origins=origins)
    await catcher.open()
    host, _, port = catcher.whereabouts.smtp[0].rpartition(":")
    place = Place(url=catcher.whereabouts.url, smtp_host=host.strip("[]"), smtp_port=int(port))
    (directory / PLACE).write_text(json.dumps(asdict(place)), "utf-8")
    return catcher


def _alone(directory: Path) -> asyncio.Event:
    """Set when no process holds the lock of the users; this one keeps it then, so that nobody comes too late."""
    loop, alone = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        _locked(directory / USERS, fcntl.LOCK_EX)
        loop.call_soon_threadsafe(alone.set)

    threading.Thread(target=wait, name="catcher-users", daemon=True).start()
    return alone


def main() -> None:
    """What runs in the process."""
    directory, starting, settings = sys.argv[1:]
    asyncio.run(_serve(Path(directory), int(starting), json.loads(settings)))


if __name__ == "__main__":
    main()
