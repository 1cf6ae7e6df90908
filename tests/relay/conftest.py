"""Fixtures for the tests of relaying: a store in a real file, SMTP servers, and a CA that the process trusts."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from catcher.intake import deliver_now
from catcher.store import Store, StoredMessage
from tests.mail.servers import Mailbox, smtp_server
from tests.web.api.mails import envelope

Keep = Callable[..., StoredMessage]


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """The address of the store's database."""
    return f"sqlite:///{tmp_path / 'catcher.db'}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store of this test's own."""
    with Store.open(store_url) as opened:
        yield opened


@pytest.fixture
def keep(store: Store) -> Keep:
    """Store octets as if received by SMTP; return the stored message."""

    def keep(octets: bytes, *recipients: str, reverse_path: str = "bounce@example.com") -> StoredMessage:
        [store_id] = deliver_now(store, [(envelope(*recipients, reverse_path=reverse_path), octets)])
        return store.get(store_id)

    return keep


@pytest.fixture
def sink() -> Iterator[Mailbox]:
    """A plain SMTP server."""
    with smtp_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority of this run."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The authority, trusted by this process: OpenSSL reads SSL_CERT_FILE when a default context is made."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(file))
    return authority
