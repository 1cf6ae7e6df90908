"""Measured servers: this checkout's catcher, plain aiosmtpd, and peers by command line."""

import contextlib
import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A server to start. command: with {smtp} and {http} for ports and {dir} for an empty directory.

    has_api: whether it has Mailpit's API, without which only ingest is measured. is_ours: whether it is this
    checkout, whose database can be filled directly.
    """

    name: str
    command: str
    has_api: bool = True
    is_ours: bool = False


CATCHER = Recipe(
    name="catcher",
    command=f"{sys.executable} -m catcher --quiet --max 0 --smtp 127.0.0.1:{{smtp}} --listen 127.0.0.1:{{http}} "
    "--database {dir}/catcher.db",
    is_ours=True,
)
PLAIN = Recipe(name="aiosmtpd", command=f"{sys.executable} -m bench.plain {{smtp}}", has_api=False)


@dataclass(slots=True, kw_only=True)
class Running:
    """A running server. smtp, http: its ports. directory: of its data."""

    recipe: Recipe
    process: subprocess.Popen[bytes]
    smtp: tuple[str, int]
    http: tuple[str, int]
    directory: Path
    smtp_ready: float
    http_ready: float

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return f"http://{self.http[0]}:{self.http[1]}"

    def cpu(self) -> float:
        """Return the CPU seconds of the process and its children so far."""
        return sum(_cpu(pid) for pid in self._pids())

    def rest(self, *, seconds: float = 20.0) -> None:
        """Wait until the server is idle, maintenance included, so that it does not disturb the next measurement."""
        deadline = time.perf_counter() + seconds
        before = self.cpu()
        while time.perf_counter() < deadline:
            time.sleep(0.25)
            now = self.cpu()
            if now - before <= 0.01:
                return
            before = now

    def memory(self) -> int:
        """Return the resident octets."""
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in self._pids())

    def peak_memory(self) -> int:
        """Return the peak of resident octets of the largest process."""
        return max(_peak(pid) for pid in self._pids())

    def on_disk(self) -> int:
        """Return the octets in its directory."""
        return sum(path.stat().st_size for path in self.directory.rglob("*") if path.is_file())

    def _pids(self) -> list[int]:
        found, pending = [], [self.process.pid]
        while pending:
            pid = pending.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                pending += map(int, task.read_text().split())
        return found


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def started(recipe: Recipe, *, directory: Path | None = None) -> Iterator[Running]:
    """Run the server, in a temporary directory unless one is given; end it with SIGTERM, then SIGKILL."""
    with contextlib.ExitStack() as stack:
        place = directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        smtp, http = _free_port(), _free_port()
        command = shlex.split(recipe.command.format(smtp=smtp, http=http, dir=place))
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(lambda: _greets(smtp), process)
            smtp_ready = time.perf_counter() - begun
            if recipe.has_api:
                _wait(lambda: _answers(http), process)
            yield Running(
                recipe=recipe,
                process=process,
                smtp=("127.0.0.1", smtp),
                http=("127.0.0.1", http),
                directory=place,
                smtp_ready=smtp_ready,
                http_ready=time.perf_counter() - begun,
            )
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _wait(is_ready, process, *, seconds: float = 60.0):  # type: ignore[no-untyped-def]
    deadline = time.perf_counter() + seconds
    while not is_ready():
        if process.poll() is not None or time.perf_counter() > deadline:
            raise RuntimeError(f"{shlex.join(process.args)} did not start")
        time.sleep(0.002)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/messages?limit=1", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
