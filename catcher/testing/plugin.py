"""The plugin for pytest: `catcher_server`, `mailbox`, `make_mailbox`, `smtp_faults`, `mail_snapshot`.

pytest loads this module in every run of whoever has catcher installed, so it imports nothing of catcher at the top, and
does nothing until a test asks for a fixture.
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

if TYPE_CHECKING:
    from catcher.client import Catcher
    from catcher.testing.mailbox import Mailbox, SmtpFaults
    from catcher.testing.shared_process import Sharing

_WORKER_KEY = "catcher_directory"
_UNSAFE = re.compile(r"[^\w.-]+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of the ini file."""
    group = parser.getgroup("catcher", "mail that catcher catches")
    group.addoption(
        "--catcher-url", default="", metavar="URL", help="Use the catcher at this address, instead of starting one."
    )
    group.addoption(
        "--catcher-update-snapshots", action="store_true", help="Write the snapshots of mail instead of comparing."
    )
    parser.addini("catcher_url", "Address of a catcher to use, instead of starting one; also CATCHER_URL.", default="")
    parser.addini("catcher_settings", "Settings of the catcher that is started, lines of name = value.", "linelist")
    parser.addini("catcher_timeout", "Seconds that mail is waited for.", default="10")
    parser.addini("catcher_shown", "Mails that the report of a failed test shows at most.", default="5")


class _Share:
    """This process's share in the catcher that is started for the run."""

    def __init__(self, config: pytest.Config) -> None:
        given = getattr(config, "workerinput", {}).get(_WORKER_KEY)
        self._config = config
        self._is_owner = given is None
        self._directory = given or tempfile.mkdtemp(prefix="catcher-")
        self._sharing: Sharing | None = None

    @property
    def directory(self) -> str:
        """Where it lives."""
        return self._directory

    @property
    def sharing(self) -> "Sharing":
        """The share itself, from now on taken."""
        if self._sharing is None:
            from catcher.testing.shared_process import Sharing

            self._sharing = Sharing(Path(self._directory))
        return self._sharing

    def begin(self) -> None:
        """Let the catcher start, unless it has; does not wait for it."""
        self.sharing.begin(_settings_of(self._config))

    def failure(self) -> str:
        """What the catcher said when it ended, "" while it is there or when it was never asked for."""
        return self._sharing.failure() if self._sharing is not None else ""

    def end(self) -> None:
        """Give it back."""
        if self._sharing is not None:
            self._sharing.end()
        if self._is_owner:
            shutil.rmtree(self._directory, ignore_errors=True)


_SHARE = pytest.StashKey[_Share]()
_MAILBOXES = pytest.StashKey["list[Mailbox]"]()


def _share_of(config: pytest.Config) -> _Share:
    if _SHARE not in config.stash:
        config.stash[_SHARE] = _Share(config)
    return config.stash[_SHARE]


def _url_of(config: pytest.Config) -> str:
    found = config.getoption("--catcher-url") or config.getini("catcher_url") or os.environ.get("CATCHER_URL", "")
    return str(found)


def _settings_of(config: pytest.Config) -> dict[str, str]:
    pairs = (line.partition("=") for line in config.getini("catcher_settings"))
    return {name.strip(): value.strip() for name, _, value in pairs}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the catcher of the run lives; it lives as long as the process that tells."""
    if sys.platform == "win32":
        return
    share = _share_of(node.config)
    share.sharing  # noqa: B018 - takes it
    node.workerinput[_WORKER_KEY] = share.directory


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the catcher start while the first test is being set up, when any test needs it."""
    config = session.config
    if config.option.collectonly or _url_of(config) or sys.platform == "win32":
        return
    if any("catcher_server" in getattr(item, "fixturenames", ()) for item in session.items):
        _share_of(config).begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The end of the run in this process."""
    if _SHARE in config.stash:
        config.stash[_SHARE].end()


@pytest.fixture(scope="session")
def catcher_server(pytestconfig: pytest.Config) -> "Iterator[Catcher]":
    """A client of the catcher of this run: one real server for all its processes, or the one that CATCHER_URL names."""
    from catcher.client import Catcher

    url = _url_of(pytestconfig)
    if not url and sys.platform == "win32":  # it has no locks that die with their process: a catcher for each process
        from catcher.testing.in_process import running_catcher

        with running_catcher(**_settings_of(pytestconfig)) as running, Catcher(running.url) as catcher:
            yield catcher
        return
    if not url:
        share = _share_of(pytestconfig)
        share.begin()
        url = share.sharing.place().url
    with Catcher(url) as catcher:
        yield catcher


@pytest.fixture
def make_mailbox(
    catcher_server: "Catcher", request: pytest.FixtureRequest, pytestconfig: pytest.Config
) -> "Iterator[Callable[[], Mailbox]]":
    """Makes mailboxes of this test's own; they go with their mail when it is over."""
    from catcher.testing.mailbox import Mailbox

    made = request.node.stash.setdefault(_MAILBOXES, [])

    def make() -> Mailbox:
        timeout = float(pytestconfig.getini("catcher_timeout"))
        one = Mailbox(catcher_server, catcher_server.inbox(), timeout=timeout)
        made.append(one)
        return one

    yield make
    for mailbox in made:
        mailbox.inbox.delete()


@pytest.fixture
def mailbox(make_mailbox: "Callable[[], Mailbox]") -> "Mailbox":
    """A fresh mailbox for this test."""
    return make_mailbox()


@pytest.fixture
def smtp_faults(mailbox: "Mailbox") -> "SmtpFaults":
    """Faults that only senders into this test's mailbox meet."""
    from catcher.testing.mailbox import SmtpFaults

    return SmtpFaults(mailbox.inbox)


@pytest.fixture
def mail_snapshot(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> "Callable[..., None]":
    """Asserts that a message is what was kept of it, in `__snapshots__` beside the test: mail_snapshot(message).

    name: of the snapshot, when a test has several. mask: further texts that differ each time, with what stands for
    them. A mailbox's name is masked anyway. `--catcher-update-snapshots` writes it.
    """

    def compare(message: Any, name: str = "", *, mask: Mapping[str, str] | None = None) -> None:
        from catcher.testing.assertions import assert_matches_snapshot

        own = {each.name: "<mailbox>" for each in request.node.stash.get(_MAILBOXES, [])}
        words = [request.path.stem, request.node.name, *([name] if name else [])]
        file = request.path.parent / "__snapshots__" / (_UNSAFE.sub("-", "-".join(words)).strip("-") + ".txt")
        update = pytestconfig.getoption("--catcher-update-snapshots") or None
        assert_matches_snapshot(message, file, mask=own | dict(mask or {}), update=update)

    return compare


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the mail of a failed test's mailboxes in its report, and why the catcher is gone when it is."""
    report = yield
    if report.failed and _SHARE in item.config.stash and (said := item.config.stash[_SHARE].failure()):
        report.sections.append(("The catcher of this run has ended", said))
    if report.failed and call.when == "call" and item.stash.get(_MAILBOXES, []):
        with suppress(Exception):  # the test's own failure is what counts
            report.sections += _sections(item)
    return report


def _sections(item: pytest.Item) -> "Iterator[tuple[str, str]]":
    from catcher.assertions import excerpt
    from catcher.testing.assertions import mail_of

    most = int(item.config.getini("catcher_shown"))
    for mailbox in item.stash[_MAILBOXES]:
        messages = mailbox.messages
        more = f" (the last {most} of {len(messages)})" if len(messages) > most else ""
        texts = [excerpt(mail_of(message)) for message in messages[-most:]] if most else []
        yield f"Mail in {mailbox.name}{more}", "\n\n".join(texts) or "none"
