"""The command group: finds the command's module when it is asked for, so that none pays for another's imports."""

import importlib

import click

from catcher import __version__

COMMANDS = {
    "serve": "Take mail and serve the pages; what `catcher` does without a command.",
    "sendmail": "Send a message from standard input; takes the place of /usr/sbin/sendmail.",
    "ingest": "Take in mail from files, folders, mbox files and Maildirs.",
    "check": "Say what will happen to a message out there.",
    "dump": "Copy mail out to a folder, mbox file, Maildir or zip file.",
    "reindex": "Rebuild what search and lists need.",
    "token": "Make, list and revoke tokens of the API.",
    "debug": "Print the mail that arrives and keep nothing.",
    "readyz": "Ask a running catcher whether it is ready.",
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
        """Bare `catcher` and `catcher --smtp …` are `catcher serve`; called by sendmail's name it is `sendmail`."""
        if "sendmail" in (ctx.info_name or ""):
            args = ["sendmail", *args]
        elif not args or (args[0].startswith("-") and args[0] not in {"--help", "-h", "--version"}):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="catcher")
def main() -> None:
    """Catch the mail that an application sends, look at it in a browser, read it over an API.

    `catcher serve --help` lists the settings.
    """
