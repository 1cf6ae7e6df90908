"""Client libraries of Python, as their users have them, against a running catcher."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from catcher.testing import RunningCatcher, running_catcher
from tests.clients.ensure_clients import PYTHON

HERE = Path(__file__).parent


@pytest.fixture
def served() -> Iterator[RunningCatcher]:
    """A catcher with chaos, which pytest-mailpit's fixture wants."""
    with running_catcher(enable_chaos=True) as running:
        yield running


def run(served: RunningCatcher, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The Python of the clients, with the catcher's URL in its environment."""
    assert PYTHON.exists(), "run tests/clients/ensure_clients.py; `make test` does that"
    smtp = f"{served.smtp_host}:{served.smtp_port}"
    told = {
        "CATCHER_URL": served.url.rstrip("/"),
        "CATCHER_SMTP": smtp,
        "MAILPIT_URL": served.url,
        "MAILPIT_SMTP": smtp,
    }
    return subprocess.run(
        [str(PYTHON), *arguments],
        cwd=HERE,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}, **told},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_mailpit_api_client_works_unchanged(served: RunningCatcher) -> None:
    """Every method of PyPI's mailpit-api-client; it sends forms, with keys in lower case."""
    done = run(served, "mailpit_api_client.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_fixtures_of_pytest_mailpit_work_unchanged(served: RunningCatcher) -> None:
    """A real pytest run: inboxes, waiting, chaos, checks, and the report of a failed test."""
    done = run(
        served,
        "-m",
        "pytest",
        "-q",
        "--noconftest",
        "-c",
        os.devnull,
        "--rootdir",
        str(HERE),
        "pytest_mailpit_suite.py",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
