"""A catcher whose disk is full: a file system of its own, which only root can mount."""

import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from catcher.store.engines.sqlite.database import RESERVE_OCTETS
from catcher.testing import RunningCatcher, running_catcher
from tests.waiting import wait_until

LARGE = b"Subject: large\r\n\r\n" + bytes(range(33, 127)) * 20_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for the reserve and not much more."""
    size = 2 * RESERVE_OCTETS + 2_000_000
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fill(disk: Path) -> Path:
    """Take all that is free, in a file that can be removed."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass
    return filler


def send(catcher: RunningCatcher, octets: bytes) -> int:
    """Send one message; return the code of the reply."""
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        client.ehlo()
        client.mail("a@example.com")
        client.rcpt("b@example.com")
        return client.data(octets)[0]


@pytest.mark.slow
@pytest.mark.sqlite
def test_mail_can_be_read_and_deleted_while_nothing_can_be_kept(disk: Path) -> None:
    """Opening needs no room for its read mark, deleting has some, and readyz tells whether mail is accepted."""
    with (
        running_catcher(database=str(disk / "mail.db")) as catcher,
        httpx2.Client(base_url=catcher.url, timeout=30) as client,
    ):
        for _ in range(3):
            assert send(catcher, LARGE) == 250
        wait_until(lambda: (disk / "mail.db-reserve").exists())
        filler = fill(disk)
        assert send(catcher, LARGE * 4) == 452
        assert client.get("/readyz").status_code == 503
        assert client.get("/livez").status_code == 200
        first, second, third = (one["ID"] for one in client.get("/api/v1/messages").json()["messages"])
        for path in (
            f"/api/v1/message/{first}",
            f"/view/{second}",
            f"/view/{third}.txt",
            "/",
            "/api/v1/search?query=large",
        ):
            assert client.get(path).status_code == 200, path
        assert client.request("DELETE", "/api/v1/messages", json={"IDs": [first]}).status_code == 200
        assert client.delete("/api/v1/messages").status_code == 200
        assert client.get("/api/v1/messages").json()["total"] == 0
        filler.unlink()
        assert client.get("/readyz").status_code == 200
        assert send(catcher, LARGE * 4) == 250
        wait_until(lambda: (disk / "mail.db-reserve").exists())
