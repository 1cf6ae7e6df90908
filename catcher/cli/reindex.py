"""`catcher reindex`: computes again what lists and search need, for mail that an older version took in."""

import sys

import click

from catcher.cli.database import open_store
from catcher.errors import CatcherError
from catcher.transfer import reindex_messages


@click.command("reindex")
@click.argument("database", required=False, default=None, metavar="[PATH|URL]")
def command(database: str | None) -> None:
    """Rebuild search texts, snippets and structure of every message from its octets.

    Octets, envelopes, tags and read marks stay. A server may be running on the database.
    """
    try:
        with (
            open_store(database, must_exist=True) as store,
            click.progressbar(
                length=store.counts().messages, label="Rebuilding", file=sys.stderr, hidden=not sys.stderr.isatty()
            ) as bar,
        ):
            done = reindex_messages(store, progress=bar.update)
    except CatcherError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{done} message{'' if done == 1 else 's'} rebuilt")
