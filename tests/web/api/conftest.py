"""Fixtures for the API's tests: an HTTP client, and mail put into the store."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from catcher.intake import deliver_now
from catcher.store import Everything
from catcher.testing import RunningCatcher, running_catcher
from tests.web.api.mails import envelope


@pytest.fixture(scope="module")
def shared_catcher() -> Iterator[RunningCatcher]:
    """One catcher for all tests of a module: there are hundreds of small ones."""
    with running_catcher() as running:
        yield running


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
