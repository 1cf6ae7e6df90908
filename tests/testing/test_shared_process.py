"""A catcher that several processes share."""

import fcntl
import json
import smtplib
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from catcher.testing.shared_process import LOG, PLACE, USERS, Place, Sharing

SHARE = """
import sys
from pathlib import Path
from catcher.testing.shared_process import Sharing
sharing = Sharing(Path(sys.argv[1]))
sharing.begin({})
print(sharing.place().url, flush=True)
sys.stdin.read()
"""


def messages(place: Place) -> int:
    with urllib.request.urlopen(f"{place.url}api/v1/messages", timeout=30) as answer:
        total: int = json.load(answer)["total"]
    return total


def wait_until_gone(directory: Path) -> None:
    """Returns when the catcher of the directory has ended: it holds the lock until then, once it has it."""
    until = time.monotonic() + 60
    while (directory / PLACE).exists():
        assert time.monotonic() < until
        with (directory / USERS).open("r+b") as users:
            fcntl.flock(users, fcntl.LOCK_EX)


def test_it_takes_mail_and_ends_with_the_last_that_needs_it(tmp_path: Path) -> None:
    """A process that starts it and one that comes later see one catcher; it is gone after both, and starts anew."""
    sharing = Sharing(tmp_path)
    sharing.begin({"label": "suite"})
    place = sharing.place()
    command = [sys.executable, "-c", SHARE, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == place.url
        sharing.end()
        sharing.end()
        with smtplib.SMTP(place.smtp_host, place.smtp_port, timeout=30) as client:
            client.sendmail("a@example.com", ["b@example.com"], b"Subject: hello\r\n\r\nbody\r\n")
        assert messages(place) == 1
        other.kill()
    wait_until_gone(tmp_path)
    assert not (tmp_path / PLACE).exists()
    again = Sharing(tmp_path)
    again.begin({})
    assert messages(again.place()) == 0
    again.end()
    wait_until_gone(tmp_path)


def test_a_setting_that_stops_it_is_told(tmp_path: Path) -> None:
    """Who waits for it learns why it is not there, instead of waiting."""
    sharing = Sharing(tmp_path)
    sharing.begin({"smtp": "nonsense"})
    with pytest.raises(RuntimeError, match=r"(?s)did not start.*smtp='nonsense'"):
        sharing.place()
    assert "nonsense" in (tmp_path / LOG).read_text()
    sharing.end()
