"""`catcher token`: makes, lists and revokes tokens of the API, on the database."""

from datetime import UTC, datetime, timedelta

import click

from catcher.cli.database import open_store
from catcher.errors import CatcherError
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.records.tokens import ApiToken, Scope

_DATABASE = click.option("-d", "--database", metavar="PATH|URL", default=None, help="Database of the catcher.")


@click.group("token")
def command() -> None:
    """Tokens that programs show instead of a password, once --ui-auth or --require-token is on.

    A running catcher on the same database knows of changes at once.
    """


@command.command("create")
@_DATABASE
@click.option("--name", default="", help="What it is for.")
@click.option("--scope", type=click.Choice([scope.value for scope in Scope]), default="write", show_default=True)
@click.option("--days", metavar="N", type=click.IntRange(1, 36_500), help="How long it is good; without, for ever.")
@click.option("--inbox", default="", help="The one inbox that it opens; without, all.")
def create(database: str | None, name: str, scope: str, days: int | None, inbox: str) -> None:
    """Make a token and print it; it is shown this once."""
    now = datetime.now(UTC)
    if inbox and not fold_inbox(clean_inbox(inbox)):
        raise click.BadParameter("expected the name of an inbox", param_hint="--inbox")
    try:
        with open_store(database, must_exist=False) as store:
            expires_at = now + timedelta(days=days) if days else None
            _, secret = store.tokens.make(name, Scope(scope), now=now, expires_at=expires_at, inbox=inbox)
    except CatcherError as error:
        raise click.ClickException(str(error)) from None
    click.echo(secret)


@command.command("list")
@_DATABASE
def show(database: str | None) -> None:
    """Print all tokens, with the number to revoke each by."""
    try:
        with open_store(database, must_exist=True) as store:
            for token in store.tokens.all():
                click.echo(_line(token))
    except CatcherError as error:
        raise click.ClickException(str(error)) from None


@command.command("revoke")
@_DATABASE
@click.argument("number", type=int)
def revoke(database: str | None, number: int) -> None:
    """Let the token of this NUMBER open nothing any more."""
    try:
        with open_store(database, must_exist=True) as store:
            store.tokens.revoke(number)
    except CatcherError as error:
        raise click.ClickException(str(error)) from None


def _line(token: ApiToken) -> str:
    until = f"until {token.expires_at:%Y-%m-%d %H:%M}Z" if token.expires_at else "for ever"
    of = f"\tinbox {token.inbox}" if token.inbox else ""
    return f"{token.number}\t{token.scope}\t{token.created_at:%Y-%m-%d %H:%M}Z {until}\t{token.name}{of}"
