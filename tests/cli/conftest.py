"""Runs `catcher`: in this process where its output and exit code matter, as a process of its own where that does."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from catcher.cli import main
from tests import databases
from tests.served import command


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A function that runs `catcher` in this process with arguments, input and variables.

    An error that would be a traceback fails the test.
    """

    def run(*arguments: str | Path, octets: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
        result = CliRunner(catch_exceptions=False).invoke(
            main,
            databases.told([str(argument) for argument in arguments]),
            input=octets,
            env={"XDG_DATA_HOME": str(tmp_path / "data"), **(env or {})},
            prog_name="catcher",
        )
        return Done(returncode=result.exit_code, stdout=result.stdout_bytes, stderr=result.stderr_bytes)

    return run


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """A function like `run` that starts a process and waits for its end."""

    def run(*arguments: str | Path, octets: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
        done = subprocess.run(
            command(*map(str, arguments)),
            input=octets,
            capture_output=True,
            timeout=120,
            check=False,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), **(env or {})},
        )
        return Done(returncode=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run
