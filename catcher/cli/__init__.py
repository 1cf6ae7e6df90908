"""The command line: `catcher` and its commands, one module each."""

from catcher.cli.main import main

__all__ = ["main"]
