"""Sees to it that the client libraries which the tests run are there, in the versions of the lock files.

Those of Node lie in `tests/clients/node_modules`, those of Python in an environment of their own in the test cache: a
plug-in for pytest would else be part of every run of ours.
"""

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from tests.prerequisites import find_node

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("CATCHER_TEST_CACHE", HERE.parents[1] / ".cache"))
PYTHON = CACHE / "clients" / ("Scripts" if os.name == "nt" else "bin") / "python"


def main() -> int:
    """Return 0 if all are installed, else 1, and print the missing ones."""
    node = _ensured(HERE / "package-lock.json", HERE / "node_modules" / ".installed", _install_node)
    python = _ensured(HERE / "requirements.txt", CACHE / "clients" / ".installed", _install_python)
    return int(not (node and python))


def _ensured(lock: Path, stamp: Path, install: Callable[[], bool]) -> bool:
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    sys.stderr.write(f"Installing the client libraries of {lock.relative_to(HERE.parents[1])}\n")
    if not install():
        return False
    stamp.write_text(wanted)
    return True


def _install_node() -> bool:
    node = find_node()
    if node is None:
        sys.stderr.write("The tests run client libraries of Node: install Node 20 or newer, with npm.\n")
        return False
    environ = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    install = ["npm", "ci", "--ignore-scripts", "--silent"]
    return subprocess.run(install, cwd=HERE, env=environ, check=False).returncode == 0


def _install_python() -> bool:
    venv.create(CACHE / "clients", with_pip=True, clear=True)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]
    return subprocess.run(install, cwd=HERE, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
