"""`catcher check`: checks a message and reports findings, for people and for builds."""

import asyncio
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from catcher import __version__
from catcher.checks import (
    CheckedMail,
    Checker,
    Report,
    Requirements,
    RunOptions,
    Severity,
    report_errors,
    violations,
    without_rules,
)
from catcher.checks.render import to_json, to_junit, to_sarif, to_text
from catcher.cli.database import open_store
from catcher.cli.options import Command
from catcher.conf import load
from catcher.errors import CatcherError
from catcher.server import local_checker
from catcher.transfer import infer_envelope

SECONDS = 180.0

_ID = re.compile(r"[0-9A-Za-z]{22}|latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """The checks to run and their options."""

    names: tuple[str, ...]
    ignore: tuple[str, ...]
    follow_links: bool
    linked_sheets: bool


@click.command("check", cls=Command)
@click.argument("what", metavar="FILE|ID|-")
@click.option("-d", "--database", metavar="PATH|URL", default=None, help="Database with the message ID.")
@click.option(
    "--http", "url", metavar="URL", default="", help="URL of a catcher with the message ID, to run the checks."
)
@click.option("--only", metavar="NAMES", default="", help="Names of the checks to run, separated by commas.")
@click.option("--follow-links", is_flag=True, help="Request every link, too.")
@click.option("--linked-sheets", is_flag=True, help="Fetch and check linked style sheets, too.")
@click.option("--ignore", metavar="RULES", default="", help="Rules to ignore, separated by commas.")
@click.option(
    "--fail-on",
    type=click.Choice([each.value for each in Severity]),
    help="Exit with 1 for such a finding or a worse one.",
)
@click.option("--min-score", metavar="N", type=click.FloatRange(0, 100), help="Exit with 1 for a lower score.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "junit", "sarif"]),
    default="text",
    show_default=True,
    help="Format of the report.",
)
def command(
    what: str,
    database: str | None,
    url: str,
    only: str,
    *,
    ignore: str,
    follow_links: bool,
    linked_sheets: bool,
    fail_on: str | None,
    min_score: float | None,
    kind: str,
) -> None:
    """Check a message: a FILE, standard input (-), or the message with an ID (latest: the newest) in a database.

    The exit code is 0; 1 if the message fails --fail-on or --min-score; 2 if there is no such message, or if a check
    failed to run with one of these options.
    """
    request = _Request(
        names=_words(only), ignore=_words(ignore), follow_links=follow_links, linked_sheets=linked_sheets
    )
    requirements = Requirements(fail_on=Severity(fail_on) if fail_on else None, min_score=min_score)
    try:
        reports = _check_remotely(what, url, request) if url else _check_locally(what, database, request)
    except CatcherError as error:
        raise _NotChecked(str(error)) from None
    except OSError as error:
        raise _NotChecked(f"{what}: {error.strerror or error}") from None
    except ValueError as error:
        raise _NotChecked(f"{what}: {error}") from None
    click.echo(_render(reports, kind, what, requirements), nl=False)
    sys.exit(_exit_code(reports, requirements))


class _NotChecked(click.ClickException):
    """The message could not be checked, as opposed to one that fails the requirements."""

    exit_code = 2


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for each in text.split(",") if (word := each.strip()))


def _check_locally(what: str, database: str | None, request: _Request) -> tuple[Report, ...]:
    subject = _stored(what, database) if _is_id(what) else _read(what)
    settings, _ = load(flags={"database": database}, environ=os.environ)
    with local_checker(settings) as checker:
        run_options = RunOptions(only=_chosen(checker, request), linked_sheets=request.linked_sheets)
        return without_rules(asyncio.run(checker.examine(subject, run_options)), request.ignore)


def _chosen(checker: Checker, request: _Request) -> tuple[str, ...]:
    if not request.follow_links:
        return request.names
    usual = request.names or tuple(check.name for check in checker.checks if not check.on_request)
    return (*usual, "linkcheck")


def _is_id(what: str) -> bool:
    """Return whether the argument is the id of a message rather than a file."""
    return _ID.fullmatch(what) is not None and not Path(what).exists()


def _read(what: str) -> CheckedMail:
    octets = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    return CheckedMail.of(octets, infer_envelope(octets, received_at=datetime.now(UTC)))


def _stored(store_id: str, database: str | None) -> CheckedMail:
    with open_store(database, must_exist=True) as store:
        stored = store.get(store.latest().store_id if store_id == "latest" else store_id)
        octets = store.raw(stored.summary.store_id)
    return CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)


def _check_remotely(what: str, url: str, request: _Request) -> tuple[Report, ...]:
    """Return the reports of a running catcher. Raises OSError and ValueError."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("--http: expected a URL such as http://localhost:8025/")
    reports = _fetch_reports(what, url, request, request.names)
    return (*reports, *_fetch_reports(what, url, request, ("linkcheck",))) if request.follow_links else reports


def _fetch_reports(what: str, url: str, request: _Request, names: tuple[str, ...]) -> tuple[Report, ...]:
    given = {"only": ",".join(names), "ignore": ",".join(request.ignore), "linked_sheets": "1" * request.linked_sheets}
    query = urllib.parse.urlencode({name: value for name, value in given.items() if value})
    address = (
        f"{url.rstrip('/')}/api/v1/message/{urllib.parse.quote(what, safe='')}/checks{'?' if query else ''}{query}"
    )
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as response:  # noqa: S310 - the scheme is checked
            value: Any = json.load(response)
    except urllib.error.HTTPError as error:
        reason = error.read(2_000).decode("utf-8", "replace").strip()
        raise ValueError(f"HTTP {error.code} {reason}") from None
    except urllib.error.URLError as error:
        raise ValueError(f"{url}: {getattr(error.reason, 'strerror', None) or error.reason}") from None
    return msgspec.convert(value["reports"], tuple[Report, ...])


def _render(reports: tuple[Report, ...], kind: str, what: str, demand: Requirements) -> str:
    match kind:
        case "json":
            return to_json(reports, subject=what)
        case "junit":
            return to_junit(reports, subject=what, demand=demand)
        case "sarif":
            return to_sarif(reports, uri=what, version=__version__, demand=demand)
    return to_text(reports)


def _exit_code(reports: tuple[Report, ...], requirements: Requirements) -> int:
    if violations(reports, requirements):
        return 1
    return 2 if requirements.is_any and report_errors(reports) else 0
