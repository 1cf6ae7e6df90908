"""`catcher serve`: reads the settings, runs a catcher until it is told to stop, and says where to send and to look."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from catcher import __version__
from catcher.assembly import Catcher, Whereabouts
from catcher.cli.logs import configure_logging
from catcher.cli.signals import until_stopped
from catcher.conf import TABLE, Settings, load
from catcher.errors import SettingError, StartError


def _with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Give the command one option a row of the settings table; the values stay text until `conf` reads them."""
    for setting in reversed(TABLE):
        names = [setting.flag, setting.name]
        if setting.short:
            names.insert(0, f"-{setting.short}")
        default = setting.kind.show(setting.default) if setting.default not in ("", False, None, ()) else ""
        text = setting.help + (f"  [{default}]" if default else "")
        if setting.kind.metavar:
            option = click.option(*names, metavar=setting.kind.metavar, help=text, default=None)
        else:
            option = click.option(*names, is_flag=True, flag_value="true", help=text, default=None)
        function = option(function)
    return function


@click.command("serve")
@click.option("--config", metavar="FILE", default="", help="TOML file with settings. Also CATCHER_CONFIG.")
@_with_settings
def command(config: str, **flags: Any) -> None:
    """Take mail by SMTP and serve the pages and the API until Ctrl-C.

    Every setting is also an environment variable (--max-age is CATCHER_MAX_AGE) and a key of the TOML file (max_age);
    flags win over the environment, the environment over the file.
    """
    try:
        settings, _ = load(flags=flags, environ=os.environ, config=config)
    except SettingError as error:
        raise click.ClickException(str(error)) from None
    configure_logging(settings)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings))
    except (SettingError, StartError) as error:
        raise click.ClickException(str(error)) from None


async def _serve(settings: Settings) -> None:
    catcher = Catcher(settings)
    stopped = asyncio.ensure_future(until_stopped())
    starting = asyncio.ensure_future(catcher.start())
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
        *([f"  fetch it from  {', '.join(where.pop3)}  (POP3)"] if where.pop3 else []),
        f"  look at it on  {where.url or settings.listen}",
        f"  keeps          {kept}",
        "Ctrl-C stops it; catcher serve --help lists the settings.",
    ]
    return "\n".join(lines)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop when it is installed, else the standard one."""
    if sys.platform == "win32":
        return None
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
