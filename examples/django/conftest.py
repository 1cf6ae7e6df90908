"""Fixtures: the outbox of all processes, and a worker."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from catcher.client import Inbox

pytest_plugins = ["catcher.django.fixtures"]


@pytest.fixture(scope="session")
def worker(django_mailbox: Inbox) -> Iterator[str]:
    """A worker in a process of its own; its port. It finds the tests' inbox by its settings."""
    command = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()
