"""Fixtures for the API's tests: an HTTP client, and mail put into the store."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from catcher.intake import deliver_now
from catcher.store import Everything
from catcher.testing import RunningCatcher, running_catcher
from tests import databases
from tests.web.api.mails import envelope


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Modules marked `engines` run on a catcher on each engine; the others ask little of the database."""
    if "shared_catcher" in metafunc.fixturenames:
        is_asked = metafunc.definition.get_closest_marker("engines") is not None
        chosen = databases.engines(is_sqlite_only=not is_asked and not databases.CHOSEN)
        metafunc.parametrize("shared_catcher", chosen, indirect=True, scope="module")


@pytest.fixture(scope="module")
def shared_catcher(request: pytest.FixtureRequest) -> Iterator[RunningCatcher]:
    """One catcher for all tests of a module: there are hundreds of small ones."""
    if request.param == "sqlite":
        with running_catcher() as running:
            yield running
    else:
        server: databases.Server = request.getfixturevalue("postgresql")
        url = server.make()
        with running_catcher(database=url) as running:
            yield running
        server.drop(url)


@pytest.fixture
def catcher(shared_catcher: RunningCatcher) -> RunningCatcher:
    """The module's catcher with an empty mailbox."""
    shared_catcher.store.delete(Everything())
    return shared_catcher


@pytest.fixture
def put(catcher: RunningCatcher) -> Callable[..., list[str]]:
    """Stores messages as if SMTP had taken them; gives their store ids."""

    def deliver(
        *contents: bytes, recipients: tuple[str, ...] = (), reverse_path: str = "bounce@example.com"
    ) -> list[str]:
        given = envelope(*recipients, reverse_path=reverse_path)
        return deliver_now(catcher.store, [(given, content) for content in contents])

    return deliver


@pytest.fixture
def api(catcher: RunningCatcher) -> Iterator[httpx2.Client]:
    """An HTTP client of this test's catcher."""
    with httpx2.Client(base_url=catcher.url, timeout=30) as client:
        yield client
