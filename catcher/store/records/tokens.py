"""Tokens of the API. Only digests are stored, so that the database reveals no token."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from catcher.errors import NotFound
from catcher.store.db.codec import microseconds, moment, optional_microseconds, optional_moment
from catcher.store.db.tables import token
from catcher.store.events import ChangeResult
from catcher.store.labels.inbox_names import clean_inbox
from catcher.store.records.base import Records

PREFIX = "catcher_"
"""The start of every token, by which secret scanners recognize it."""

MAX_NAME_LENGTH = 200

MAX_SECRET_LENGTH = 200


class Scope(StrEnum):
    """What a token permits; each scope includes those before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, other: "Scope") -> bool:
        """Return whether this scope includes another."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token without its secret.

    number: identifies it. name: for people. expires_at: aware UTC, None for never. inbox: the only inbox it gives
    access to; "" for all.
    """

    number: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    inbox: str = ""


class ApiTokens(Records):
    """The tokens of one store."""

    def make(
        self, name: str, scope: Scope, *, now: datetime, expires_at: datetime | None = None, inbox: str = ""
    ) -> tuple[ApiToken, str]:
        """Create a token; return it and its secret, which cannot be read again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        values: dict[str, Any] = {
            "name": name[:MAX_NAME_LENGTH],
            "scope": scope.value,
            "digest": digest_of(secret),
            "created_at": microseconds(now),
            "expires_at": optional_microseconds(expires_at),
            "inbox": clean_inbox(inbox),
        }
        numbers: list[int] = []

        def change(connection: Connection) -> ChangeResult:
            key = connection.execute(insert(token), values).inserted_primary_key
            numbers[:] = [key[0]] if key else []
            return ChangeResult(changed=1)

        self._writer.run(change)
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
        """Return all tokens, including expired ones, oldest first."""
        with self._database.reading() as connection:
            return [_token(row) for row in connection.execute(select(token).order_by(token.c.number))]

    def find(self, secret: str, *, now: datetime) -> ApiToken | None:
        """Return the token of a secret; None when there is none or it has expired.

        It is looked up by its digest, so that timing reveals nothing about other tokens.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(token).where(token.c.digest == digest_of(secret))).first()
        found = None if row is None else _token(row)
        return None if found is None or (found.expires_at is not None and found.expires_at <= now) else found

    def revoke(self, number: int) -> None:
        """Revoke a token. Raises NotFound."""
        deletion = delete(token).where(token.c.number == number)
        if not self._writer.run(lambda connection: ChangeResult(changed=connection.execute(deletion).rowcount)):
            raise NotFound(f"there is no token {number}")


def may_be_token(secret: str) -> bool:
    """Return whether a secret has the form of a token and is worth a lookup."""
    return secret.startswith(PREFIX) and len(secret) < MAX_SECRET_LENGTH


def digest_of(secret: str) -> bytes:
    """Return the SHA-256 digest; the secret is long and random, so a slow hash is not needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        number=row.number,
        name=row.name,
        scope=Scope(row.scope),
        created_at=moment(row.created_at),
        expires_at=optional_moment(row.expires_at),
        inbox=row.inbox,
    )
