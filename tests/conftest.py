"""Fixtures for all tests: a running catcher, an SMTP client for it, and a real Chromium."""

import os
import shutil
import smtplib
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from catcher.testing import RunningCatcher, running_catcher

# The same examples in every run, and no opinion on how fast a busy machine makes them.
hypothesis.settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def catcher() -> Iterator[RunningCatcher]:
    """A catcher of this test's own, on free ports, with an empty mailbox."""
    with running_catcher() as running:
        yield running


@pytest.fixture
def smtp(catcher: RunningCatcher) -> Iterator[smtplib.SMTP]:
    """An open SMTP connection to this test's catcher."""
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        yield client


def find_chromium() -> str:
    """The Chromium for the tests: the one CATCHER_CHROMIUM names, an installed one, or Playwright's own; else ""."""
    if named := os.environ.get("CATCHER_CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the tests of a module.

    Not of the whole run: Playwright keeps an event loop running in the main thread as long as it lives, and tests of
    other modules could not start loops of their own.
    """
    path = find_chromium()
    if not path:
        pytest.fail("No Chromium found: install one, or name it in CATCHER_CHROMIUM; `make test` does that.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
