"""`catcher serve`: runs the server with the settings of flags, environment and file, until it is stopped."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

import click

from catcher import __version__
from catcher.cli.logs import configure_logging
from catcher.conf import TABLE, Option, Origin, Settings, load, mailpit, unknown_variables
from catcher.process import frozen_heap, loop_factory, raise_descriptor_limit, until_stopped
from catcher.server import ServerAddresses, run_catcher

log = logging.getLogger("catcher")

_MAILPIT_FLAGS = tuple(row for row in mailpit.ROWS if row.flag)


class _Option(click.Option):
    """An option with its heading in the help text. A switch may have a value: --quiet, --quiet=true, --quiet false."""

    def __init__(self, *names: Any, section: str = "", is_switch: bool = False, **more: Any) -> None:
        if is_switch:
            more |= {"is_flag": False, "flag_value": "true", "metavar": ""}
        super().__init__(*names, default=None, **more)
        self.section = section

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0].rstrip(), record[1])


class _Command(click.Command):
    """A command that lists its options under their headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None:
                sections.setdefault(getattr(parameter, "section", "") or "Options", []).append(row)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def _with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each setting. The values stay texts, which `conf` reads."""
    for option in reversed(TABLE):
        function = _option(option)(function)
    return function


def _option(setting: Option) -> Callable[[Callable[..., None]], Callable[..., None]]:
    names = [setting.flag, setting.name]
    if setting.short:
        names.insert(0, f"-{setting.short}")
    default = setting.kind.show(setting.default) if setting.default not in ("", False, None, ()) else ""
    text = setting.help + (f"  [{default}]" if default else "")
    is_switch = not setting.kind.metavar
    more = {} if is_switch else {"metavar": setting.kind.metavar}
    return click.option(*names, cls=_Option, section=setting.section, help=text, is_switch=is_switch, **more)


def _with_mailpit_flags(function: Callable[..., None]) -> Callable[..., None]:
    """Add hidden options for the flags that only Mailpit has."""
    for row in _MAILPIT_FLAGS:
        function = click.option(row.flag, row.name, cls=_Option, hidden=True, is_switch=row.is_switch)(function)
    return function


@click.command("serve", cls=_Command)
@click.option("--config", metavar="FILE", default="", help="TOML file with settings. The default is CATCHER_CONFIG.")
@_with_settings
@_with_mailpit_flags
def command(config: str, **flags: Any) -> None:
    """Receive mail by SMTP and serve the web interface and the API until Ctrl-C.

    Every setting is also an environment variable (--max-age is CATCHER_MAX_AGE) and a key of the TOML file (max_age).
    Flags override the environment, and the environment overrides the file. Mailpit's variables and flags work, too.
    """
    settings, origins = settings_of(config, flags)
    configure_logging(settings)
    for line in mailpit.warnings(os.environ, [row.flag for row in _MAILPIT_FLAGS if flags[row.name] is not None]):
        log.warning(line)
    for name in unknown_variables(os.environ):
        log.warning("%s has no effect: no such setting", name)
    raise_descriptor_limit()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(settings, origins))


def settings_of(config: str, flags: Mapping[str, str | None]) -> tuple[Settings, dict[str, Origin]]:
    """Return the settings of the flags, the environment and a file, and their origins. Raises SettingError.

    flags: of ours and Mailpit's, None for one that is not given; ours win.
    """
    given = {option.name: value for option in TABLE if (value := flags[option.name]) is not None}
    if "enable_prometheus" in given:
        given |= mailpit.prometheus(given.pop("enable_prometheus"))
    for row in _MAILPIT_FLAGS:
        if (value := flags[row.name]) is not None:
            given = {**mailpit.from_flag(row, value), **given}
    return load(flags=given, environ=os.environ, config=config)


async def _serve(settings: Settings, origins: Mapping[str, Origin]) -> None:
    """Run a catcher until the process is asked to stop, even before it has started."""
    running = asyncio.create_task(_run(settings, origins))
    stopped = asyncio.create_task(until_stopped())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _run(settings: Settings, origins: Mapping[str, Origin]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        with frozen_heap():
            started = await stack.enter_async_context(run_catcher(settings, origins=origins))
        if not settings.quiet:
            click.echo(announcement(started.addresses, settings))
        await asyncio.Event().wait()


def announcement(addresses: ServerAddresses, settings: Settings) -> str:
    """Return the text printed at the start: the addresses of the listeners, and where messages are stored."""
    stored = f"the newest {settings.max:,} messages" if settings.max else "all messages"
    if settings.max_age:
        stored += f" for {settings.max_age}"
    storage = f"{stored} in {addresses.database}" if addresses.database else "temporary, deleted on exit"
    lines = [
        f"catcher {__version__}" + (f" ({settings.label})" if settings.label else ""),
        f"  SMTP           {', '.join(addresses.smtp)}",
        *([f"  LMTP           {', '.join(addresses.lmtp)}"] if addresses.lmtp else []),
        *([f"  POP3           {', '.join(addresses.pop3)}"] if addresses.pop3 else []),
        f"  web interface  {addresses.url or settings.listen}",
        f"  storage        {storage}",
        "Press Ctrl-C to stop. catcher serve --help lists the settings.",
    ]
    return "\n".join(lines)
