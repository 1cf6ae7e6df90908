"""Tests of `catcher serve` as a person runs it: real ports, a real file; a process where its end or output counts."""

import contextlib
import re
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from catcher.conf import SECTIONS
from catcher.errors import CatcherError
from catcher.store import Store
from catcher.testing import running_catcher
from tests.cli.conftest import Run
from tests.served import send, serving

pytestmark = pytest.mark.slow

LIMIT = 60.0  # seconds in which a start fails and a stop ends, on however busy a machine; five are the promise


def refused(**settings: str) -> str:
    """The line that `catcher serve` prints when it fails to start with these settings."""
    with pytest.raises(CatcherError) as caught, running_catcher(**settings):
        pass
    line = str(caught.value)
    assert len(line.splitlines()) == 1, line
    return line


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
    """Messages are in a database file."""
    file = str(tmp_path / "kept.db")
    with running_catcher(database=file) as catcher, smtplib.SMTP(catcher.smtp_host, catcher.smtp_port) as client:
        store_id = send(client)
    with running_catcher(database=file) as catcher, urllib.request.urlopen(f"{catcher.url}api/v1/messages") as answer:
        assert store_id.encode() in answer.read()


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
    with running_catcher(database=f"{tmp_path}/"):
        assert (tmp_path / "catcher.db").exists()


def test_the_default_file_lies_in_the_users_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --database the file is catcher.db in the platform's user data directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    with serving():
        assert [path.name for path in tmp_path.rglob("*.db")] == ["catcher.db"]


def test_a_home_that_is_not_writable_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_process: Run
) -> None:
    """The process exits with 1 and prints one line, no traceback, if the user's data directory cannot be created."""
    home = tmp_path / "home"
    home.write_text("a file")  # so that it holds for root too
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    done = run_process("serve", "--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0", env={"XDG_DATA_HOME": ""})
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert str(home) in line


@pytest.mark.parametrize("setting", ["smtp", "listen"])
def test_a_port_in_use_is_one_clear_line(setting: str) -> None:
    """The line names the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert address in refused(**{setting: address})


@pytest.mark.parametrize("setting", ["smtp", "listen"])
def test_a_regular_file_at_a_sockets_path_is_not_replaced(tmp_path: Path, setting: str) -> None:
    """Only a dead Unix socket is replaced."""
    file = tmp_path / "notes.txt"
    file.write_text("precious")
    assert str(file) in refused(**{setting: f"unix:{file}"})
    assert file.read_text() == "precious"


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_not_changed(tmp_path: Path) -> None:
    """A corrupt database stops the start with one line and is untouched."""
    file = tmp_path / "letter.txt"
    content = b"Dear Ann, this is no database. " * 200
    file.write_bytes(content)
    line = refused(database=str(file))
    assert str(file) in line
    assert file.read_bytes() == content


@pytest.mark.sqlite
def test_a_database_of_a_newer_version_is_not_changed(tmp_path: Path) -> None:
    """A schema that this version does not know stops the start."""
    file = tmp_path / "newer.db"
    Store.open(f"sqlite:///{file}").close()
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    line = refused(database=str(file))
    assert "newer" in line
    assert file.read_bytes() == before


@pytest.mark.sqlite
def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    """The line names it, and it is not created."""
    file = tmp_path / "nowhere" / "x.db"
    line = refused(database=str(file))
    assert str(file) in line
    assert not file.parent.exists()


def test_a_wrong_setting_is_one_line_with_name_value_and_expectation(run: Run) -> None:
    """A wrong value stops the start; bare `catcher` with options is `catcher serve` with them."""
    for arguments in (("serve", "--smtp", "25x"), ("--smtp", "25x")):
        done = run(*arguments)
        assert done.returncode == 1
        (line,) = done.stderr.decode().splitlines()
        assert "--smtp='25x'" in line
        assert "HOST:PORT" in line


def test_readyz_reports_by_exit_code(run: Run, run_process: Run) -> None:
    """`catcher readyz` exits with 0 if the server is ready and with 1 if it cannot be reached."""
    with running_catcher(webroot="/mail") as catcher:
        address = catcher.url.removeprefix("http://").partition("/")[0]
        assert run_process("readyz", "--listen", address, "--webroot", "mail").returncode == 0
    done = run("readyz", "--listen", address)
    assert done.returncode == 1
    assert address.encode() in done.stderr


def test_the_version_is_that_of_the_package(run: Run) -> None:
    """`catcher --version` is an option of `catcher`, not of `catcher serve`."""
    assert re.fullmatch(r"catcher, version \d+\.\d+\.\d+\S*\n", run("--version").stdout.decode())


def test_readyz_uses_https_if_the_server_does(run: Run) -> None:
    """With --https or the server's certificate in the environment; no password is needed."""
    with running_catcher(ui_tls_cert="auto", ui_auth="ann:pw") as catcher:
        address = catcher.url.removeprefix("https://").partition("/")[0]
        assert run("readyz", "--listen", address, "--https").returncode == 0
        assert run("readyz", "--listen", address).returncode == 1
        assert run("readyz", "--listen", address, env={"MP_UI_TLS_CERT": "sans:a.test"}).returncode == 0


def test_mailpits_flags_and_variables_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """A command line for Mailpit starts catcher; flags without effect are reported on standard error."""
    monkeypatch.setenv("MP_LABEL", "from there")
    monkeypatch.setenv("MP_TENANT_ID", "hidden")
    flags = ("--db-file", str(tmp_path / "x.db"), "--smtp-disable-rdns", "--compression", "2")
    with serving(*flags) as served:
        assert "from there" in served.screen
        assert str(tmp_path / "x.db") in served.screen
    line = run("serve", *flags, "--smtp-tls-required").stderr.decode()
    assert "--smtp-require-starttls: expected --smtp-tls-cert with it" in line


def test_the_help_text_lists_every_setting_under_its_heading(run: Run) -> None:
    """`catcher serve --help` shows the table, without the flags that only Mailpit has."""
    text = run("serve", "--help").stdout.decode()
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
