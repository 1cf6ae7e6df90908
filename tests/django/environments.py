"""Environments with catcher, pytest, pytest-django and one version of Django, made once in the test cache.

pytest-django must not be in the environment of our own tests, where it would be part of every run.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.mail.test_inside_django import newer_python

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("CATCHER_TEST_CACHE", ROOT / ".cache"))
PYTEST_DJANGO = "pytest-django>=4.11,<5"


def python_with(django: str) -> str | None:
    """The Python of the environment with Django "5.2" or "6.1"; None when there is no Python new enough for it."""
    if django == "5.2":
        return _made("suites-django-5.2", sys.executable, _borrow)
    base = newer_python()
    return None if base is None else _made(f"suites-django-{django}-{base[1]}", base[0], _install)


def _made(name: str, base: str, fill: Callable[[Path], None]) -> str:
    """Return its Python. It is built aside and moved into place, as concurrent runs may build it too."""
    stamp = hashlib.sha256((ROOT / "constraints.txt").read_bytes() + PYTEST_DJANGO.encode()).hexdigest()[:12]
    home = CACHE / f"{name}-{stamp}"
    if not (home / "ready").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=CACHE))
        subprocess.run([base, "-m", "venv", str(made)], check=True, timeout=600)
        fill(made)
        (made / "ready").touch()
        try:
            made.rename(home)
        except OSError:
            shutil.rmtree(made)
    return str(home / "bin" / "python")


def _borrow(made: Path) -> None:
    """Add all packages of our own environment except pytest-django."""
    (packages,) = (made / "lib").glob("python*/site-packages")
    (packages / "own.pth").write_text(sysconfig.get_path("purelib") + "\n")
    _pip(made, "--no-deps", PYTEST_DJANGO)


def _install(made: Path) -> None:
    """Install catcher's locked dependencies, catcher itself for its entry point, then a newer Django."""
    _pip(made, "-c", str(ROOT / "constraints.txt"), str(ROOT), "pytest")
    _pip(made, "Django>=6.1,<6.2", PYTEST_DJANGO)


def _pip(made: Path, *arguments: str) -> None:
    install = [str(made / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *arguments], check=True, timeout=900)
