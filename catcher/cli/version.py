"""`catcher version`: prints the version."""

import click

from catcher import __version__
from catcher.cli.options import Command


@click.command("version", cls=Command)
@click.option("--no-release-check", is_flag=True, expose_value=False, hidden=True)  # Mailpit's; nothing is ever checked
@click.option("-u", "--update", is_flag=True, hidden=True)
def command(*, update: bool) -> None:
    """Print the version."""
    if update:
        raise click.ClickException(
            "catcher does not update itself; run `pip install --upgrade catcher-mail`, or pull the image again"
        )
    click.echo(f"catcher {__version__}")
