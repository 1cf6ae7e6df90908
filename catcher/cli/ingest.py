"""`catcher ingest`: imports messages from files into a database, or sends them by SMTP."""

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from catcher.cli.database import database_option, open_store
from catcher.cli.output import finish, messages, progress_bar
from catcher.cli.submission import Submission, server_address
from catcher.conf.addresses import SocketAddress
from catcher.conf.kinds import MIB
from catcher.transfer import FileMessage, Importer, MailFiles, Skipped, infer_envelope


@click.command("ingest")
@database_option
@click.option("-S", "--smtp-addr", metavar="HOST:PORT", default=None, help="Send to this SMTP server instead.")
@click.option(
    "-r", "--recent", metavar="DAYS", type=click.IntRange(min=1), help="Skip files not modified in the last DAYS days."
)
@click.option(
    "--max-message-size",
    metavar="MIB",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Maximum size of a message; larger ones are skipped.",
)
@click.option("--use-message-dates", is_flag=True, help="Use the Date field of a message as the time of its receipt.")
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
    """Import messages from files and folders: .eml files, mbox files, Maildirs, logs of Django's file-based backend.

    The envelope is inferred from Return-Path or From and from To, Cc and Bcc. A server may be running on the database.
    Files that cannot be read are listed, and the exit code is then 1.
    """
    since = datetime.now(UTC) - timedelta(days=recent) if recent else None
    files = MailFiles(paths, max_octets=max_message_size * MIB, since=since)
    if smtp_addr is not None:
        imported, skipped = _send(files, server_address(smtp_addr))
    else:
        imported, skipped = _store(files, database, use_message_dates=use_message_dates)
    finish(f"{messages(imported)} imported", skipped)


def _store(files: MailFiles, database: str | None, *, use_message_dates: bool) -> tuple[int, list[Skipped]]:
    with open_store(database, must_exist=False) as store:
        importer = Importer(store, use_message_dates=use_message_dates)
        skipped = _for_each(files, importer.add)
        importer.flush()
        return importer.stored, skipped


def _send(files: MailFiles, address: SocketAddress) -> tuple[int, list[Skipped]]:
    """Send all messages in one session. A message that the server refuses is skipped; a lost connection is an error."""
    submission = Submission(address)
    sent, refused = 0, []

    def send(message: FileMessage) -> None:
        nonlocal sent
        envelope = infer_envelope(message.content, received_at=message.modified_at, reverse_path=message.reverse_path)
        recipients = list(dict.fromkeys(envelope.recipients))
        if not recipients:
            refused.append(Skipped(origin=message.origin, reason="has no recipients"))
            return
        try:
            refusals = submission.submit(envelope.reverse_path, recipients, message.content)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError) as error:
            refused.append(Skipped(origin=message.origin, reason=str(error)))
            return
        sent += 1
        if refusals:
            refused.append(Skipped(origin=message.origin, reason=f"refused for {', '.join(refusals)}"))

    try:
        skipped = _for_each(files, send)
    except OSError as error:
        raise click.ClickException(f"{address}: {error.strerror or error}; {messages(sent)} sent before") from error
    finally:
        submission.close()
    return sent, [*skipped, *refused]


def _for_each(files: MailFiles, take: Callable[[FileMessage], None]) -> list[Skipped]:
    """Call a function with each message, and return the skipped ones."""
    skipped = []
    with progress_bar("Importing", files.octets) as bar:
        for one in files:
            if isinstance(one, Skipped):
                skipped.append(one)
            else:
                take(one)
                bar.update(len(one.content))
    return skipped
