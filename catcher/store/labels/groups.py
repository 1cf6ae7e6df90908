"""Named groups of messages that count their members: tags and inboxes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update

from catcher.store.engines import fast_path


class Groups:
    """Groups in one table, their members in another.

    groups: with the columns id, name, folded (the name for comparison, unique) and messages (the number of members).
    members: with `key`, the group's id, and arrival.
    """

    def __init__(self, groups: Table, members: Table, *, key: str) -> None:
        self._groups = groups
        self._members = members
        self._key = members.c[key]
        # Prebuilt: composing a statement takes longer than executing it, and every new message needs these.
        self._find = select(groups.c.id, groups.c.name).where(groups.c.folded == bindparam("wanted"))
        self._count = (
            update(groups)
            .where(groups.c.id == bindparam("group"))
            .values(messages=groups.c.messages + bindparam("more"))
        )

    def ensure(self, connection: Connection, names: Mapping[str, str], **others: object) -> dict[str, tuple[int, str]]:
        """Return id and name of each group by folded name; create missing ones. others: columns of new groups."""
        known = self._known(connection, names)
        missing: list[dict[str, Any]] = [
            {"name": name, "folded": folded, "messages": 0, **others}
            for folded, name in names.items()
            if folded not in known
        ]
        if missing:
            connection.execute(insert(self._groups), missing)
            known |= self._known(connection, [row["folded"] for row in missing])
        return known

    def add(self, connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
        """Add messages to groups they are not in: pairs of a group's id and an arrival number."""
        if not pairs:
            return
        fast_path.insert_rows(connection, self._members, pairs)
        self._recount(connection, Counter(group for group, _ in pairs))

    def remove(self, connection: Connection, arrivals: Collection[int]) -> bool:
        """Remove messages from all their groups, which may become empty; return whether they were in any."""
        if not arrivals:
            return False
        of_these = self._members.c.arrival.in_(arrivals)
        lost = connection.execute(select(self._key, func.count()).where(of_these).group_by(self._key)).all()
        if lost:
            connection.execute(delete(self._members).where(of_these))
            self._recount(connection, {group: -number for group, number in lost})
        return bool(lost)

    def _known(self, connection: Connection, keys: Collection[str]) -> dict[str, tuple[int, str]]:
        found = {key: fast_path.execute(connection, self._find, {"wanted": key}) for key in keys}
        return {key: (rows[0][0], rows[0][1]) for key, rows in found.items() if rows}

    def _recount(self, connection: Connection, more: Mapping[int, int]) -> None:
        for group, number in more.items():
            fast_path.execute(connection, self._count, {"group": group, "more": number})
