"""The outbox inside real Django projects: its own suite, and the example with a live server and a worker process."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.django.environments import ROOT, python_with
from tests.testing.suites import WITHOUT_SLOW_PLUGINS

EXAMPLE = ROOT / "examples" / "django"
SUITE = Path(__file__).with_name("outbox_suite.py")


@pytest.fixture(scope="module", params=["5.2", "6.1"])
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter with this Django and pytest-django."""
    found = python_with(request.param)
    if found is None:
        pytest.skip("Django 6.1 needs Python 3.12 or newer")
    return found


PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_SLOW_PLUGINS)


def run(python: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a program in the example's directory, as a developer would."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CATCHER", "DJANGO"))}
    return subprocess.run(
        [python, *arguments],
        cwd=EXAMPLE,
        env={**own, "PYTHONPATH": os.pathsep.join((str(ROOT), ".")), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_the_outbox_behaves_like_that_of_django(python: str, tmp_path: Path) -> None:
    """Attributes, list operations, other processes, an empty start; warnings are errors."""
    shutil.copy(SUITE, tmp_path / "test_suite.py")  # away from the conftest.py of our own tests
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["catcher.django.fixtures"]\n')
    suite = str(tmp_path / "test_suite.py")
    done = run(python, "-W", "error::DeprecationWarning", *PYTEST, "-c", "pytest.ini", suite)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_passes_with_pytest_django(python: str) -> None:
    """A live server in a thread and a worker in a process of its own."""
    done = run(python, *PYTEST)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_example_passes_with_the_test_runner_of_django(python: str) -> None:
    """The same by MailOutboxMixin, without pytest."""
    done = run(python, "manage.py", "test")
    assert "Ran 2 tests" in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
