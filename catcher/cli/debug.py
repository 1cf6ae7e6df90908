"""`catcher debug`: the debugging server of Python's former smtpd module. It prints messages and stores none."""

import asyncio
import sys

import click

from catcher.cli.logs import configure_logging
from catcher.conf import Settings, load
from catcher.process import until_stopped
from catcher.server import options
from catcher.smtp import SmtpServer
from catcher.smtp.debug import Printer


@click.command("debug")
@click.argument("address", default="localhost:1025", metavar="[HOST:PORT]")
def command(address: str) -> None:
    """Print the mail received at HOST:PORT (default: localhost:1025) without storing it.

    Replaces `python -m smtpd -n -c DebuggingServer localhost:1025`, which Python no longer has.
    """
    settings, _ = load(flags={"smtp": address})
    configure_logging(settings)
    asyncio.run(_print_mail(settings))


async def _print_mail(settings: Settings) -> None:
    server = SmtpServer(Printer(sys.stdout), options=options.smtp_options(settings))
    await server.start()
    addresses = ", ".join(listening.address for listening in server.listening)
    click.echo(f"Printing the mail sent to {addresses}. Press Ctrl-C to stop.", err=True)
    try:
        await until_stopped()
    finally:
        await server.stop(grace=1.0)
