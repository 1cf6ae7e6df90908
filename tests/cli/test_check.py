"""Tests of `catcher check`, run as a process: files, standard input, databases, a running catcher."""

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
    """A file with a mail that has an error."""
    path = tmp_path / "bad.eml"
    path.write_bytes(BAD)
    return path


def test_a_file_is_checked_and_its_findings_are_named(run: Run, bad: Path) -> None:
    """Text for people, with rule and place; without a demand the exit code is 0."""
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
def test_a_build_fails_on_what_was_demanded(run: Run, bad: Path, demand: tuple[str, ...], code: int) -> None:
    """--fail-on by severity, --min-score by the lowest score, over the checks that were asked for."""
    assert run("check", bad, *demand).returncode == code


@pytest.mark.parametrize("rules", ["link-cid", "links/link-cid", "x,link-cid"])
def test_ignored_rules_do_not_count(run: Run, bad: Path, rules: str) -> None:
    """--ignore leaves a rule out of findings, score and exit code, with a file and with a running catcher."""
    done = run("check", bad, "--only", "links", "--fail-on", "info", "--min-score", "100", "--ignore", rules)
    assert done.returncode == 0, done.stdout.decode()
    assert b"link-cid" not in done.stdout
    with running_catcher() as catcher:
        deliver_now(catcher.store, [(envelope(), BAD)])
        asked = ("check", "latest", "--http", catcher.url, "--only", "links", "--fail-on", "info")
        assert run(*asked).returncode == 1
        assert run(*asked, "--ignore", rules).returncode == 0


def test_a_check_that_cannot_be_made_is_no_pass(run: Run, bad: Path) -> None:
    """With a demand, a spam filter that is down exits with 2 instead of 0."""
    done = run("check", bad, "--only", "spam", "--min-score", "1", env={"CATCHER_SPAMASSASSIN": "127.0.0.1:1"})
    assert done.returncode == 2
    assert "cannot be reached" in done.stdout.decode()


def test_standard_input_is_read(run: Run) -> None:
    """`-`, as filters do."""
    done = run("check", "-", "--fail-on", "error", octets=GOOD)
    assert done.returncode == 0, done.stdout.decode()


def test_the_formats_are_what_build_servers_read(run: Run, bad: Path) -> None:
    """JSON with all reports, JUnit XML with failures, SARIF 2.1.0 with the file's name."""
    value = json.loads(run("check", bad, "--format", "json").stdout)
    assert {report["check"] for report in value["reports"]} > {"links", "clients"}
    suite = ElementTree.fromstring(run("check", bad, "--format", "junit").stdout)
    assert int(suite.attrib["failures"]) > 0
    sarif = json.loads(run("check", bad, "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert str(bad) in json.dumps(sarif)


def test_a_kept_message_is_checked_with_its_envelope(run: Run, tmp_path: Path) -> None:
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


def test_a_running_catcher_is_asked(run: Run) -> None:
    """--http gives the reports that the server has; the words and the exit code are the same."""
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
def test_wrong_arguments_are_told_in_one_line(run: Run, arguments: tuple[str, ...], text: str) -> None:
    """No traceback, and another exit code than that of a message that falls short."""
    done = run("check", *arguments, octets=GOOD)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert text in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
