"""Tokens of the API."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from catcher.schema.base import Moment

TokenScope: TypeAlias = Literal["read", "write", "admin"]


class TokenRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token to create. days: how long it is valid, null for no limit. inbox: the only one it opens, empty for all."""

    name: str = ""
    scope: TokenScope = "write"
    days: Annotated[int, Meta(ge=1, le=36_500)] | None = None
    inbox: str = ""


class TokenInfo(Struct, frozen=True, kw_only=True):
    """A token. expires_at: null for never. inbox: the only one it opens, empty for all."""

    id: int
    name: str
    scope: TokenScope
    created_at: Moment
    expires_at: Moment | None
    inbox: str


class CreatedToken(TokenInfo, frozen=True, kw_only=True):
    """A token just created. secret: its bearer token; the API returns it only once."""

    secret: str


class TokenList(Struct, frozen=True, kw_only=True):
    """All tokens, oldest first."""

    tokens: tuple[TokenInfo, ...]
