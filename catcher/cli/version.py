"""`catcher version`: prints the version."""

import click

from catcher import __version__


@click.command("version")
def command() -> None:
    """Print the version."""
    click.echo(f"catcher {__version__}")
