"""`catcher dump`: copies mail out, into a folder, an mbox file, a Maildir or a zip file."""

import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import click

from catcher.cli.database import open_store
from catcher.errors import CatcherError, NotFound
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


@click.command("dump")
@click.option("-d", "--database", metavar="PATH|URL", default=None, help="Database to read from.")
@click.option("--http", "url", metavar="URL", default="", help="Read from a running catcher or Mailpit instead.")
@click.option("-q", "--query", default="", help="Only what this search finds.")
@click.option("-F", "--format", "kind", type=click.Choice(FORMATS), default=None, help="Else the path's name tells.")
@click.argument("path", type=click.Path(path_type=Path))
def command(database: str | None, url: str, query: str, kind: str | None, path: Path) -> None:
    """Copy messages to PATH: a folder of .eml files or a Maildir, which are filled up, or a new .mbox or .zip file.

    A file's time is when the message was received; what is there already is left as it is. URL may hold user and
    password. What cannot be copied is named; the exit code is then 1.
    """
    try:
        with ExitStack() as stack:
            source = _source(stack, database, url, query)
            target = stack.enter_context(closing(open_target(path, kind or guess_format(path))))
            written, there, failed = _copy(source, target)
    except CatcherError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from None
    for one in failed:
        click.echo(f"left out: {one.origin}: {one.reason}", err=True)
    click.echo(
        f"{written} message{'' if written == 1 else 's'} written" + (f", {there} already there" if there else "")
    )
    if failed:
        sys.exit(1)


def _source(stack: ExitStack, database: str | None, url: str, query: str) -> MailSource:
    if url:
        if database is not None:
            raise click.UsageError("--http and --database: expected one of them, not both")
        return HttpSource(url, query)
    wanted = parse(query, now=datetime.now(UTC))
    return StoreSource(stack.enter_context(open_store(database, must_exist=True)), wanted)


def _copy(source: MailSource, target: MailTarget) -> tuple[int, int, list[Skipped]]:
    """How many were written, how many were there, and what failed."""
    written, there, failed = 0, 0, []
    with click.progressbar(
        source, length=len(source), label="Copying", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for one in bar:
            if isinstance(one, Skipped):
                failed.append(one)
            elif target.has(one.store_id):
                there += 1
            else:
                try:
                    target.write(one)
                    written += 1
                except NotFound:
                    failed.append(Skipped(origin=one.store_id, reason="was deleted meanwhile"))
                except TransferError as error:
                    failed.append(Skipped(origin=one.store_id, reason=str(error)))
    return written, there, failed
