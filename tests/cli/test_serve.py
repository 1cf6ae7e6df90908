"""Tests of `catcher serve` as a person runs it: a process of its own, real ports, a real file."""

import contextlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from catcher.conf import SECTIONS
from catcher.store import Store
from tests.served import command, serving

LIMIT = 60.0  # seconds in which a start fails and a stop ends, on however busy a machine; five are the promise


def refused(*arguments: str) -> str:
    """The line that `catcher serve` prints when it fails to start, within the limit and with an exit code."""
    done = subprocess.run(
        command("serve", *arguments), capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False
    )
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.sqlite
def test_the_start_prints_the_addresses_on_one_screen(tmp_path: Path) -> None:
    """It names the SMTP address, the web interface and the database file, in fewer than ten lines."""
    file = tmp_path / "some.db"
    with serving("--database", str(file), "--label", "staging") as served:
        assert len(served.screen.splitlines()) < 10
        assert "staging" in served.screen
        assert str(file) in served.screen
        assert served.get("readyz") == b""
        store_id = served.send()
        assert store_id.encode() in served.get("api/v1/messages")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_time_and_accepted_mail_is_stored(tmp_path: Path, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C: listeners close, accepted mail is committed, exit 0 within five seconds."""
    file = tmp_path / "kept.db"
    with serving("--database", str(file)) as served:
        store_id = served.send()
        with socket.create_connection(served.smtp, timeout=10) as idle:  # a client that just stays
            assert idle.recv(100).startswith(b"220")
            served.process.send_signal(number)
            assert served.process.wait(timeout=LIMIT) == 0
        with pytest.raises(OSError):
            socket.create_connection(served.smtp, timeout=1)
    with Store.open(f"sqlite:///{file}", poll_interval=0) as store:
        assert [summary.store_id for summary in store.page().messages] == [store_id]


def test_messages_survive_a_restart(tmp_path: Path) -> None:
    """The default is a database file."""
    file = tmp_path / "kept.db"
    with serving("--database", str(file)) as served:
        store_id = served.send()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(timeout=10)
    with serving("--database", str(file)) as served:
        assert store_id.encode() in served.get("api/v1/messages")


def test_ephemeral_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--ephemeral deletes the database on exit."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving("--ephemeral") as served:
        served.send()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(timeout=10)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite
def test_a_directory_means_catcher_db_in_it(tmp_path: Path) -> None:
    """--database DIR is DIR/catcher.db."""
    with serving("--database", f"{tmp_path}/"):
        assert (tmp_path / "catcher.db").exists()


def test_the_default_file_lies_in_the_users_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --database the file is catcher.db in the platform's user data directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    with serving():
        assert [path.name for path in tmp_path.rglob("*.db")] == ["catcher.db"]


def test_a_home_that_is_not_writable_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback if the user's data directory cannot be created: the line names the file."""
    home = tmp_path / "home"
    home.write_text("a file")  # so that it holds for root too
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    line = refused("--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0")
    assert str(home) in line


@pytest.mark.parametrize("flag", ["--smtp", "--listen"])
def test_a_port_in_use_is_one_clear_line(tmp_path: Path, flag: str) -> None:
    """The line names the flag and the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        other = "--listen" if flag == "--smtp" else "--smtp"
        line = refused(flag, address, other, "127.0.0.1:0", "--database", str(tmp_path / "x.db"))
    assert address in line


@pytest.mark.parametrize("flag", ["--smtp", "--listen"])
def test_a_regular_file_at_a_sockets_path_is_not_replaced(tmp_path: Path, flag: str) -> None:
    """Only a dead Unix socket is replaced."""
    file = tmp_path / "notes.txt"
    file.write_text("precious")
    other = "--listen" if flag == "--smtp" else "--smtp"
    line = refused(flag, f"unix:{file}", other, "127.0.0.1:0", "--database", str(tmp_path / "x.db"))
    assert str(file) in line
    assert file.read_text() == "precious"


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_not_changed(tmp_path: Path) -> None:
    """A corrupt database stops the start with one line and is untouched."""
    file = tmp_path / "letter.txt"
    content = b"Dear Ann, this is no database. " * 200
    file.write_bytes(content)
    line = refused("--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--database", str(file))
    assert str(file) in line
    assert file.read_bytes() == content


@pytest.mark.sqlite
def test_a_database_of_a_newer_version_is_not_changed(tmp_path: Path) -> None:
    """A schema that this version does not know stops the start."""
    file = tmp_path / "newer.db"
    with serving("--database", str(file)) as served:
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(timeout=10)
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    line = refused("--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--database", str(file))
    assert "newer" in line
    assert file.read_bytes() == before


@pytest.mark.sqlite
def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    """The line names it, and it is not created."""
    file = tmp_path / "nowhere" / "x.db"
    line = refused("--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--database", str(file))
    assert str(file) in line
    assert not file.parent.exists()


def test_a_wrong_setting_is_one_line_with_name_value_and_expectation() -> None:
    """A wrong value stops the start."""
    line = refused("--smtp", "25x")
    assert "--smtp='25x'" in line
    assert "HOST:PORT" in line


def test_readyz_reports_by_exit_code() -> None:
    """`catcher readyz` exits with 0 if the server is ready and with 1 if it cannot be reached."""
    with serving("--ephemeral", "--webroot", "/mail") as served:
        address = served.url.removeprefix("http://").partition("/")[0]
        asked = subprocess.run(command("readyz", "--listen", address, "--webroot", "mail"), check=False, timeout=30)
        assert asked.returncode == 0
    asked = subprocess.run(command("readyz", "--listen", address), check=False, timeout=30, capture_output=True)
    assert asked.returncode == 1
    assert address.encode() in asked.stderr


def test_bare_catcher_serves() -> None:
    """`catcher --ephemeral` is `catcher serve --ephemeral`; --version and --help are those of `catcher`."""
    done = subprocess.run(command("--smtp", "25x"), capture_output=True, text=True, check=False, timeout=30)
    assert "--smtp='25x'" in done.stderr
    version = subprocess.run(command("--version"), capture_output=True, text=True, check=True, timeout=30).stdout
    assert re.fullmatch(r"catcher, version \d+\.\d+\.\d+\S*\n", version)


def test_readyz_uses_https_if_the_server_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --https or the server's certificate in the environment; no password is needed."""
    file, password = str(tmp_path / "x.db"), ("--ui-auth", "ann:pw")
    with serving("--database", file, "--ui-tls-cert", "auto", *password) as served:
        address = served.url.removeprefix("https://").partition("/")[0]
        assert (
            subprocess.run(command("readyz", "--listen", address, "--https"), check=False, timeout=30).returncode == 0
        )
        plain = subprocess.run(command("readyz", "--listen", address), check=False, timeout=30, capture_output=True)
        assert plain.returncode == 1
        monkeypatch.setenv("MP_UI_TLS_CERT", "sans:a.test")
        assert subprocess.run(command("readyz", "--listen", address), check=False, timeout=30).returncode == 0


def test_mailpits_flags_and_variables_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line for Mailpit starts catcher; flags without effect are reported on standard error."""
    monkeypatch.setenv("MP_LABEL", "from there")
    monkeypatch.setenv("MP_TENANT_ID", "hidden")
    flags = ("--db-file", str(tmp_path / "x.db"), "--smtp-disable-rdns", "--compression", "2")
    with serving(*flags) as served:
        assert "from there" in served.screen
        assert str(tmp_path / "x.db") in served.screen
    line = refused(*flags, "--smtp-tls-required")
    assert "--smtp-require-starttls: expected --smtp-tls-cert with it" in line


def test_the_help_text_lists_every_setting_under_its_heading() -> None:
    """`catcher serve --help` shows the table, without the flags that only Mailpit has."""
    text = subprocess.run(command("serve", "--help"), capture_output=True, text=True, check=True, timeout=30).stdout
    for title, settings in SECTIONS:
        assert f"\n{title}:\n" in text
        assert not [setting.flag for setting in settings if setting.flag not in text]
    assert "--db-file" not in text


def test_the_limit_on_open_files_is_raised() -> None:
    """Connections are open files: the soft limit is raised to the hard one, up to a maximum."""
    limits = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 4096)); "
    raised = "from catcher.process import raise_descriptor_limit as r; r(); "
    shown = "print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    done = subprocess.run([sys.executable, "-c", limits + raised + shown], capture_output=True, text=True, check=True)
    assert done.stdout == "(4096, 4096)\n"
