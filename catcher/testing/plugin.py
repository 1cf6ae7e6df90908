"""The pytest plugin: `catcher_server`, `mailbox`, `make_mailbox`, `smtp_faults`, `mail_snapshot`.

pytest loads this module in every run where catcher is installed, so it imports nothing heavy and does nothing until a
test requests a fixture.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catcher import testing

if TYPE_CHECKING:
    from catcher.client import Catcher

_WORKER_KEY = "catcher_directory"
_UNSAFE = re.compile(r"[^\w.-]+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command line and of the ini file."""
    group = parser.getgroup("catcher", "tests of mail with catcher")
    group.addoption(
        "--catcher-url", default="", metavar="URL", help="URL of a running catcher to use instead of starting one."
    )
    group.addoption(
        "--catcher-update-snapshots", action="store_true", help="Write mail snapshots instead of comparing with them."
    )
    parser.addini("catcher_url", "URL of a running catcher, instead of starting one; also CATCHER_URL.", default="")
    parser.addini("catcher_settings", "Settings of the catcher that is started, as lines of name = value.", "linelist")
    parser.addini("catcher_timeout", "Seconds to wait for mail.", default="10")
    parser.addini("catcher_shown", "Maximum number of messages in the report of a failed test.", default="5")


class _RunServer:
    """This process's use of the catcher of the test run."""

    def __init__(self, config: pytest.Config) -> None:
        given = getattr(config, "workerinput", {}).get(_WORKER_KEY)
        self._config = config
        self._is_owner = given is None
        self.directory: str = given or tempfile.mkdtemp(prefix="catcher-")
        self._server: testing.SharedServer | None = None

    def use(self) -> "testing.SharedServer":
        """Return the server, in use by this process from now on."""
        if self._server is None:
            self._server = testing.SharedServer(Path(self.directory))
        return self._server

    def start(self) -> None:
        """Start the server unless it runs; does not wait for it."""
        self.use().start(_settings_of(self._config))

    def failure(self) -> str:
        """Return the end of the server's log when it has ended, "" while it runs and when it was never used."""
        return self._server.failure() if self._server is not None else ""

    def release(self) -> None:
        """End the use of the server."""
        if self._server is not None:
            self._server.release()
        if self._is_owner:
            shutil.rmtree(self.directory, ignore_errors=True)


_SERVER = pytest.StashKey[_RunServer]()
_MAILBOXES = pytest.StashKey["list[testing.Mailbox]"]()


def _server_of(config: pytest.Config) -> _RunServer:
    if _SERVER not in config.stash:
        config.stash[_SERVER] = _RunServer(config)
    return config.stash[_SERVER]


def _url_of(config: pytest.Config) -> str:
    found = config.getoption("--catcher-url") or config.getini("catcher_url") or os.environ.get("CATCHER_URL", "")
    return str(found)


def _settings_of(config: pytest.Config) -> dict[str, str]:
    pairs = (line.partition("=") for line in config.getini("catcher_settings"))
    return {name.strip(): value.strip() for name, _, value in pairs}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker the directory of the run's catcher, and keep it in use until all workers have ended."""
    if sys.platform == "win32":
        return
    server = _server_of(node.config)
    server.use()
    node.workerinput[_WORKER_KEY] = server.directory


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the catcher early when any test needs it, so that it starts while the first test is being set up."""
    config = session.config
    if config.option.collectonly or _url_of(config) or sys.platform == "win32":
        return
    if any("catcher_server" in getattr(item, "fixturenames", ()) for item in session.items):
        _server_of(config).start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Release the catcher at the end of the run in this process."""
    if _SERVER in config.stash:
        config.stash[_SERVER].release()


@pytest.fixture(scope="session")
def catcher_server(pytestconfig: pytest.Config) -> "Iterator[Catcher]":
    """Provide a client of the run's catcher: one server for all its processes, or the one that CATCHER_URL names."""
    url = _url_of(pytestconfig)
    if not url and sys.platform == "win32":  # no locks that end with their process: one catcher for each process
        with testing.running_catcher(**_settings_of(pytestconfig)) as running, _client(running.url) as catcher:
            yield catcher
        return
    if not url:
        server = _server_of(pytestconfig)
        server.start()
        url = server.use().address().url
    with _client(url) as catcher:
        yield catcher


def _client(url: str) -> "Catcher":
    """Return a client that knows where SMTP is, as far as the server says so."""
    from catcher.client import Catcher  # not before a test needs it

    with Catcher(url) as catcher:
        listeners = catcher.info().smtp
    return Catcher(url, smtp=next((each for each in listeners if not each.startswith("unix:")), ""))


@pytest.fixture
def make_mailbox(
    catcher_server: "Catcher", request: pytest.FixtureRequest, pytestconfig: pytest.Config
) -> "Iterator[Callable[[], testing.Mailbox]]":
    """Provide a function that makes mailboxes for this test; they are deleted with their mail at its end."""
    made: list[testing.Mailbox] = request.node.stash.setdefault(_MAILBOXES, [])

    def make() -> testing.Mailbox:
        timeout = float(pytestconfig.getini("catcher_timeout"))
        made.append(testing.Mailbox(catcher_server, catcher_server.inbox(), timeout=timeout))
        return made[-1]

    yield make
    for mailbox in made:
        mailbox.inbox.delete()


@pytest.fixture
def mailbox(make_mailbox: "Callable[[], testing.Mailbox]") -> "testing.Mailbox":
    """Return a new mailbox for this test."""
    return make_mailbox()


@pytest.fixture
def smtp_faults(mailbox: "testing.Mailbox") -> "testing.SmtpFaults":
    """Return the fault injection for mail to this test's mailbox."""
    return testing.SmtpFaults(mailbox.inbox)


@pytest.fixture
def mail_snapshot(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> "Callable[..., None]":
    """Return a function that compares a message with its snapshot in `__snapshots__` beside the test.

    Called as mail_snapshot(message). name: distinguishes several snapshots of one test. mask: further texts that differ
    each time, with their placeholders in the file; a mailbox's name is always masked. `--catcher-update-snapshots`
    writes the snapshot.
    """

    def compare(message: Any, name: str = "", *, mask: Mapping[str, str] | None = None) -> None:
        own = {each.name: "<mailbox>" for each in request.node.stash.get(_MAILBOXES, [])}
        words = [request.path.stem, request.node.name, *([name] if name else [])]
        file = request.path.parent / "__snapshots__" / (_UNSAFE.sub("-", "-".join(words)).strip("-") + ".txt")
        update = pytestconfig.getoption("--catcher-update-snapshots") or None
        testing.assert_matches_snapshot(message, file, mask=own | dict(mask or {}), update=update)

    return compare


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the mail of a failed test's mailboxes to its report, and the log of a catcher that has ended."""
    report = yield
    if report.failed and _SERVER in item.config.stash and (log := item.config.stash[_SERVER].failure()):
        report.sections.append(("The catcher of this run has ended", log))
    if report.failed and call.when == "call" and item.stash.get(_MAILBOXES, []):
        with suppress(Exception):  # the test's own failure is what counts
            report.sections += _sections(item)
    return report


def _sections(item: pytest.Item) -> "Iterator[tuple[str, str]]":
    limit = int(item.config.getini("catcher_shown"))
    for mailbox in item.stash[_MAILBOXES]:
        messages = mailbox.messages
        more = f" (the last {limit} of {len(messages)})" if len(messages) > limit else ""
        texts = [testing.mail_excerpt(message) for message in messages[-limit:]] if limit else []
        yield f"Mail in {mailbox.name}{more}", "\n\n".join(texts) or "none"
