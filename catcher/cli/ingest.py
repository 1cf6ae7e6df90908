"""`catcher ingest`: sends messages from files to a running catcher by SMTP, or imports them into a database."""

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from click.core import ParameterSource

from catcher.cli.database import open_store
from catcher.cli.options import Command, max_message_size
from catcher.cli.output import finish, messages, progress_bar
from catcher.cli.submission import ADDRESS_VARIABLES, Submission, server_address
from catcher.conf.addresses import SocketAddress
from catcher.conf.kinds import MIB
from catcher.envelope import Envelope
from catcher.transfer import FileMessage, Importer, MailFiles, Skipped, infer_envelope


@click.command("ingest", cls=Command)
@click.option(
    "-d",
    "--database",
    metavar="PATH|URL",
    default=None,
    help="Import into this database instead: file, directory or URL; a server may be running on it.",
)
@click.option(
    "-S",
    "--smtp-addr",
    metavar="HOST:PORT",
    default="localhost:1025",
    show_default=True,
    envvar=ADDRESS_VARIABLES,
    help="Address of the SMTP server; also unix:PATH. The default is that of the server's settings in the environment.",
)
@click.option(
    "-r", "--recent", metavar="DAYS", type=click.IntRange(min=1), help="Skip files not modified in the last DAYS days."
)
@max_message_size(100)
@click.option(
    "--use-message-dates",
    is_flag=True,
    help="With --database: use the Date field of a message as the time of its receipt.",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def command(
    context: click.Context,
    database: str | None,
    smtp_addr: str,
    recent: int | None,
    max_message_size: int,
    *,
    use_message_dates: bool,
    paths: tuple[Path, ...],
) -> None:
    """Import messages from files and folders: .eml, mbox and zip files, Maildirs, logs of Django's file-based backend.

    They are sent to a running catcher, or with --database stored. The envelope is that of the archive if `catcher dump`
    wrote it, else inferred from Return-Path or From and from To, Cc and Bcc. Only --database brings back the time of
    receipt, the client, the tags, the inboxes and the read marks of such an archive, and every octet. Files that are no
    mail are listed, and the exit code is then 1.
    """
    is_named = context.get_parameter_source("smtp_addr") is ParameterSource.COMMANDLINE
    if database is not None and is_named:
        raise click.UsageError("--smtp-addr and --database: expected one of them, not both")
    if database is None and use_message_dates:
        raise click.UsageError("--use-message-dates: expected --database, too; a server has its own setting")
    since = datetime.now(UTC) - timedelta(days=recent) if recent else None
    files = MailFiles(paths, max_octets=max_message_size * MIB, since=since)
    if database is None:
        imported, skipped = _send(files, server_address(smtp_addr))
    else:
        imported, skipped = _store(files, database, use_message_dates=use_message_dates)
    finish(f"{messages(imported)} imported", skipped)


def _store(files: MailFiles, database: str, *, use_message_dates: bool) -> tuple[int, list[Skipped]]:
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
        envelope = _envelope(message)
        if not envelope.forward_paths:
            refused.append(Skipped(origin=message.origin, reason="has no recipients"))
            return
        try:
            refusals = submission.submit_envelope(envelope, message.content)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError) as error:
            refused.append(Skipped(origin=message.origin, reason=str(error)))
            return
        sent += 1
        if refusals:
            refused.append(Skipped(origin=message.origin, reason=f"refused for {', '.join(refusals)}"))

    try:
        skipped = _for_each(files, send)
    except OSError as error:
        reason = f"{address}: {error.strerror or error}"
        raise click.ClickException(
            f"{reason}; {messages(sent)} sent before"
            if sent
            else f"{reason}; name a running server with --smtp-addr, or a database to import into with --database"
        ) from error
    finally:
        submission.close()
    return sent, [*skipped, *refused]


def _envelope(message: FileMessage) -> Envelope:
    if message.record is not None:
        return message.record.envelope
    return infer_envelope(message.content, received_at=datetime.now(UTC), reverse_path=message.reverse_path)


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
