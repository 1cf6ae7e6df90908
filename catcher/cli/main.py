"""The command group. It imports a command's module when the command is called, so that no other's is loaded."""

import importlib
from typing import Any

import click

from catcher import __version__
from catcher.errors import CatcherError

COMMANDS = {
    "serve": "Run the server; the default command.",
    "sendmail": "Send a message from standard input; replaces /usr/sbin/sendmail.",
    "ingest": "Import messages from files, folders, mbox files and Maildirs.",
    "check": "Check how mail servers, mail clients and spam filters will treat a message.",
    "dump": "Copy messages to a folder, mbox file, Maildir or zip file.",
    "reindex": "Rebuild the search index and the columns of lists.",
    "token": "Create, list and revoke API tokens.",
    "debug": "Print received mail without storing it.",
    "readyz": "Report whether a running catcher is ready.",
    "version": "Print the version.",
}
"""Each command's name and help; the command itself is `command` in the module of that name."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"catcher.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a module of ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Make bare `catcher` and `catcher --smtp …` `catcher serve`, and a link named sendmail `catcher sendmail`."""
        if "sendmail" in (ctx.info_name or ""):
            args = ["sendmail", *args]
        elif not args or (args[0].startswith("-") and args[0] not in {"--help", "-h", "--version"}):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours is one line on standard error and exit code 1."""
        try:
            return super().invoke(ctx)
        except CatcherError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="catcher")
def main() -> None:
    """Catch the mail of an application, for reading it in a browser or with an API.

    `catcher serve --help` lists the settings.
    """
