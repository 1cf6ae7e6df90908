"""Client libraries of Node, as their users have them, against a running catcher: every method of each."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from catcher.testing import RunningCatcher, running_catcher
from tests.mail.servers import smtp_server
from tests.prerequisites import find_node

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def served() -> Iterator[RunningCatcher]:
    """A catcher with everything on that the clients ask for: relay, chaos, a spam filter (that is down)."""
    with (
        smtp_server() as sink,
        running_catcher(
            smtp_relay_host="127.0.0.1",
            smtp_relay_port=sink.port,
            enable_chaos=True,
            spamassassin="127.0.0.1:1",
        ) as running,
    ):
        yield running


@pytest.mark.parametrize(
    ("script", "package"),
    [
        ("mailpit-api.test.mjs", "mailpit-api"),
        ("mailpit-api.test.mjs", "mailpit-api-1"),
        ("cypress-mailpit.test.mjs", "cypress-mailpit"),
        ("mailhog.test.mjs", "mailhog"),
    ],
)
def test_a_client_library_works_unchanged(served: RunningCatcher, script: str, package: str) -> None:
    """Whoever uses Mailpit or MailHog by this library changes nothing."""
    node = find_node()
    assert node is not None, "the tests need Node; see tests/prerequisites.py"
    assert (HERE / "node_modules" / package).is_dir(), "run tests/clients/ensure_clients.py; `make test` does that"
    done = subprocess.run(
        [node, "--test", "--test-reporter", "tap", script],
        cwd=HERE,
        env={**os.environ, "CATCHER_URL": served.url.rstrip("/"), "PACKAGE": package},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout
