"""`catcher token`: creates, lists and revokes API tokens in the database."""

from datetime import UTC, datetime, timedelta

import click

from catcher.cli.database import database_option, open_store
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.records.tokens import ApiToken, Scope


@click.group("token")
def command() -> None:
    """Manage API tokens, which programs use instead of a password with --ui-auth or --require-token.

    A catcher that runs on the same database uses changes at once.
    """


@command.command("create")
@database_option
@click.option("--name", default="", help="Purpose of the token.")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default="write",
    show_default=True,
    help="Access that the token gives.",
)
@click.option(
    "--days", metavar="N", type=click.IntRange(1, 36_500), help="Days until the token expires. The default is never."
)
@click.option("--inbox", default="", help="The only inbox that the token gives access to. The default is all.")
def create(database: str | None, name: str, scope: str, days: int | None, inbox: str) -> None:
    """Create a token and print it. It is not shown again."""
    now = datetime.now(UTC)
    if inbox and not fold_inbox(clean_inbox(inbox)):
        raise click.BadParameter("expected the name of an inbox", param_hint="--inbox")
    with open_store(database, must_exist=False) as store:
        expires_at = now + timedelta(days=days) if days else None
        _, secret = store.tokens.make(name, Scope(scope), now=now, expires_at=expires_at, inbox=inbox)
    click.echo(secret)


@command.command("list")
@database_option
def show(database: str | None) -> None:
    """List all tokens with their numbers."""
    with open_store(database, must_exist=True) as store:
        for token in store.tokens.all():
            click.echo(_line(token))


@command.command("revoke")
@database_option
@click.argument("number", type=int)
def revoke(database: str | None, number: int) -> None:
    """Revoke the token with this NUMBER."""
    with open_store(database, must_exist=True) as store:
        store.tokens.revoke(number)


def _line(token: ApiToken) -> str:
    expiry = f"until {token.expires_at:%Y-%m-%d %H:%M}Z" if token.expires_at else "never expires"
    inbox = f"\tinbox {token.inbox}" if token.inbox else ""
    return f"{token.number}\t{token.scope}\t{token.created_at:%Y-%m-%d %H:%M}Z {expiry}\t{token.name}{inbox}"
