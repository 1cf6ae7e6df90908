from collections.abc import Iterator

import pytest

from tests import databases
from tests.store.search.mailbox import Mailbox, PostgresqlMailbox, SqliteMailbox


@pytest.fixture(scope="module", params=databases.engines())
def mailbox(request: pytest.FixtureRequest) -> Iterator[Mailbox]:
    """A database of its own on each engine, made once for a module; each test fills it anew."""
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
    """One in SQLite, whose plans can be looked at."""
    box = SqliteMailbox(tmp_path_factory.mktemp("search") / "mail.db")
    yield box
    box.close()
