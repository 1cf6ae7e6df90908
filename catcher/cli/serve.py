"""`catcher serve`: reads the settings, runs a catcher until it is told to stop, and says where to send and to look."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

import click

from catcher import __version__
from catcher.cli.logs import configure_logging
from catcher.conf import TABLE, Option, Origin, Settings, load, mailpit, unknown_variables
from catcher.errors import SettingError, StartError
from catcher.process import frozen_heap, loop_factory, raise_descriptor_limit, until_stopped
from catcher.server.catcher import Catcher, Whereabouts

log = logging.getLogger("catcher")

_FOREIGN = tuple(row for row in mailpit.ROWS if row.flag and row.flag not in {setting.flag for setting in TABLE})


class _Option(click.Option):
    """An option with the heading it stands under in the help text."""

    def __init__(self, *names: Any, section: str = "", **more: Any) -> None:
        super().__init__(*names, **more)
        self.section = section


class _Command(click.Command):
    """A command whose options are listed under their headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None:
                sections.setdefault(getattr(parameter, "section", "") or "Other options", []).append(row)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def _with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Give the command one option a row of the settings table; the values stay text until `conf` reads them."""
    for option in reversed(TABLE):
        function = _option(option)(function)
    return function


def _option(setting: Option) -> Callable[[Callable[..., None]], Callable[..., None]]:
    names = [setting.flag, setting.name]
    if setting.short:
        names.insert(0, f"-{setting.short}")
    default = setting.kind.show(setting.default) if setting.default not in ("", False, None, ()) else ""
    text = setting.help + (f"  [{default}]" if default else "")
    value: dict[str, Any] = {"metavar": setting.kind.metavar}
    if not setting.kind.metavar:
        value = {"is_flag": True, "flag_value": "true"}
    return click.option(*names, cls=_Option, section=setting.section, help=text, default=None, **value)


def _with_mailpit_flags(function: Callable[..., None]) -> Callable[..., None]:
    """Take Mailpit's flags that are not ours, too; help does not tell of them."""
    for row in _FOREIGN:
        value: dict[str, Any] = {"is_flag": True, "flag_value": "true"} if row.is_switch else {}
        function = click.option(row.flag, row.name, hidden=True, default=None, **value)(function)
    return function


@click.command("serve", cls=_Command)
@click.option("--config", metavar="FILE", default="", help="TOML file with settings. Also CATCHER_CONFIG.")
@_with_settings
@_with_mailpit_flags
def command(config: str, **flags: Any) -> None:
    """Take mail by SMTP and serve the pages and the API until Ctrl-C.

    Every setting is also an environment variable (--max-age is CATCHER_MAX_AGE) and a key of the TOML file (max_age);
    flags win over the environment, the environment over the file. Mailpit's variables and flags are understood.
    """
    foreign = {row: flags.pop(row.name) for row in _FOREIGN}
    try:
        for row, value in foreign.items():
            if value is not None:
                flags = {**mailpit.from_flag(row, value), **_given(flags)}
        settings, origins = load(flags=flags, environ=os.environ, config=config)
        configure_logging(settings)
    except SettingError as error:
        raise click.ClickException(str(error)) from None
    for line in mailpit.warnings(os.environ, [row.flag for row, value in foreign.items() if value is not None]):
        log.warning(line)
    for name in unknown_variables(os.environ):
        log.warning("%s: no such setting, it has no effect", name)
    raise_descriptor_limit()
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings, origins))
    except (SettingError, StartError) as error:
        raise click.ClickException(str(error)) from None


def _given(flags: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}


async def _serve(settings: Settings, origins: Mapping[str, Origin]) -> None:
    catcher = Catcher(settings, origins=origins)
    stopped = asyncio.ensure_future(until_stopped())
    starting = asyncio.ensure_future(_started(catcher))
    try:
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            if not settings.quiet:
                click.echo(announcement(catcher.whereabouts, settings))
            await stopped
    finally:
        starting.cancel()
        stopped.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await catcher.stop()


async def _started(catcher: Catcher) -> None:
    with frozen_heap():
        await catcher.start()


def announcement(where: Whereabouts, settings: Settings) -> str:
    """What is printed at the start: where to send, where to look, what is kept."""
    limits = [f"the newest {settings.max:,} messages" if settings.max else "every message"]
    if settings.max_age:
        limits.append(f"for {settings.max_age}")
    kept = f"{' '.join(limits)} in {where.database}" if where.database else "nothing after exit"
    name = f"catcher {__version__}" + (f" ({settings.label})" if settings.label else "")
    lines = [
        name,
        f"  send mail to   {', '.join(where.smtp)}  (SMTP)",
        *([f"                 {', '.join(where.lmtp)}  (LMTP)"] if where.lmtp else []),
        *([f"  fetch it from  {', '.join(where.pop3)}  (POP3)"] if where.pop3 else []),
        f"  look at it on  {where.url or settings.listen}",
        f"  keeps          {kept}",
        "Ctrl-C stops it; catcher serve --help lists the settings.",
    ]
    return "\n".join(lines)
