"""A `catcher serve` in a process of its own, for tests that need its signals, its exit, or its death."""

import contextlib
import re
import smtplib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import databases

WORDS = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: hello\r\n\r\nbody\r\n"


@dataclass
class Served:
    """A running process and where it said it is."""

    process: subprocess.Popen[str]
    smtp: tuple[str, int]
    url: str
    screen: str

    def get(self, path: str) -> bytes:
        """The body of GET, which must be answered with 2xx."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            body: bytes = answer.read()
        return body

    def send(self, octets: bytes = WORDS) -> str:
        """Send octets in a session of their own; the store id of the reply."""
        with smtplib.SMTP(*self.smtp, timeout=30) as client:
            return send(client, octets)


def send(client: smtplib.SMTP, octets: bytes = WORDS) -> str:
    """Send octets in an open session; the store id of the reply. Fails unless the reply is 250."""
    client.ehlo_or_helo_if_needed()
    client.mail("a@example.com")
    client.rcpt("b@example.com")
    code, reply = client.data(octets)
    assert code == 250, reply
    return reply.decode().rsplit(" ", 1)[-1]


def command(*arguments: str) -> list[str]:
    """The command line of `catcher` in this environment."""
    return [sys.executable, "-m", "catcher", *databases.told(arguments)]


@contextlib.contextmanager
def serving(*arguments: str, python: str = sys.executable, cwd: Path | None = None) -> Iterator[Served]:
    """`catcher serve` with these arguments on free ports, from its announcement to the end of the block.

    python: the interpreter of the environment it runs in. cwd: where it runs, here by default.
    """
    free = ("--smtp", "127.0.0.1:0", "--listen", "127.0.0.1:0")
    with subprocess.Popen(
        [python, "-m", "catcher", "serve", *free, *databases.told(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        cwd=cwd,
    ) as process:
        try:
            assert process.stdout is not None
            screen = ""
            while "Ctrl-C" not in screen:
                line = process.stdout.readline()
                if not line:
                    pytest.fail(f"catcher serve {' '.join(arguments)} did not start: {screen}")
                screen += line
            smtp = re.search(r"SMTP\s+(\S+):(\d+)", screen)
            url = re.search(r"web interface\s+(\S+)", screen)
            assert smtp is not None
            assert url is not None
            yield Served(process, (smtp[1], int(smtp[2])), url[1], screen)
        finally:
            process.kill()
