"""Stores on real database files, and messages to put into them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.intake import prepare
from catcher.store import NewMessage, Store

RECEIVED = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

MakeMessage = Callable[..., NewMessage]


def make_message(
    content: bytes | Path | None = None, *, subject: str = "Hello", text: str = "text", received_at: datetime = RECEIVED
) -> NewMessage:
    """A message as it comes from intake; `content` instead of one made of subject and text."""
    made = f"From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()
    envelope = Envelope(
        reverse_path="ann@example.org",
        forward_paths=(ForwardPath(addr_spec="bob@example.org", parameters=(("NOTIFY", "NEVER"),)),),
        received_at=received_at,
        client=Client(address="127.0.0.1", port=1234, helo="test", protocol="ESMTP", user="tester"),
    )
    return prepare(envelope, made if content is None else content)


@pytest.fixture
def new() -> MakeMessage:
    """Makes a message that is not stored yet."""
    return make_message


@pytest.fixture
def url(database_url: str) -> str:
    """The address of a database of this test's own, without mail."""
    return database_url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store on a file, that does not look for other processes' changes."""
    with Store.open(url, poll_interval=0) as opened:
        yield opened
