"""Runs `catcher` as a process of its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.served import command

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A function that runs `catcher` with arguments, input and variables, and waits for its end."""

    def run(
        *arguments: str | Path, octets: bytes = b"", env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            command(*map(str, arguments)),
            input=octets,
            capture_output=True,
            timeout=120,
            check=False,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), **(env or {})},
        )

    return run
