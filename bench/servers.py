"""Measured servers: this checkout's catcher, another checkout's, plain aiosmtpd, Mailpit and maildev."""

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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load import Load, send

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = resource.getpagesize()
HERE = Path(__file__).parents[1]
MAILDEV = "3.0.0"

MAILPIT_PATHS = {
    "ready": "/api/v1/messages?limit=1",
    "list of 50": "/api/v1/messages?limit=50",
    "one message": "/api/v1/message/{newest}",
    "info": "/api/v1/info",
    "page at half depth": "/api/v1/messages?limit=50&start={half}",
    "search, rare word": "/api/v1/search?query=needle{third:07d}",
    "search, common word": "/api/v1/search?query=delivery",
    "tags": "/api/v1/tags",
}
CATCHER_PATHS = MAILPIT_PATHS | {"list page": "/"}
MAILDEV_PATHS = {
    "ready": "/api/email/summary?limit=1",
    "list of 50": "/api/email/summary?limit=50",
    "one message": "/api/email/{newest}",
    "page at half depth": "/api/email/summary?limit=50&skip={half}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A server to start. command: with {smtp} and {http} for ports and {dir} for an empty directory.

    sendmail: its command that sends a message, {smtp} for the port. paths: its API, requests by name; without, only
    ingest and start are measured. checkout: of a catcher, whose database can be filled directly.
    """

    name: str
    command: str
    sendmail: str = ""
    paths: dict[str, str] = field(default_factory=dict)
    checkout: Path | None = None

    @property
    def has_mailpit_api(self) -> bool:
        """Whether it has Mailpit's API."""
        return "info" in self.paths


def catcher(checkout: Path = HERE, name: str = "catcher") -> Recipe:
    """Return the recipe of a checkout's catcher, run by this interpreter."""
    return Recipe(
        name=name,
        command=f"{sys.executable} -m catcher --quiet --max 0 --smtp 127.0.0.1:{{smtp}} --listen 127.0.0.1:{{http}} "
        "--database {dir}/catcher.db",
        sendmail=f"{sys.executable} -m catcher sendmail -S 127.0.0.1:{{smtp}} -t",
        paths=CATCHER_PATHS,
        checkout=checkout,
    )


def mailpit(binary: str) -> Recipe:
    """Return the recipe of a Mailpit."""
    return Recipe(
        name="mailpit",
        command=f"{binary} --quiet --max 0 --disable-version-check --smtp 127.0.0.1:{{smtp}} "
        "--listen 127.0.0.1:{http} --database {dir}/mailpit.db",
        sendmail=f"{binary} sendmail -S 127.0.0.1:{{smtp}} -t",
        paths=MAILPIT_PATHS,
    )


def maildev() -> Recipe:
    """Return the recipe of maildev, after installing it with npm into the cache folder."""
    folder = HERE / ".cache" / "maildev"
    script = folder / "node_modules" / ".bin" / "maildev"
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--ignore-scripts", "--prefix", str(folder), f"maildev@{MAILDEV}"]
        subprocess.run(install, check=True)
    return Recipe(
        name="maildev",
        command=f"node {script} --silent --ip 127.0.0.1 --web-ip 127.0.0.1 --smtp {{smtp}} --web {{http}} "
        "--max-emails 0 --mail-directory {dir}",
        paths=MAILDEV_PATHS,
    )


PLAIN = Recipe(name="aiosmtpd", command=f"{sys.executable} -m bench.plain {{smtp}}")


@dataclass(slots=True, kw_only=True)
class Running:
    """A running server. smtp, http: its addresses. smtp_ready, http_ready: seconds until they answered."""

    recipe: Recipe
    process: subprocess.Popen[bytes]
    smtp: tuple[str, int]
    http: tuple[str, int]
    directory: Path
    smtp_ready: float
    http_ready: float

    @property
    def name(self) -> str:
        """The name of its recipe."""
        return self.recipe.name

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
        smtp, http = _free_ports()
        command = shlex.split(recipe.command.format(smtp=smtp, http=http, dir=place))
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **environment(recipe.checkout or HERE)
        )
        try:
            _wait(lambda: _greets(smtp), process)
            smtp_ready = time.perf_counter() - begun
            if recipe.paths:
                _wait(lambda: _answers(http, recipe.paths["ready"]), process)
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


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


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


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def all_started(recipes: Sequence[Recipe], *, stored: int = 0) -> Iterator[list[Running]]:
    """Run several servers at the same time, each with a number of stored and indexed messages of 1.5 kB."""
    with contextlib.ExitStack() as stack:
        servers = []
        for recipe in recipes:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            if recipe.checkout and stored:
                command = [sys.executable, "-m", "bench.filling", str(directory / "catcher.db"), str(stored)]
                subprocess.run(command, check=True, **environment(recipe.checkout))
            server = stack.enter_context(started(recipe, directory=directory))
            servers.append(server)
            if stored and not recipe.checkout:
                send(server.smtp, Load(kind="1.5 kB", messages=stored, sessions=20))
            server.rest(seconds=600 if stored else 20)
        yield servers


def environment(checkout: Path) -> dict[str, Any]:
    """Return the parameters of a process that imports the packages of a checkout."""
    return {"cwd": checkout, "env": os.environ | {"PYTHONPATH": str(checkout)}}
