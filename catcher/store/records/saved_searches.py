"""Saved searches, shared by everybody who uses the store."""

from sqlalchemy import Connection, delete, insert, select, update

from catcher.errors import NotFound
from catcher.store.db.codec import storable
from catcher.store.db.tables import saved_search
from catcher.store.events import ChangeResult
from catcher.store.model import SavedSearch
from catcher.store.records.base import Records

MAX_NAME_LENGTH = 200


class SavedSearches(Records):
    """The saved searches of one store."""

    def all(self) -> list[SavedSearch]:
        """Return all saved searches, sorted by name."""
        return self._database.read(read)

    def save(self, name: str, query: str) -> None:
        """Save a query under a name, cut to `MAX_NAME_LENGTH`; an existing one is replaced."""
        name = storable(" ".join(name.split()))[:MAX_NAME_LENGTH]
        values = {"name": name, "query": storable(query)}

        def change(connection: Connection) -> ChangeResult:
            named = saved_search.c.name == name
            if not connection.execute(update(saved_search).where(named).values(**values)).rowcount:
                connection.execute(insert(saved_search), values)
            return ChangeResult(changed=1)

        self._writer.run(change)

    def remove(self, number: int) -> None:
        """Delete a saved search. Raises NotFound."""
        deletion = delete(saved_search).where(saved_search.c.id == number)
        if not self._writer.run(lambda connection: ChangeResult(changed=connection.execute(deletion).rowcount)):
            raise NotFound(f"there is no saved search {number}")


def read(connection: Connection) -> list[SavedSearch]:
    """Return all saved searches, sorted by name."""
    rows = connection.execute(select(saved_search).order_by(saved_search.c.name))
    return [SavedSearch(number=row.id, name=row.name, query=row.query) for row in rows]
