"""SMTP connections that brought no message: who came, what was said, and how it ended. The newest ones are kept."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, delete, insert, select

from catcher.envelope import SmtpSession
from catcher.store.db.codec import microseconds, pack, unpack_session
from catcher.store.db.tables import session
from catcher.store.write.updates import ChangeResult

KEPT = 1000
"""Connections that are kept, the newest."""


class SessionRecords:
    """The connections that one store remembers, as its attribute; methods may be called from any thread."""

    def __init__(
        self,
        *,
        run: Callable[[Callable[[Connection], ChangeResult]], int],
        reading: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._run = run
        self._reading = reading

    def add(self, sessions: Sequence[SmtpSession]) -> None:
        """Remember these, oldest first, and forget those beyond `KEPT`. Raises StoreUnavailable."""
        rows = [{"closed_at": microseconds(one.closed_at), "data": pack(one)} for one in sessions[-KEPT:]]

        def change(connection: Connection) -> ChangeResult:
            connection.execute(insert(session), rows)
            newest = select(session.c.number).order_by(session.c.number.desc()).offset(KEPT - 1).limit(1)
            oldest = connection.execute(newest).scalar()
            if oldest is not None:
                connection.execute(delete(session).where(session.c.number < oldest))
            return ChangeResult(changed=len(rows))

        if rows:
            self._run(change)

    def newest(self, *, limit: int = 100) -> list[SmtpSession]:
        """The last connections without a message, the newest first."""
        with self._reading() as connection:
            rows = connection.scalars(select(session.c.data).order_by(session.c.number.desc()).limit(limit))
            return [unpack_session(data) for data in rows]
