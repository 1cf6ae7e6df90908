"""SMTP connections that delivered no message, for troubleshooting; the newest ones are kept."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from catcher.envelope import SmtpSession
from catcher.store.db.codec import microseconds, pack, unpack_session
from catcher.store.db.tables import session
from catcher.store.events import ChangeResult
from catcher.store.records.base import Records

MAX_KEPT = 1000


class SessionRecords(Records):
    """The recorded connections of one store."""

    def add(self, sessions: Sequence[SmtpSession]) -> None:
        """Add connections, oldest first, and delete those beyond the newest `MAX_KEPT`."""
        rows = [{"closed_at": microseconds(one.closed_at), "data": pack(one)} for one in sessions[-MAX_KEPT:]]

        def change(connection: Connection) -> ChangeResult:
            connection.execute(insert(session), rows)
            newest = select(session.c.number).order_by(session.c.number.desc()).offset(MAX_KEPT - 1).limit(1)
            oldest = connection.execute(newest).scalar()
            if oldest is not None:
                connection.execute(delete(session).where(session.c.number < oldest))
            return ChangeResult(changed=len(rows))

        if rows:
            self._writer.run(change)

    def newest(self, *, limit: int = 100) -> list[SmtpSession]:
        """Return the newest connections, newest first."""
        with self._database.reading() as connection:
            rows = connection.scalars(select(session.c.data).order_by(session.c.number.desc()).limit(limit))
            return [unpack_session(data) for data in rows]
