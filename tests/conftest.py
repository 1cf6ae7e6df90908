"""Fixtures for all tests: a running catcher, an SMTP client for it, and a real Chromium."""

import asyncio
import functools
import os
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore2
import hypothesis
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from catcher.store import store
from catcher.store.engines.base import Database
from catcher.store.engines.registry import open_database
from catcher.testing import RunningCatcher, running_catcher
from tests import databases
from tests.databases import Server
from tests.depth import DEPTH, examples
from tests.prerequisites import Machine, find_installed_chromium
from tests.run_folder import use_run_folder

# Few examples, the same in every run unless more are asked for, and no opinion on how fast a busy machine makes them.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=DEPTH == 1,
    max_examples=examples(50),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")
# How long a page may take on a busy machine is no opinion of a test either.
expect.set_options(timeout=20_000)

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Tests that run other programs than Python, or environments that have to be installed first.
FOREIGN = (
    "tests/clients/",
    "tests/django/",
    "tests/examples/",
    "tests/test_wheel.py",
    "tests/mail/test_inside_django.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Keep temporary files together; the workers of a run inherit the folder."""
    if not hasattr(config, "workerinput"):
        use_run_folder(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if item.nodeid.startswith(FOREIGN) or "postgresql" in getattr(item, "fixturenames", ()):
            item.add_marker("foreign")


@pytest.fixture(scope="session")
def postgresql(testrun_uid: str) -> Server:
    """A PostgreSQL server, shared with the other processes of this run."""
    return Server(testrun_uid)


@pytest.fixture
def postgresql_url(postgresql: Server) -> Iterator[str]:
    """A PostgreSQL database of this test's own, with catcher's tables."""
    url = postgresql.make()
    yield url
    postgresql.drop(url)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `database_url` runs on every engine, unless it is marked `sqlite`."""
    if "database_url" in metafunc.fixturenames:
        is_sqlite_only = metafunc.definition.get_closest_marker("sqlite") is not None
        metafunc.parametrize("database_url", databases.engines(is_sqlite_only=is_sqlite_only), indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without mail; of SQLite, a file that does not exist yet."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'mail.db'}"


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """The HTTP clients of a process share one TLS context: its trusted roots take 45 ms to read, for each client."""
    make = functools.cache(lambda trust_env, roots: default_ssl_context(_trust_env=trust_env))
    default_ssl_context = httpcore2.default_ssl_context

    def context(*, _trust_env: bool = True) -> ssl.SSLContext:
        made: ssl.SSLContext = make(_trust_env, os.environ.get("SSL_CERT_FILE"))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", context)
        yield


@pytest.fixture(scope="module", params=databases.engines())
def shared_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database that the tests of a module share, on each engine; of SQLite, of no file yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'mail.db'}"
    else:
        server: Server = request.getfixturevalue("postgresql")
        url = server.make()
        yield url
        server.drop(url)


@pytest.fixture(autouse=True)
def files_in_postgresql(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With PostgreSQL chosen for all tests, a database there takes the place of every SQLite file."""
    if databases.CHOSEN != "postgresql":
        yield
        return
    if request.node.get_closest_marker("sqlite"):
        pytest.skip("is about SQLite")
    server: Server = request.getfixturevalue("postgresql")

    def opened(url: str, **options: Any) -> Database:
        return open_database(server.instead_of(url) if url.startswith("sqlite:///") else url, **options)

    monkeypatch.setattr(store, "open_database", opened)
    monkeypatch.setattr(databases, "told", server.told)
    yield
    server.drop_all()


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
    if installed := find_installed_chromium(Machine()):
        return installed
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for all tests of a worker."""
    path = find_chromium()
    if not path:
        pytest.fail("No Chromium found: install one, or name it in CATCHER_CHROMIUM; `make test` does that.")
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        asyncio._set_running_loop(loop)
        chromium.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let tests without the browser run event loops of their own.

    Between two calls of its blocking interface Playwright's loop is suspended in another greenlet of this thread, but
    still marked as the one that runs in it.
    """
    loop = asyncio._get_running_loop()
    if loop is None or "browser" in getattr(item, "fixturenames", ()):
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        if not loop.is_closed():
            asyncio._set_running_loop(loop)
