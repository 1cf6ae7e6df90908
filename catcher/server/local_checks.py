"""The checks without a server, for the command line and for test suites."""

import contextlib
from collections.abc import Iterator

from catcher import checks
from catcher.conf import Settings
from catcher.server import options
from catcher.threads import Threads


@contextlib.contextmanager
def local_checker(settings: Settings) -> "Iterator[checks.Checker]":
    """Yield a checker with these settings. Raises SettingError."""
    with contextlib.closing(Threads(options.CHECK_THREADS, name="checks")) as threads:
        yield options.checker(settings, threads)
