"""`catcher check`: what will happen to a message out there, for people and for builds."""

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
from catcher.conf import load
from catcher.errors import CatcherError
from catcher.server.catcher import checker_of
from catcher.store import Store
from catcher.store.model import StoredMessage
from catcher.transfer import infer_envelope

SECONDS = 180.0

_ID = re.compile(r"[0-9A-Za-z]{22}|latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which checks are to be made, and how."""

    names: tuple[str, ...]
    ignore: tuple[str, ...]
    follow_links: bool
    linked_sheets: bool


@click.command("check")
@click.argument("what", metavar="FILE|ID|-")
@click.option("-d", "--database", metavar="PATH|URL", default=None, help="Database that keeps the message ID.")
@click.option("--http", "url", metavar="URL", default="", help="Ask a running catcher that keeps the message ID.")
@click.option("--only", metavar="NAMES", default="", help="Checks to make, separated by commas.")
@click.option("--follow-links", is_flag=True, help="Ask every link whether it answers, too.")
@click.option("--linked-sheets", is_flag=True, help="Fetch and examine style sheets that the mail links to, too.")
@click.option("--ignore", metavar="RULES", default="", help="Rules that do not count, separated by commas.")
@click.option("--fail-on", type=click.Choice([each.value for each in Severity]), help="Exit with 1 on such a finding.")
@click.option("--min-score", metavar="N", type=click.FloatRange(0, 100), help="Exit with 1 when the score is lower.")
@click.option("--format", "kind", type=click.Choice(["text", "json", "junit", "sarif"]), default="text")
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
    """Check a message: a FILE, standard input (-), or the one of this ID (latest: the newest) in a database.

    Exits with 0, with 1 when the message falls short of --fail-on or --min-score, and with 2 when there is no such
    message, or a check could not be made while one of them was given.
    """
    asked = _Asked(names=_words(only), ignore=_words(ignore), follow_links=follow_links, linked_sheets=linked_sheets)
    demand = Requirements(fail_on=Severity(fail_on) if fail_on else None, min_score=min_score)
    try:
        reports = _remote(what, url, asked) if url else _local(what, database, asked)
    except CatcherError as error:
        raise _Unexamined(str(error)) from None
    except OSError as error:
        raise _Unexamined(f"{what}: {error.strerror or error}") from None
    except ValueError as error:
        raise _Unexamined(f"{what}: {error}") from None
    click.echo(_rendered(reports, kind, what), nl=False)
    sys.exit(_exit_code(reports, demand))


class _Unexamined(click.ClickException):
    """There is nothing to judge, which is something else than a message that falls short."""

    exit_code = 2


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for each in text.split(",") if (word := each.strip()))


def _local(what: str, database: str | None, asked: _Asked) -> tuple[Report, ...]:
    subject = _kept(what, database) if _is_id(what) else _read(what)
    settings, _ = load(flags={"database": database}, environ=os.environ)
    with checker_of(settings) as checker:
        run_options = RunOptions(only=_chosen(checker, asked), linked_sheets=asked.linked_sheets)
        return without_rules(asyncio.run(checker.examine(subject, run_options)), asked.ignore)


def _chosen(checker: Checker, asked: _Asked) -> tuple[str, ...]:
    if not asked.follow_links:
        return asked.names
    usual = asked.names or tuple(check.name for check in checker.checks if not check.on_request)
    return (*usual, "linkcheck")


def _is_id(what: str) -> bool:
    """Whether it is a message's id; a file of that name goes before."""
    return _ID.fullmatch(what) is not None and not Path(what).exists()


def _read(what: str) -> CheckedMail:
    octets = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    return CheckedMail.of(octets, infer_envelope(octets, received_at=datetime.now(UTC)))


def _kept(what: str, database: str | None) -> CheckedMail:
    with open_store(database, must_exist=True) as store:
        stored = _found(store, what)
        octets = store.raw(stored.summary.store_id)
    return CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)


def _found(store: Store, store_id: str) -> StoredMessage:
    return store.get(store.latest().store_id if store_id == "latest" else store_id)


def _remote(what: str, url: str, asked: _Asked) -> tuple[Report, ...]:
    """The reports that a running catcher gives. Raises OSError, or ValueError for what is none."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("--http: expected a URL such as http://localhost:8025/")
    reports = _answered(what, url, asked, asked.names)
    return (*reports, *_answered(what, url, asked, ("linkcheck",))) if asked.follow_links else reports


def _answered(what: str, url: str, asked: _Asked, names: tuple[str, ...]) -> tuple[Report, ...]:
    given = {"only": ",".join(names), "ignore": ",".join(asked.ignore), "linked_sheets": "1" * asked.linked_sheets}
    query = urllib.parse.urlencode({name: value for name, value in given.items() if value})
    address = (
        f"{url.rstrip('/')}/api/v1/message/{urllib.parse.quote(what, safe='')}/checks{'?' if query else ''}{query}"
    )
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - the scheme was looked at
            value: Any = json.load(answer)
    except urllib.error.HTTPError as error:
        reason = error.read(2_000).decode("utf-8", "replace").strip()
        raise ValueError(f"HTTP {error.code} {reason}") from None
    except urllib.error.URLError as error:
        raise ValueError(f"{url} does not answer: {getattr(error.reason, 'strerror', None) or error.reason}") from None
    return msgspec.convert(value["reports"], tuple[Report, ...])


def _rendered(reports: tuple[Report, ...], kind: str, what: str) -> str:
    match kind:
        case "json":
            return to_json(reports, subject=what)
        case "junit":
            return to_junit(reports, subject=what)
        case "sarif":
            return to_sarif(reports, uri=what, version=__version__)
    return to_text(reports)


def _exit_code(reports: tuple[Report, ...], demand: Requirements) -> int:
    if violations(reports, demand):
        return 1
    return 2 if demand.is_any and report_errors(reports) else 0
