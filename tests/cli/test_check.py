"""Tests of `catcher check`: files, standard input, databases, a running catcher."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from catcher.intake import deliver_now
from catcher.store import Store
from catcher.testing import running_catcher
from tests.checks.mails import DATA, HEAD
from tests.cli.conftest import Run
from tests.web.api.mails import envelope

GOOD = (HEAD + "Subject: Your order\r\n\r\nIt is on its way.\r\n").encode()
BAD = (
    HEAD + "Subject: Your order\r\nContent-Type: text/html; charset=utf-8\r\nMIME-Version: 1.0\r\n\r\n"
    '<html lang="en"><body><p>x</p><img src="cid:none"></body></html>\r\n'
).encode()


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file with a message that has an error."""
    path = tmp_path / "bad.eml"
    path.write_bytes(BAD)
    return path


def test_a_file_is_checked_and_its_findings_are_named(run: Run, bad: Path) -> None:
    """The text output has rule and position of a finding; without requirements the exit code is 0."""
    done = run("check", bad)
    assert done.returncode == 0, done.stderr
    assert "[link-cid]" in done.stdout.decode()
    assert "line 1, column 31" in done.stdout.decode()


@pytest.mark.parametrize(
    ("demand", "code"),
    [
        (("--fail-on", "error"), 1),
        (("--min-score", "90"), 1),
        (("--min-score", "1", "--only", "size"), 0),
        (("--fail-on", "error", "--only", "size"), 0),
    ],
)
def test_fail_on_and_min_score_set_the_exit_code(run: Run, bad: Path, demand: tuple[str, ...], code: int) -> None:
    """--fail-on compares severities, --min-score the lowest score of the checks that ran."""
    assert run("check", bad, *demand).returncode == code


@pytest.mark.parametrize("rules", ["link-cid", "links/link-cid", "x,link-cid"])
def test_ignored_rules_do_not_count(run: Run, bad: Path, rules: str) -> None:
    """--ignore excludes a rule from findings, score and exit code, for a file and for a running catcher."""
    done = run("check", bad, "--only", "links", "--fail-on", "info", "--min-score", "100", "--ignore", rules)
    assert done.returncode == 0, done.stdout.decode()
    assert b"link-cid" not in done.stdout
    with running_catcher() as catcher:
        deliver_now(catcher.store, [(envelope(), BAD)])
        asked = ("check", "latest", "--http", catcher.url, "--only", "links", "--fail-on", "info")
        assert run(*asked).returncode == 1
        assert run(*asked, "--ignore", rules).returncode == 0


def test_a_check_that_fails_to_run_is_not_a_pass(run: Run, bad: Path) -> None:
    """With requirements the exit code for an unavailable spam filter is 2, not 0."""
    done = run("check", bad, "--only", "spam", "--min-score", "1", env={"CATCHER_SPAMASSASSIN": "127.0.0.1:1"})
    assert done.returncode == 2
    assert "cannot be reached" in done.stdout.decode()


@pytest.mark.slow
def test_standard_input_is_read(run_process: Run) -> None:
    """`-` reads the message from standard input."""
    done = run_process("check", "-", "--fail-on", "error", octets=GOOD)
    assert done.returncode == 0, done.stdout.decode()


def test_the_formats_are_what_build_servers_read(run: Run, bad: Path) -> None:
    """JSON with all reports, JUnit XML with failures, SARIF 2.1.0 with the file's name."""
    value = json.loads(run("check", bad, "--format", "json").stdout)
    assert {report["check"] for report in value["reports"]} > {"links", "clients"}
    suite = ElementTree.fromstring(run("check", bad, "--format", "junit", "--fail-on", "error").stdout)
    assert int(suite.attrib["failures"]) > 0
    assert ElementTree.fromstring(run("check", bad, "--format", "junit").stdout).attrib["failures"] == "0"
    sarif = json.loads(run("check", bad, "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert str(bad) in json.dumps(sarif)


def test_a_stored_message_is_checked_with_its_envelope(run: Run, tmp_path: Path) -> None:
    """By id or `latest` in a database: SPF sees the client's address of the envelope. RFC 7208 §2.3."""
    database = tmp_path / "mail.db"
    with Store.open(f"sqlite:///{database}") as store:
        (store_id,) = deliver_now(store, [(envelope(), BAD)])
    for name in (store_id, "latest"):
        done = run("check", name, "--database", database, "--format", "json")
        assert "link-cid" in done.stdout.decode(), done.stderr
    zone = {"CATCHER_ZONE_FILE": str(DATA / "keys.zone")}
    done = run("check", store_id, "-d", database, "--only", "authentication", "--format", "json", env=zone)
    assert json.loads(done.stdout.decode())["reports"][0]["facts"]["spf"]["result"] == "none", done.stderr


def test_a_running_catcher_checks_its_own_message(run: Run) -> None:
    """--http prints the server's reports, with the same output and exit code."""
    with running_catcher() as catcher:
        deliver_now(catcher.store, [(envelope(), BAD)])
        done = run("check", "latest", "--http", catcher.url, "--fail-on", "error")
        assert done.returncode == 1, done.stderr
        assert "[link-cid]" in done.stdout.decode()
        assert run("check", "latest", "--http", catcher.url, "--only", "size").stdout.startswith(b"Size")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nosuch.eml",), "nosuch.eml"),
        (("nosuch.eml", "--http", "ftp://x"), "--http"),
        (("-", "--only", "spelling"), "spelling"),
        (("latest", "--http", "http://127.0.0.1:1"), "refused"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...], text: str) -> None:
    """No traceback, and another exit code than for a message that fails the requirements."""
    done = run("check", *arguments, octets=GOOD)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert text in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
