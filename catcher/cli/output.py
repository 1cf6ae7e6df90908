"""Terminal output that several commands share."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from catcher.transfer import Skipped


def messages(number: int) -> str:
    """Return "1 message", "2 messages"."""
    return f"{number} message{'' if number == 1 else 's'}"


def progress_bar(label: str, length: int) -> "ProgressBar[int]":
    """Return a progress bar on standard error, which is hidden when that is no terminal."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def finish(summary: str, skipped: "Iterable[Skipped]") -> None:
    """Print what was skipped and a summary, and exit with 1 if anything was skipped."""
    skipped = list(skipped)
    for one in skipped:
        click.echo(f"skipped: {one.origin}: {one.reason}", err=True)
    click.echo(summary)
    if skipped:
        sys.exit(1)
