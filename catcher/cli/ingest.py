"""`catcher ingest`: takes in mail that lies in files, into a database or over SMTP."""

import smtplib
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from catcher.cli.database import open_store
from catcher.cli.submission import Submission, server_address
from catcher.conf.addresses import SocketAddress
from catcher.conf.kinds import MIB
from catcher.errors import CatcherError
from catcher.transfer import FileMessage, Importer, MailFiles, Skipped, infer_envelope


@click.command("ingest")
@click.option("-d", "--database", metavar="PATH|URL", default=None, help="Database to take it into.")
@click.option("-S", "--smtp-addr", metavar="HOST:PORT", default=None, help="Send it to this SMTP server instead.")
@click.option("-r", "--recent", metavar="DAYS", type=click.IntRange(min=1), help="Only files of the last so many days.")
@click.option("--max-message-size", metavar="MIB", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--use-message-dates", is_flag=True, help="Received is what the Date field says, not now.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(
    database: str | None,
    smtp_addr: str | None,
    recent: int | None,
    max_message_size: int,
    *,
    use_message_dates: bool,
    paths: tuple[Path, ...],
) -> None:
    """Take in mail from files and folders: .eml files, mbox files, Maildirs, logs of Django's file-based backend.

    The envelope comes from Return-Path or From and from To, Cc and Bcc. A server may be running on the database. What
    cannot be read is named and left out; the exit code is then 1.
    """
    since = datetime.now(UTC) - timedelta(days=recent) if recent else None
    mailboxes = MailFiles(paths, max_octets=max_message_size * MIB, since=since)
    try:
        if smtp_addr is not None:
            taken, skipped = _over_smtp(mailboxes, server_address(smtp_addr))
        else:
            taken, skipped = _into_database(mailboxes, database, use_message_dates=use_message_dates)
    except CatcherError as error:
        raise click.ClickException(str(error)) from None
    for one in skipped:
        click.echo(f"left out: {one.origin}: {one.reason}", err=True)
    click.echo(f"{taken} message{'' if taken == 1 else 's'} taken in")
    if skipped:
        sys.exit(1)


def _into_database(mailboxes: MailFiles, database: str | None, *, use_message_dates: bool) -> tuple[int, list[Skipped]]:
    with open_store(database, must_exist=False) as store:
        importer = Importer(store, use_message_dates=use_message_dates)
        skipped = _with_progress(mailboxes, importer.add)
        importer.flush()
        return importer.stored, skipped


def _over_smtp(mailboxes: MailFiles, address: SocketAddress) -> tuple[int, list[Skipped]]:
    """One session for all. A message that the server refuses is left out; one that it cannot take ends the command."""
    submission = Submission(address)
    taken, refused = 0, []

    def send(found: FileMessage) -> None:
        nonlocal taken
        envelope = infer_envelope(found.content, received_at=found.modified_at, reverse_path=found.reverse_path)
        recipients = dict.fromkeys(envelope.recipients)
        if not recipients:
            refused.append(Skipped(origin=found.origin, reason="names no recipient"))
            return
        try:
            left_out = submission.submit(envelope.reverse_path, list(recipients), found.content)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError) as error:
            refused.append(Skipped(origin=found.origin, reason=str(error)))
            return
        taken += 1
        if left_out:
            refused.append(Skipped(origin=found.origin, reason=f"not for {', '.join(left_out)}"))

    try:
        skipped = _with_progress(mailboxes, send)
    except OSError as error:
        raise click.ClickException(f"{address}: {error.strerror or error}; {taken} messages were sent") from error
    finally:
        submission.close()
    return taken, [*skipped, *refused]


def _with_progress(mailboxes: MailFiles, take: Callable[[FileMessage], None]) -> list[Skipped]:
    """Hand on each message, with a bar on a terminal; what was left out."""
    skipped = []
    with click.progressbar(length=mailboxes.octets, label="Taking in", file=sys.stderr, hidden=_is_silent()) as bar:
        found: Iterable[FileMessage | Skipped] = mailboxes
        for one in found:
            if isinstance(one, Skipped):
                skipped.append(one)
            else:
                take(one)
                bar.update(len(one.content))
    return skipped


def _is_silent() -> bool:
    return not sys.stderr.isatty()
