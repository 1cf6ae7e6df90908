"""Tests of tests.prerequisites: each thing that is missing is named, in one line, before anything is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import prerequisites
from tests.prerequisites import CHROMIUM_LIBRARIES, Machine, check, missing

EVERYTHING = {"chromium", "apt-get", "spamd"}
LIBRARIES = {*CHROMIUM_LIBRARIES, "libatomic.so.1"}


def machine(
    *, programs: set[str] = EVERYTHING, libraries: set[str] = LIBRARIES, is_root: bool = False, **environ: str
) -> Machine:
    return Machine(
        which=lambda name: f"/usr/bin/{name}" if name in programs else None,
        loads=libraries.__contains__,
        environ=environ,
        is_root=is_root,
    )


def test_a_machine_with_everything_passes() -> None:
    """Nothing is missing, whoever asks."""
    assert check(machine()) == ""
    assert missing(machine(is_root=True)) == []


def test_an_ordinary_user_is_told_everything_at_once() -> None:
    """All packages in one line, with the way to install them, and the tests that run without."""
    line = check(machine(programs=set(), libraries=set()))
    assert "\n" not in line
    for package in ("libatomic1", *CHROMIUM_LIBRARIES.values()):
        assert package in line
    assert "apt-get install" in line
    assert "make quick" in line


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_single_missing_library_is_named(library: str) -> None:
    """Playwright's own Chromium and its driver start only with all of them."""
    line = check(machine(programs=set(), libraries=LIBRARIES - {library}))
    assert {**CHROMIUM_LIBRARIES, "libatomic.so.1": "libatomic1"}[library] in line


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_an_installed_chromium_needs_no_libraries(name: str) -> None:
    """A browser of the system comes with what it needs; so does one that CATCHER_CHROMIUM names."""
    assert check(machine(programs={name}, libraries={"libatomic.so.1"})) == ""
    assert check(machine(programs=set(), libraries={"libatomic.so.1"}, CATCHER_CHROMIUM="/opt/chrome")) == ""


def test_root_on_debian_installs_what_is_missing() -> None:
    """Nothing is refused then: a bare system becomes one that can run all tests."""
    bare = machine(programs={"apt-get"}, libraries=set(), is_root=True)
    assert check(bare) == ""
    assert missing(bare) == ["libatomic1", "chromium"]
    assert check(machine(programs=set(), libraries=set(), is_root=True)) != ""


def test_the_check_needs_nothing_but_python(tmp_path: Path) -> None:
    """It runs before the environment exists: isolated from all packages, in an empty environment."""
    script = Path(prerequisites.__file__)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), "check"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == bool(done.stderr)
    assert len(done.stderr.splitlines()) <= 1


@pytest.mark.slow
def test_an_installation_that_fails_is_one_line(tmp_path: Path) -> None:
    """Before any test runs: without a Chromium hundreds of them would fail one by one."""
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v22.0.0\n")
    node.chmod(0o755)
    done = subprocess.run(
        [sys.executable, prerequisites.__file__, "install"],
        env={
            "PATH": str(tmp_path),
            "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
            "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1, done
    assert done.stderr.splitlines()[-1].startswith("make test needs a Chromium")
