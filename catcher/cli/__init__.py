"""The command `catcher` and its commands, one module each. Without a command it serves."""

from catcher.cli.main import main

__all__ = ["main"]
