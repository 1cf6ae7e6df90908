"""Tests of catcher.pop3.server: addresses, and the server as `catcher serve` runs it."""

import poplib
import re
import socket
import subprocess
from pathlib import Path

import pytest

from catcher.errors import AddressInUse
from tests.pop3.conftest import PATIENCE, Serve
from tests.served import WORDS, command, serving


def test_an_address_in_use_is_reported_in_one_line(serve: Serve) -> None:
    """The message names the address and what was expected."""
    with (
        serve() as running,
        pytest.raises(AddressInUse, match=f"127.0.0.1:{running.port}.*expected"),
        serve(port=running.port),
    ):
        pass


def test_a_unix_socket_is_served_and_removed_at_the_stop(serve: Serve, tmp_path: Path) -> None:
    """`unix:PATH:MODE`: the mode is set, the file is gone after the stop."""
    path = tmp_path / "pop3.sock"
    with serve(path=str(path), mode=0o600) as running:
        assert running.server.addresses() == [f"unix:{path}"]
        assert path.stat().st_mode & 0o777 == 0o600
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(PATIENCE)
            client.connect(str(path))
            assert client.recv(1000).startswith(b"+OK catcher")
    assert not path.exists()


@pytest.mark.slow
def test_served_mail_can_be_fetched(tmp_path: Path) -> None:
    """`catcher serve --pop3`: mail received by SMTP is available by POP3; deleted messages disappear from the API."""
    passwords = tmp_path / "passwords"
    passwords.write_text("joe:secret\n")
    options = ("--ephemeral", "--pop3", "127.0.0.1:0", "--pop3-auth-file", str(passwords), "--label", "team")
    with serving(*options) as served:
        store_id = served.send(WORDS)
        found = re.search(r"POP3\s+(\S+):(\d+)", served.screen)
        assert found is not None, served.screen
        client = poplib.POP3(found[1], int(found[2]), timeout=PATIENCE)
        assert client.getwelcome().startswith(b"+OK catcher (team) POP3 server ready <")
        client.apop("joe", "secret")
        assert client.uidl()[1] == [f"1 {store_id}".encode()]
        assert b"\r\n".join(client.retr(1)[1]) + b"\r\n" == WORDS
        client.dele(1)
        client.quit()
        assert b'"messages":[]' in served.get("api/v1/messages")


@pytest.mark.slow
def test_without_the_setting_nothing_listens() -> None:
    """POP3 is off by default."""
    with serving("--ephemeral") as served:
        assert "POP3" not in served.screen


@pytest.mark.slow
def test_a_password_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    """A wrong setting never becomes a default."""
    done = subprocess.run(
        [
            *command("serve", "--ephemeral", "--smtp=127.0.0.1:0", "--listen=127.0.0.1:0", "--pop3=127.0.0.1:0"),
            f"--pop3-auth-file={tmp_path / 'missing'}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "missing" in done.stderr
    assert "Traceback" not in done.stderr
