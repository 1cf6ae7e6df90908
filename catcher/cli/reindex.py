"""`catcher reindex`: rebuilds what lists and search need, for messages stored by an older version."""

import click

from catcher.cli.database import open_store
from catcher.cli.output import messages, progress_bar
from catcher.transfer import reindex_messages


@click.command("reindex")
@click.argument("database", required=False, default=None, metavar="[PATH|URL]")
def command(database: str | None) -> None:
    """Rebuild the search texts, snippet and structure of every message from its octets.

    Messages, envelopes, tags and read marks are not changed. A server may be running on the database.
    """
    with open_store(database, must_exist=True) as store, progress_bar("Rebuilding", store.counts().messages) as bar:
        rebuilt = reindex_messages(store, progress=bar.update)
    click.echo(f"{messages(rebuilt)} rebuilt")
