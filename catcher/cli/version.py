"""`catcher version`: prints the version."""

import click

from catcher import __version__


@click.command("version")
@click.option("--no-release-check", is_flag=True, expose_value=False, hidden=True)  # Mailpit's; nothing is ever checked
def command() -> None:
    """Print the version."""
    click.echo(f"catcher {__version__}")
