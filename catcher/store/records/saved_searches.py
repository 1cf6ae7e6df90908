"""Searches worth keeping, by name, the same for everybody who looks at the store."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, delete, insert, select, update

from catcher.errors import NotFound
from catcher.store.db.codec import storable
from catcher.store.db.tables import saved_search
from catcher.store.model import SavedSearch
from catcher.store.write.updates import ChangeResult

LONGEST_NAME = 200


class SavedSearches:
    """The saved searches of one store, as its attribute; methods may be called from any thread."""

    def __init__(
        self,
        *,
        run: Callable[[Callable[[Connection], ChangeResult]], int],
        reading: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._run = run
        self._reading = reading

    def all(self) -> list[SavedSearch]:
        """Every saved search, sorted by name."""
        with self._reading() as connection:
            return read(connection)

    def save(self, name: str, query: str) -> None:
        """Keep a query under a name, cut to `LONGEST_NAME`, instead of what had that name before."""
        name = storable(" ".join(name.split()))[:LONGEST_NAME]
        values = {"name": name, "query": storable(query)}

        def change(connection: Connection) -> ChangeResult:
            there = saved_search.c.name == name
            if not connection.execute(update(saved_search).where(there).values(**values)).rowcount:
                connection.execute(insert(saved_search), values)
            return ChangeResult(changed=1)

        self._run(change)

    def remove(self, number: int) -> None:
        """Forget one. Raises NotFound."""
        gone = delete(saved_search).where(saved_search.c.id == number)
        if not self._run(lambda connection: ChangeResult(changed=connection.execute(gone).rowcount)):
            raise NotFound(f"there is no saved search {number}")


def read(connection: Connection) -> list[SavedSearch]:
    """Every saved search, sorted by name."""
    rows = connection.execute(select(saved_search).order_by(saved_search.c.name))
    return [SavedSearch(number=row.id, name=row.name, query=row.query) for row in rows]
