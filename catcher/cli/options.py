"""Options that several commands share, in the forms that Mailpit's commands accept."""

import re
from collections.abc import Callable

import click

from catcher.conf.kinds import BOOLEAN

_TERM = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Command(click.Command):
    """A command whose switches may have a value: --wait, --wait=true, --wait=false."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Replace a switch with a value by the switch alone, or by nothing; the last one of a name counts."""
        switches = {
            name: parameter
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and parameter.is_flag
            for name in parameter.opts
        }
        end = args.index("--") if "--" in args else len(args)
        kept: list[str] = []
        for argument in args[:end]:
            name, equals, value = argument.partition("=")
            if not equals or name not in switches:
                kept.append(argument)
                continue
            kept = [one for one in kept if one not in switches[name].opts]
            try:
                if BOOLEAN.read(value):
                    kept.append(name)
            except ValueError:
                raise click.BadParameter(
                    f"{value!r}: expected {BOOLEAN.expected}", ctx=ctx, param=switches[name]
                ) from None
        return super().parse_args(ctx, kept + args[end:])


def duration(value: str) -> float:
    """Return the seconds of a duration such as 5s, 500ms or 1m30s, or of a number of seconds. Raises BadParameter."""
    text = value.strip()
    if re.fullmatch(r"[0-9.]+", text):
        text += "s"
    terms = _TERM.findall(text)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in terms)
    if "".join(number + unit for number, unit in terms) != text or not seconds:
        raise click.BadParameter(f"{value!r}: expected a duration above 0 such as 5s, 500ms or 1m")
    return seconds


def max_message_size(default: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the decorator of --max-message-size; default: in MiB."""
    return click.option(
        "--max-message-size",
        metavar="MIB",
        type=click.IntRange(min=0),
        default=default,
        show_default=True,
        help="Maximum size of a message, 0 for no limit; larger ones are skipped.",
    )
