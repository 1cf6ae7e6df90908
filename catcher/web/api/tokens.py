"""`/api/v1/tokens`: tokens of the API, which administrators create and revoke."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from catcher.schema.tokens import CreatedToken, TokenInfo, TokenList, TokenRequest
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.records.tokens import ApiToken, Scope
from catcher.web.api.http.requests import body_as, path_number
from catcher.web.api.http.responses import json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.api.presenters import moment

_NUMBER = Parameter("number", "The token's id.", place="path", is_required=True)
_ALL = Content("All tokens, without their secrets.", {JSON: TokenList})


class Tokens(Resource):
    """Handlers of tokens."""

    tag = "tokens"
    has_problems = True

    @operation("GET", "/api/v1/tokens", responses={200: _ALL})
    async def list(self, request: Request) -> Response:
        """List the tokens of the API."""
        found = await self._store.tokens.all()
        return json_response(TokenList(tokens=tuple(TokenInfo(**_values(each)) for each in found)))

    @operation(
        "POST",
        "/api/v1/tokens",
        body=Content("The token to create.", {JSON: TokenRequest}),
        responses={200: Content("The token and its secret.", {JSON: CreatedToken}), 400: parameters.INVALID},
    )
    async def create(self, request: Request) -> Response:
        """Create a token."""
        wanted = await body_as(request, TokenRequest, is_required=False)
        if wanted.inbox and not fold_inbox(clean_inbox(wanted.inbox)):
            raise ValueError("inbox: expected the name of an inbox")
        now = datetime.now(UTC)
        expires_at = now + timedelta(days=wanted.days) if wanted.days is not None else None
        token, secret = await self._store.tokens.make(
            wanted.name, Scope(wanted.scope), now=now, expires_at=expires_at, inbox=wanted.inbox
        )
        return json_response(CreatedToken(secret=secret, **_values(token)))

    @operation(
        "DELETE",
        "/api/v1/tokens/{number}",
        parameters=(_NUMBER,),
        responses={200: _ALL, 404: parameters.NOT_FOUND},
    )
    async def revoke(self, request: Request) -> Response:
        """Revoke a token."""
        await self._store.tokens.revoke(path_number(request, "token"))
        return await self.list(request)


def _values(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.number,
        "name": token.name,
        "scope": token.scope.value,
        "created_at": moment(token.created_at),
        "expires_at": None if token.expires_at is None else moment(token.expires_at),
        "inbox": token.inbox,
    }
