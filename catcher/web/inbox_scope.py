"""Requests that are about one inbox: because they ask for it, or because their token opens no other.

What a token bound to an inbox may do is decided here and enforced in one place, where operations are dispatched: an
operation that can be limited to an inbox is limited to that one, any other is refused. That holds where nobody is asked
for a token as well.
"""

from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.errors import InboxError
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.search import InInbox, Query, all_of

PARAMETER = "inbox"
_BOUND = "catcher.inbox"


def bind(scope: Scope, inbox: str) -> Scope:
    """The scope of a request whose token opens this inbox alone."""
    return {**scope, _BOUND: inbox}


def bound_inbox(scope: Scope) -> str:
    """The one inbox that the request's token opens; "" for all."""
    bound: str = scope.get(_BOUND, "")
    return bound


def narrowed(scope: Scope) -> Scope:
    """The scope as if the client had asked for the token's inbox, whatever it asked for."""
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
    asked = [(name, value) for name, value in given if name != PARAMETER]
    return {**scope, "query_string": urlencode([*asked, (PARAMETER, bound_inbox(scope))]).encode()}


def inbox_of(request: HTTPConnection) -> str:
    """The inbox that is asked for; "" for all mail. Raises InboxError for one that no inbox can be called.

    One without a name is refused: a variable that is not set must not make "delete this inbox's mail" mean all mail.
    """
    given = request.query_params.get(PARAMETER)
    if given is None:
        return ""
    name = clean_inbox(given)
    if not name or not fold_inbox(name):
        raise InboxError("inbox: expected the name of an inbox")
    return name


def within(query: Query, inbox: str) -> Query:
    """The query within an inbox, "" for all mail."""
    return all_of((InInbox(name=fold_inbox(inbox)), query)) if inbox else query


def is_same(inbox: str, other: str) -> bool:
    """Whether two names are of the same inbox."""
    return fold_inbox(inbox) == fold_inbox(other)


def refusal() -> PlainTextResponse:
    """What a token bound to an inbox gets where it cannot be limited to it. RFC 6750 §3.1."""
    headers = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    return PlainTextResponse("This needs a token of all inboxes.\n", status_code=403, headers=headers)


class Unbound:
    """Lets in nobody whose token is bound to an inbox."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (refusal() if bound_inbox(scope) else self._app)(scope, receive, send)
