from collections.abc import Iterator

import pytest

from tests import databases
from tests.store.search.mailbox import Mailbox, PostgresqlMailbox, SqliteMailbox


@pytest.fixture(scope="module", params=databases.engines())
def mailbox(request: pytest.FixtureRequest) -> Iterator[Mailbox]:
    """A database on each engine, created once for a module and refilled by each test."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_mailbox")
    else:
        server: databases.Server = request.getfixturevalue("postgresql")
        url = server.make()
        box = PostgresqlMailbox(url)
        yield box
        box.close()
        server.drop(url)


@pytest.fixture(scope="module")
def sqlite_mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteMailbox]:
    """A mailbox in SQLite, for tests of query plans."""
    box = SqliteMailbox(tmp_path_factory.mktemp("search") / "mail.db")
    yield box
    box.close()
