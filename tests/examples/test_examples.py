"""The examples, run as their readers run them. The one for Django is run by tests/django/test_outbox.py."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from catcher.testing import RunningCatcher
from tests.conftest import find_chromium
from tests.prerequisites import find_node
from tests.testing.suites import WITHOUT_SLOW_PLUGINS

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NODE_MODULES = ROOT / "tests" / "clients" / "node_modules"


def run(directory: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """A program in a directory, without what this run has put into the environment."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CATCHER"))}
    return subprocess.run(
        command,
        cwd=directory,
        env={**own, "PYTHONDONTWRITEBYTECODE": "1", **more},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def pytest_in(directory: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """pytest there, with no configuration but the example's own."""
    options = ("-q", "-p", "no:cacheprovider", *WITHOUT_SLOW_PLUGINS, "-c", os.devnull, "--rootdir", ".")
    return run(directory, sys.executable, "-m", "pytest", *options, **more)


def test_the_example_for_pytest_passes() -> None:
    """Mailboxes, assertions, faults, and a snapshot that is kept beside it."""
    done = pytest_in(EXAMPLES / "pytest")
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_the_example_for_playwright_passes() -> None:
    """A real browser, and the code from the mail."""
    done = pytest_in(EXAMPLES / "playwright", CHROMIUM=find_chromium())
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_example_for_node_passes(catcher: RunningCatcher, tmp_path: Path) -> None:
    """Node's own test runner, with the client as `npm install` would put it."""
    node = find_node()
    assert node is not None, "the tests need Node; see tests/prerequisites.py"
    shutil.copytree(EXAMPLES / "node", tmp_path / "node", ignore=shutil.ignore_patterns("node_modules"))
    modules = tmp_path / "node" / "node_modules"
    modules.mkdir()
    (modules / "catcher-mail").symlink_to(ROOT / "clients" / "js")
    (modules / "nodemailer").symlink_to(NODE_MODULES / "nodemailer")
    done = run(tmp_path / "node", str(node), "--test", "--test-reporter", "tap", CATCHER_URL=catcher.url)
    assert "# pass 3" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
