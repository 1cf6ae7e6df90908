"""`catcher debug`: the debugging server of Python's former smtpd module. It prints what arrives and keeps nothing."""

import asyncio
import sys

import click

from catcher.cli.logs import configure_logging
from catcher.conf import Settings, load
from catcher.errors import SettingError, StartError
from catcher.process import until_stopped
from catcher.server.catcher import debugging_server


@click.command("debug")
@click.argument("address", default="localhost:1025", metavar="[HOST:PORT]")
def command(address: str) -> None:
    """Print the mail that arrives at HOST:PORT (localhost:1025) and keep nothing.

    It does what `python -m smtpd -n -c DebuggingServer localhost:1025` did before Python dropped that module.
    """
    try:
        settings, _ = load(flags={"smtp": address})
        configure_logging(settings)
        asyncio.run(_print_mail(settings))
    except (SettingError, StartError) as error:
        raise click.ClickException(str(error)) from None


async def _print_mail(settings: Settings) -> None:
    server = debugging_server(settings, sys.stdout)
    await server.start()
    where = ", ".join(listening.address for listening in server.listening)
    click.echo(f"Printing the mail sent to {where}; Ctrl-C stops it.", err=True)
    try:
        await until_stopped()
    finally:
        await server.stop(grace=1.0)
