"""Tokens of the API: who holds one may ask. Only digests are kept, so that the database gives nobody away."""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from catcher.errors import NotFound
from catcher.store.db.codec import microseconds, moment
from catcher.store.db.tables import token
from catcher.store.labels.inbox_names import clean_inbox
from catcher.store.write.updates import ChangeResult

PREFIX = "catcher_"
"""Begins every token, so that scanners for secrets know one when they see it."""

LONGEST_NAME = 200


class Scope(StrEnum):
    """What a token lets its holder do; each lets do what those before it let."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, other: "Scope") -> bool:
        """Whether who has this scope may do what needs the other."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token that was made. number: to revoke it by. name: for people. expires_at: aware UTC, None for never.

    inbox: name of the one inbox that it opens; "" for all.
    """

    number: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    inbox: str = ""


class ApiTokens:
    """The tokens of one store, as its attribute; methods may be called from any thread and raise StoreUnavailable."""

    def __init__(
        self,
        *,
        run: Callable[[Callable[[Connection], ChangeResult]], int],
        reading: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._run = run
        self._reading = reading

    def make(
        self, name: str, scope: Scope, *, now: datetime, expires_at: datetime | None = None, inbox: str = ""
    ) -> tuple[ApiToken, str]:
        """A new token, and the secret its holder shows, which is told this once."""
        secret = PREFIX + secrets.token_urlsafe(32)
        values: dict[str, Any] = {
            "name": name[:LONGEST_NAME],
            "scope": scope.value,
            "digest": digest_of(secret),
            "created_at": microseconds(now),
            "expires_at": None if expires_at is None else microseconds(expires_at),
            "inbox": clean_inbox(inbox),
        }
        numbers: list[int] = []

        def change(connection: Connection) -> ChangeResult:
            key = connection.execute(insert(token), values).inserted_primary_key
            numbers[:] = [key[0]] if key else []
            return ChangeResult(changed=1)

        self._run(change)
        made = ApiToken(
            number=numbers[0],
            name=values["name"],
            scope=scope,
            created_at=now,
            expires_at=expires_at,
            inbox=values["inbox"],
        )
        return made, secret

    def all(self) -> list[ApiToken]:
        """Every token, those that have expired included, oldest first."""
        with self._reading() as connection:
            return [_token(row) for row in connection.execute(select(token).order_by(token.c.number))]

    def find(self, secret: str, *, now: datetime) -> ApiToken | None:
        """The token of this secret; None when there is none or it has expired.

        Looked up by a digest of what the client sent, so that the time it takes tells nothing of other tokens.
        """
        with self._reading() as connection:
            row = connection.execute(select(token).where(token.c.digest == digest_of(secret))).first()
        found = None if row is None else _token(row)
        return None if found is None or (found.expires_at is not None and found.expires_at <= now) else found

    def revoke(self, number: int) -> None:
        """Let this token open nothing any more. Raises NotFound."""
        if not self._run(
            lambda connection: ChangeResult(
                changed=connection.execute(delete(token).where(token.c.number == number)).rowcount
            )
        ):
            raise NotFound(f"there is no token {number}")


def digest_of(secret: str) -> bytes:
    """SHA-256; the secret is random and long, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        number=row.number,
        name=row.name,
        scope=Scope(row.scope),
        created_at=moment(row.created_at),
        expires_at=None if row.expires_at is None else moment(row.expires_at),
        inbox=row.inbox,
    )
