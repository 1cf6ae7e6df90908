"""A catcher that several processes share."""

import fcntl
import json
import smtplib
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from catcher.testing.shared_process import ADDRESS, LOG, USERS, SharedAddress, SharedServer

SHARE = """
import sys
from pathlib import Path
from catcher.testing.shared_process import SharedServer
shared = SharedServer(Path(sys.argv[1]))
shared.start({})
print(shared.address().url, flush=True)
sys.stdin.read()
"""


def messages(address: SharedAddress) -> int:
    with urllib.request.urlopen(f"{address.url}api/v1/messages", timeout=30) as answer:
        total: int = json.load(answer)["total"]
    return total


def wait_until_gone(directory: Path) -> None:
    """Return when the catcher of the directory has ended: it holds the lock from its start to its end."""
    while (directory / ADDRESS).exists():
        with (directory / USERS).open("r+b") as users:
            fcntl.flock(users, fcntl.LOCK_EX)


@pytest.mark.slow
def test_it_receives_mail_and_ends_with_its_last_user(tmp_path: Path) -> None:
    """Processes share one catcher; it ends after the last of them, and the next one starts another."""
    shared = SharedServer(tmp_path)
    shared.start({"label": "suite"})
    address = shared.address()
    command = [sys.executable, "-c", SHARE, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == address.url
        shared.release()
        shared.release()
        with smtplib.SMTP(address.smtp_host, address.smtp_port, timeout=30) as client:
            client.sendmail("a@example.com", ["b@example.com"], b"Subject: hello\r\n\r\nbody\r\n")
        assert messages(address) == 1
        other.kill()
    wait_until_gone(tmp_path)
    assert not (tmp_path / ADDRESS).exists()
    again = SharedServer(tmp_path)
    again.start({})
    assert messages(again.address()) == 0
    again.release()
    wait_until_gone(tmp_path)


def test_an_invalid_setting_is_reported(tmp_path: Path) -> None:
    """The process that waits for the catcher gets the reason instead of a timeout."""
    shared = SharedServer(tmp_path)
    shared.start({"smtp": "nonsense"})
    with pytest.raises(RuntimeError, match=r"(?s)did not start.*smtp='nonsense'"):
        shared.address()
    assert "nonsense" in (tmp_path / LOG).read_text()
    shared.release()
