"""The pytest plugin in pytest runs of its own, as other projects use it."""

import subprocess
import sys
from pathlib import Path

import pytest

from catcher.testing import RunningCatcher
from tests.testing.suites import INSTALLED, PARALLEL, WITHOUT_SLOW_PLUGINS, run_suite
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

REPORTED = """
import pytest
from sending import send

@pytest.mark.parametrize("number", range(3))
def test_fails(mailbox, make_mailbox, number):
    other = make_mailbox()
    for count in range(7):
        send(mailbox, f"mail {count}")
    mailbox.wait_for_all(7)
    assert number != 1
"""
UNUSED = """
import sys

def test_nothing_is_loaded():
    loaded = {name for name in sys.modules if name.partition(".")[0] in ("catcher", "httpx2", "sqlalchemy", "msgspec")}
    assert loaded == {"catcher", "catcher.lazy", "catcher.testing", "catcher.testing.plugin"}
"""
SNAPSHOT = """
from sending import send

def test_welcome(mailbox, mail_snapshot):
    send(mailbox, to=mailbox.address("ann"), text=f"Your code is 482913, {mailbox.name}")
    mail_snapshot(mailbox.wait())
"""
SETTINGS = """
[pytest]
catcher_settings =
    label = of the suite
    max_message_size = 2k
"""
SET = """
import smtplib
import pytest
from sending import send

def test_settings_are_those_of_the_file(mailbox, catcher_server):
    assert catcher_server.web_configuration()["Label"] == "of the suite"
    with pytest.raises(smtplib.SMTPResponseException) as caught:
        send(mailbox, text="x " * 4000)
    assert caught.value.smtp_code == 552
"""


def test_its_import_loads_nothing_but_what_pytest_has_loaded() -> None:
    """pytest loads it in every run where catcher is installed."""
    code = (
        "import sys, pytest, tempfile, shutil; before = set(sys.modules); import catcher.testing.plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["catcher", "catcher.lazy", "catcher.testing", "catcher.testing.plugin"]


def test_a_run_without_mail_loads_and_starts_nothing(tmp_path: Path) -> None:
    """The entry point, by which pytest finds the plugin, costs nothing but its own import."""
    (tmp_path / "test_unused.py").write_text(UNUSED)
    done = run_suite(tmp_path, "test_unused.py", *WITHOUT_SLOW_PLUGINS, **INSTALLED, TMPDIR=str(tmp_path))
    assert "1 passed" in done.stdout, done.stdout
    assert not list(tmp_path.glob("catcher-*"))


def test_parallel_workers_share_one_server_and_see_no_foreign_mail(tmp_path: Path) -> None:
    """One real server for all workers of a run, an inbox for each test, and nothing left afterwards."""
    (tmp_path / "test_parallel.py").write_text(PARALLEL)
    (tmp_path / "urls").mkdir()
    told = {"NUMBER": "9", "URLS": str(tmp_path / "urls"), "TMPDIR": str(tmp_path)}
    done = run_suite(tmp_path, "test_parallel.py", "-p", "xdist.plugin", "-n", "3", **told)
    assert "9 passed" in done.stdout, done.stdout
    told = {file.name.partition("-")[0]: file.read_text() for file in (tmp_path / "urls").iterdir()}
    assert len(set(told.values())) == 1, told
    assert len(told) > 1, "more than one worker ran tests"
    wait_until(lambda: not list(tmp_path.glob("catcher-*")))  # the server ends after its last user


def test_a_failed_test_shows_its_mail(catcher: RunningCatcher, tmp_path: Path) -> None:
    """The report includes the last few messages of each mailbox of the test, and only if it failed."""
    (tmp_path / "test_reported.py").write_text(REPORTED)
    done = run_suite(tmp_path, "test_reported.py", CATCHER_URL=catcher.url)
    assert "1 failed, 2 passed" in done.stdout, done.stdout
    assert done.stdout.count("- Mail in ") == 2
    assert "(the last 5 of 7)" in done.stdout
    assert done.stdout.count("  | Subject: mail ") == 5
    assert "  | Subject: mail 6" in done.stdout


def test_snapshots_are_written_on_request_and_compared(catcher: RunningCatcher, tmp_path: Path) -> None:
    """A missing one fails; a written one passes in the next run, with another mailbox."""
    (tmp_path / "test_snapshot.py").write_text(SNAPSHOT)

    def run(*arguments: str) -> str:
        return run_suite(tmp_path, "test_snapshot.py", *arguments, CATCHER_URL=catcher.url).stdout

    missing = run()
    assert "no snapshot test_snapshot-test_welcome.txt" in missing, missing
    assert "1 passed" in run("--catcher-update-snapshots")
    kept = (tmp_path / "__snapshots__" / "test_snapshot-test_welcome.txt").read_text()
    assert "To: ann@<mailbox>.inbox.test" in kept
    assert "Your code is <code>, <mailbox>" in kept
    assert "1 passed" in run()


def test_the_ini_file_has_settings_of_the_server(tmp_path: Path) -> None:
    """Lines of name = value, as in the TOML file of a catcher."""
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "test_set.py").write_text(SET)
    done = run_suite(tmp_path, "test_set.py")
    assert "1 passed" in done.stdout, done.stdout


def test_a_failed_start_of_the_catcher_is_reported(tmp_path: Path) -> None:
    """Clients can connect before its database is open; when opening fails, the report says why."""
    (tmp_path / "pytest.ini").write_text(f"[pytest]\ncatcher_settings =\n    database = {tmp_path}/nowhere/x.db\n")
    (tmp_path / "test_set.py").write_text(SET)
    done = run_suite(tmp_path, "test_set.py")
    assert "The catcher of this run has ended" in done.stdout
    assert "nowhere does not exist" in done.stdout


def test_a_running_catcher_can_be_used(catcher: RunningCatcher, tmp_path: Path) -> None:
    """CATCHER_URL or an option selects it; none is started, and nothing remains in it."""
    (tmp_path / "test_parallel.py").write_text(PARALLEL)
    (tmp_path / "urls").mkdir()
    given = {"NUMBER": "2", "URLS": str(tmp_path / "urls"), "TMPDIR": str(tmp_path)}
    by_variable = run_suite(tmp_path, "test_parallel.py", CATCHER_URL=catcher.url, **given)
    by_option = run_suite(tmp_path, "test_parallel.py", "--catcher-url", catcher.url, **given)
    for done in (by_variable, by_option):
        assert "2 passed" in done.stdout, done.stdout
    assert {file.read_text() for file in (tmp_path / "urls").iterdir()} == {catcher.url}
    assert not list(tmp_path.glob("catcher-*"))
    assert catcher.store.inboxes() == []
