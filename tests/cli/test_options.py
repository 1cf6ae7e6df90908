"""Tests of the options of the commands other than `serve`, as they are written for Mailpit."""

from pathlib import Path

import click
import pytest

from catcher.cli.main import COMMANDS, main
from catcher.cli.options import Command, duration
from tests.cli.conftest import Run


def switches() -> list[tuple[str, str]]:
    """Each command and each of its switches."""
    found = []
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        found += [
            (name, option)
            for parameter in command.params
            if isinstance(parameter, click.Option) and parameter.is_flag
            for option in parameter.opts
        ]
    return found


@pytest.mark.parametrize(("name", "option"), switches())
def test_every_switch_may_have_a_value(name: str, option: str) -> None:
    """--flag=true and --flag=false, as Go's flag library writes them; the last one counts."""
    command = main.get_command(click.Context(main), name)
    assert isinstance(command, Command)
    parameter = next(one for one in command.params if option in one.opts)

    def value(*arguments: str) -> object:
        context = click.Context(command)
        context.allow_extra_args = True
        rest = ["--", "path"] if any(isinstance(one, click.Argument) for one in command.params) else []
        command.parse_args(context, [*arguments, *rest])
        return context.params.get(parameter.name or "", not option)

    if parameter.expose_value:
        assert value(f"{option}=true") is value(option) is value(f"{option}=false", f"{option}=1") is True
        assert value(f"{option}=false") is value(option, f"{option}=0") is value() is False
    else:
        assert value(f"{option}=true") == value(f"{option}=false")
    with pytest.raises(click.UsageError, match="expected true or false"):
        value(f"{option}=maybe")


def test_an_argument_behind_two_hyphens_is_no_switch(run: Run, tmp_path: Path) -> None:
    """A file may be named like a switch."""
    done = run("ingest", "-d", str(tmp_path / "mail.db"), "--", "--use-message-dates=false")
    assert b"--use-message-dates=false: does not exist" in done.stderr


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5", 5), ("0.5", 0.5), ("5s", 5), ("500ms", 0.5), ("1m", 60), ("1m30s", 90), ("1.5h", 5400), (" 2s ", 2)],
)
def test_durations_are_read_as_go_writes_them(text: str, seconds: float) -> None:
    """`readyz --timeout 5s`; a number alone is seconds."""
    assert duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "0", "0s", "-1s", "5 s", "s", "1d", "1e3", "nan", "5s6"])
def test_other_durations_are_refused(run: Run, text: str) -> None:
    """The message says what is expected."""
    done = run("readyz", f"--timeout={text}")
    assert done.returncode == 2
    assert b"such as 5s" in done.stderr


def test_the_version_is_never_updated(run: Run) -> None:
    """Mailpit's `version -u` replaces the program; ours says how to update it. --no-release-check changes nothing."""
    for option in ("-u", "--update"):
        done = run("version", option)
        assert done.returncode == 1
        (line,) = done.stderr.decode().splitlines()
        assert "pip install --upgrade catcher-mail" in line
    assert run("version", "--no-release-check").stdout == run("version").stdout


def test_a_tenant_is_mentioned(run: Run, tmp_path: object) -> None:
    """An option of Mailpit's without effect is not silently ignored."""
    done = run("dump", "-d", f"{tmp_path}/none.db", "--tenant-id", "a", f"{tmp_path}/out")
    assert b"--tenant-id has no effect" in done.stderr
