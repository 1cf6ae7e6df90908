"""Fixtures for the mail library: settings as they come, servers, and an authority that the process trusts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from catcher import mail
from catcher.mail import settings
from tests.mail.servers import Mailbox, smtp_server


@pytest.fixture(autouse=True)
def _default_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts from the defaults, whatever the environment and the tests before it."""
    for name in settings.TABLE:
        monkeypatch.delenv(name, raising=False)
    before = {name: value for name, value in vars(settings).items() if name in settings.TABLE}
    for name in before:
        delattr(settings, name)
    vars(mail).pop("outbox", None)
    yield
    for name in [name for name in vars(settings) if name in settings.TABLE]:
        delattr(settings, name)
    vars(settings).update(before)
    vars(mail).pop("outbox", None)


@pytest.fixture
def server() -> Iterator[Mailbox]:
    """A plain SMTP server that EMAIL_HOST and EMAIL_PORT point to."""
    with smtp_server() as mailbox, settings.override(EMAIL_HOST="127.0.0.1", EMAIL_PORT=mailbox.port):
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
