"""`/api/v1/tokens`: tokens of the API, made and revoked by who may administer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.schema.tokens import CreatedToken, TokenInfo, TokenList, TokenRequest
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.records.tokens import ApiToken, Scope
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import json_answer
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.services import Services

MAX_DAYS = 36_500


class TokenHandlers:
    """Handlers of tokens."""

    def __init__(self, services: Services) -> None:
        self._tokens = services.store.store.tokens
        self._threads = services.threads

    async def listed(self, request: Request) -> Response:
        found = await self._threads.run(self._tokens.all)
        return json_answer(TokenList(tokens=tuple(TokenInfo(**_values(token)) for token in found)))

    async def make(self, request: Request) -> Response:
        wanted = await body_as(request, TokenRequest, is_required=False)
        if wanted.inbox and not fold_inbox(clean_inbox(wanted.inbox)):
            raise ValueError("inbox: expected the name of an inbox")
        now = datetime.now(UTC)
        expires_at = now + timedelta(days=wanted.days) if wanted.days is not None else None
        token, secret = await self._threads.run(
            self._tokens.make, wanted.name, Scope(wanted.scope), now=now, expires_at=expires_at, inbox=wanted.inbox
        )
        return json_answer(CreatedToken(secret=secret, **_values(token)))

    async def revoke(self, request: Request) -> Response:
        given = request.path_params["number"]
        if not (given.isascii() and given.isdigit() and len(given) < 19):
            raise NotFound(f"there is no token {given[:20]}")
        await self._threads.run(self._tokens.revoke, int(given))
        return await self.listed(request)


def _values(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.number,
        "name": token.name,
        "scope": token.scope.value,
        "created_at": moment(token.created_at),
        "expires_at": None if token.expires_at is None else moment(token.expires_at),
        "inbox": token.inbox,
    }


_NUMBER = Parameter(name="number", place="path", description="The token's id.", is_required=True)
_ALL = Content(description="All tokens; their secrets are known to nobody.", media={JSON: TokenList})


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of tokens."""
    at = TokenHandlers(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/tokens",
            handler=told(at.listed),
            summary="Tokens of the API",
            tag="tokens",
            answers={200: _ALL},
        ),
        Operation(
            method="POST",
            path="/api/v1/tokens",
            handler=told(at.make),
            summary="Make a token",
            tag="tokens",
            body=Content(description="What it shall be.", media={JSON: TokenRequest}),
            answers={200: Content(description="The token and its secret.", media={JSON: CreatedToken}), 400: BAD},
        ),
        Operation(
            method="DELETE",
            path="/api/v1/tokens/{number}",
            handler=told(at.revoke),
            summary="Revoke a token",
            tag="tokens",
            parameters=(_NUMBER,),
            answers={200: _ALL, 404: MISSING},
        ),
    )
