"""Requests for one inbox: by their `inbox` parameter, or because their token is bound to one.

The rule for bound tokens is defined here and enforced in one place, where operations are dispatched: an operation that
can be limited to an inbox is limited to the token's, any other is refused. The rule holds as well where no token is
required.
"""

from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.errors import InboxError
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox

PARAMETER = "inbox"
_BOUND = "catcher.inbox"


def bind(scope: Scope, inbox: str) -> Scope:
    """Return the scope of a request whose token is bound to this inbox."""
    return {**scope, _BOUND: inbox}


def bound_inbox(scope: Scope) -> str:
    """Return the inbox that the request's token is bound to; "" for all."""
    bound: str = scope.get(_BOUND, "")
    return bound


def narrowed(scope: Scope) -> Scope | None:
    """Return the scope with the token's inbox as the `inbox` parameter; None if the client gave another one."""
    bound = bound_inbox(scope)
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
    if any(name == PARAMETER and not is_same(value, bound) for name, value in given):
        return None
    others = [(name, value) for name, value in given if name != PARAMETER]
    return {**scope, "query_string": urlencode([*others, (PARAMETER, bound)]).encode()}


def inbox_of(request: HTTPConnection) -> str:
    """Return the inbox of the `inbox` parameter; "" for all mail. Raises InboxError for an invalid name.

    An empty name is invalid: a variable that is not set must not turn "delete this inbox's mail" into all mail.
    """
    given = request.query_params.get(PARAMETER)
    if given is None:
        return ""
    name = clean_inbox(given)
    if not name or not fold_inbox(name):
        raise InboxError("inbox: expected the name of an inbox")
    return name


def is_same(inbox: str, other: str) -> bool:
    """Return whether two names mean the same inbox."""
    return fold_inbox(inbox) == fold_inbox(other)


def refusal(text: str = "This needs a token of all inboxes.\n") -> PlainTextResponse:
    """Return the answer to a bound token where the operation cannot be limited to its inbox. RFC 6750 §3.1."""
    headers = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    return PlainTextResponse(text, status_code=403, headers=headers)


class RejectBoundTokens:
    """Middleware that refuses requests whose token is bound to an inbox."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request with a bound token, pass any other."""
        await (refusal() if bound_inbox(scope) else self._app)(scope, receive, send)
