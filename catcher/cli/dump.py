"""`catcher dump`: copies messages to a folder, an mbox file, a Maildir or a zip file."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import click

from catcher.cli.database import database_option, open_store
from catcher.cli.options import Command, max_message_size
from catcher.cli.output import finish, messages, progress_bar
from catcher.conf.kinds import MIB
from catcher.errors import NotFound
from catcher.store.search import parse
from catcher.transfer import (
    FORMATS,
    HttpSource,
    MailSource,
    MailTarget,
    Skipped,
    StoreSource,
    TransferError,
    guess_format,
    open_target,
)


@click.command("dump", cls=Command)
@database_option
@click.option("--http", "url", metavar="URL", default="", help="Read from a running catcher or Mailpit instead.")
@click.option("-q", "--query", default="", help="Search query of the messages to copy. The default is all messages.")
@click.option(
    "-F",
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    default=None,
    help="Format of the target. The default depends on the suffix of PATH.",
)
@max_message_size(0)
@click.option("-v", "--verbose", is_flag=True, help="Print the id of each message that is written.")
@click.option("--tenant-id", hidden=True, default="")  # Mailpit's
@click.argument("path", type=click.Path(path_type=Path))
def command(
    database: str | None,
    url: str,
    query: str,
    kind: str | None,
    max_message_size: int,
    tenant_id: str,
    path: Path,
    *,
    verbose: bool,
) -> None:
    """Copy messages to PATH: a folder of .eml files or a Maildir, new or existing, or a new .mbox or .zip file.

    Each format keeps the envelope, the tags, the inboxes and the read mark of a message, too, for `catcher ingest`.
    Files are dated with the time of receipt, and existing files are kept. URL may contain user and password. Messages
    that cannot be copied are listed, and the exit code is then 1.
    """
    if tenant_id:
        click.echo("--tenant-id has no effect: catcher has no tenants", err=True)
    try:
        with ExitStack() as stack:
            source = _source(stack, database, url, query)
            target = stack.enter_context(closing(open_target(path, kind or guess_format(path))))
            written, present, skipped = _copy(source, target, max_octets=max_message_size * MIB, is_verbose=verbose)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from None
    finish(f"{messages(written)} written" + (f", {present} already present" if present else ""), skipped)


def _source(stack: ExitStack, database: str | None, url: str, query: str) -> MailSource:
    if url:
        if database is not None:
            raise click.UsageError("--http and --database: expected one of them, not both")
        return HttpSource(url, query)
    parsed = parse(query, now=datetime.now(UTC), known_names=True)
    return StoreSource(stack.enter_context(open_store(database, must_exist=True)), parsed)


def _copy(
    source: MailSource, target: MailTarget, *, max_octets: int, is_verbose: bool
) -> tuple[int, int, list[Skipped]]:
    """Return the number of messages written and of those already present, and the messages skipped."""
    written, present, skipped = 0, 0, []
    with progress_bar("Copying", len(source)) as bar:
        for one in source:
            bar.update(1)
            if isinstance(one, Skipped):
                skipped.append(one)
            elif target.has(one.store_id):
                present += 1
            elif max_octets and one.size > max_octets:
                skipped.append(Skipped(origin=one.store_id, reason=f"more than {max_octets:,} octets"))
            else:
                try:
                    target.write(one)
                    written += 1
                    if is_verbose:
                        click.echo(one.store_id)
                except NotFound:
                    skipped.append(Skipped(origin=one.store_id, reason="was deleted meanwhile"))
                except TransferError as error:
                    skipped.append(Skipped(origin=one.store_id, reason=str(error)))
    return written, present, skipped
