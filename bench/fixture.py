"""Start-up time of the test fixture: from the request for it to each use."""

import os
import resource
import smtplib
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measures import Figures
from catcher.testing.shared_process import SharedServer

ROUNDS = 9


def start_of_fixture() -> Figures:
    """Return median milliseconds from the start of the process, and CPU milliseconds of a catcher with one request."""
    rounds = [_once() for _ in range(ROUNDS)]
    return {f"fixture: {part}": statistics.median(each[part] for each in rounds) for part in rounds[0]}


def _once() -> Mapping[str, float]:
    """Return the phases of one start, and the start of the bare interpreter as the lower bound."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    parts = {"interpreter alone, ms": _since(begun)}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with TemporaryDirectory(prefix="bench-") as directory:
        begun = time.perf_counter()
        shared = SharedServer(Path(directory))
        shared.start({})
        address = shared.address()
        parts["clients can connect, ms"] = _since(begun)
        with smtplib.SMTP(address.smtp_host, address.smtp_port, timeout=60):
            parts["SMTP greeted, ms"] = _since(begun)
        urllib.request.urlopen(f"{address.url}readyz", timeout=60).close()
        parts["HTTP answered, ms"] = _since(begun)
        made = urllib.request.Request(f"{address.url}api/v1/inboxes", method="POST")
        urllib.request.urlopen(made, timeout=60).close()
        parts["first inbox made, ms"] = _since(begun)
        shared.release()
        os.wait()  # the catcher, a child of this process
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    parts["CPU until it has ended, ms"] = (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) * 1000
    return parts


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
