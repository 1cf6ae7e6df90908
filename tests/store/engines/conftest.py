from collections.abc import Iterator

import pytest

from tests.databases import Server


@pytest.fixture
def empty_url(postgresql: Server) -> Iterator[str]:
    """A PostgreSQL database of this test's own, without any tables."""
    url = postgresql.make(is_empty=True)
    yield url
    postgresql.drop(url)
