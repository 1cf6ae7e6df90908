"""Start-up time of the test fixture: from the request for it to each use."""

import os
import resource
import smtplib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.servers import Recipe
from bench.table import Options, Row, alternate
from catcher.testing.shared_process import SharedServer


def fixture(options: Options) -> Iterator[Row]:
    """Yield milliseconds from the start of the process, and CPU milliseconds of a catcher with one request."""
    yield from alternate(options.servers[:1], 3 * options.rounds, _once)


def _once(_: Recipe) -> Mapping[str, float]:
    """Return the phases of one start, and the start of the bare interpreter as the lower bound."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    parts = {"fixture: interpreter alone, ms": _since(begun)}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with TemporaryDirectory(prefix="bench-") as directory:
        begun = time.perf_counter()
        shared = SharedServer(Path(directory))
        shared.start({})
        address = shared.address()
        parts["fixture: clients can connect, ms"] = _since(begun)
        with smtplib.SMTP(address.smtp_host, address.smtp_port, timeout=60):
            parts["fixture: SMTP greeted, ms"] = _since(begun)
        urllib.request.urlopen(f"{address.url}readyz", timeout=60).close()
        parts["fixture: HTTP answered, ms"] = _since(begun)
        made = urllib.request.Request(f"{address.url}api/v1/inboxes", method="POST")
        urllib.request.urlopen(made, timeout=60).close()
        parts["fixture: first inbox made, ms"] = _since(begun)
        shared.release()
        os.wait()  # the catcher, a child of this process
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    parts["fixture: CPU until it has ended, ms"] = (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) * 1000
    return parts


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
