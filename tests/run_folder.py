"""The folder of temporary files of a test run, removed when the run ends, however it ends."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# A process of its own, since a run that is killed cleans up nothing: neither the files of processes that tests killed
# nor the database server, which is a daemon.
SWEEP = """
import contextlib, os, pathlib, shutil, signal, sys, time
sys.stdin.read()
folder = pathlib.Path(sys.argv[1])
for file in folder.glob("*/postmaster.pid"):
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(file.read_text().split()[0]), signal.SIGQUIT)
for _ in range(100):  # processes that are about to end may still write
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        break
    time.sleep(0.1)
"""


def use_run_folder(config: pytest.Config) -> None:
    """Let this process and those it starts make their temporary files in a folder of the run.

    Its name is short, because the address of a Unix socket has at most 107 octets. `--basetemp` keeps the files of
    `tmp_path` elsewhere.
    """
    folder = Path(tempfile.mkdtemp(prefix="ct-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    sweeper = subprocess.Popen(
        [sys.executable, "-c", SWEEP, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    if not config.option.basetemp:
        config.option.basetemp = str(folder / "t")

    def sweep() -> None:
        os.environ.pop("TMPDIR")
        tempfile.tempdir = None
        sweeper.communicate()

    config.add_cleanup(sweep)
