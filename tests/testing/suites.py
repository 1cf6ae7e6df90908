"""Test suites as other projects write them, run by a separate pytest."""

import os
import subprocess
import sys
from pathlib import Path

SENDING = """
import smtplib
from email.message import EmailMessage

def send(mailbox, subject="Welcome", text="Your code is 482913", to="ann@example.com"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "app@example.com", to, subject
    message.set_content(text)
    with smtplib.SMTP(mailbox.host, mailbox.port, timeout=120) as client:
        client.login(mailbox.username, mailbox.password)
        client.send_message(message)
"""

PARALLEL = """
import os
from pathlib import Path
import pytest
from sending import send

@pytest.mark.parametrize("number", range(int(os.environ["NUMBER"])))
def test_own_mail_alone(mailbox, catcher_server, number):
    told = Path(os.environ["URLS"], f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{number}")
    told.write_text(catcher_server.place.url)
    mailbox.assert_empty()
    send(mailbox, f"mail {number}", f"Your code is {100000 + number}")
    assert mailbox.wait(timeout=120).code == str(100000 + number)
    assert [message.subject for message in mailbox.messages] == [f"mail {number}"]
"""

WITHOUT_SLOW_PLUGINS = ("-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:anyio")
"""Options of pytest: plugins of our environment that take longer to import than a suite takes to run."""


ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "catcher.testing.plugin"}
"""Variables by which pytest loads this plugin and no other of our environment."""

INSTALLED = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "", "PYTEST_PLUGINS": ""}
"""Variables by which pytest loads all installed plugins."""


def run_suite(directory: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest in a directory with `sending.py` and the suite, as in a project of its own."""
    (directory / "sending.py").write_text(SENDING)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CATCHER"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "--rootdir", ".", *arguments],
        cwd=directory,
        env={**own, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1", **ALONE, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
