"""`/api/v1/inboxes`: mailboxes within the mailbox, created by arriving mail or explicitly."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import InboxError
from catcher.schema.inboxes import CreatedInbox, DeletedInbox, InboxInfo, InboxList, InboxRequest
from catcher.schema.problems import ProblemResponse
from catcher.store.labels.inbox_names import fold_inbox, is_inbox
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.model import StoredInbox
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.api.presenters import moment
from catcher.web.inbox_scope import inbox_of

LETTERS = "abcdefghijkmnpqrstuvwxyz"
NAME_CHARACTERS = LETTERS + "23456789"
NAME_LENGTH = 10

_LABEL = re.compile(r"[0-9a-z]([0-9a-z-]{0,61}[0-9a-z])?\Z", re.ASCII | re.IGNORECASE)
_NAME = Parameter("inbox", "The inbox's name, in any letter case.", place="path", is_required=True)
_TAKEN = Content("The name is taken.", {JSON: ProblemResponse})


class Inboxes(Resource):
    """Handlers of inboxes."""

    tag = "inboxes"
    has_problems = True

    @operation(
        "GET",
        "/api/v1/inboxes",
        parameters=(parameters.INBOX,),
        responses={200: Content("The inboxes.", {JSON: InboxList}), 400: parameters.INVALID},
    )
    async def list(self, request: Request) -> Response:
        """List inboxes."""
        cursor, name = await self._store.cursor(), inbox_of(request)
        found = await self._store.inboxes()
        chosen = [each for each in found if not name or fold_inbox(each.name) == fold_inbox(name)]
        inboxes = tuple(InboxInfo(**self._values(each, cursor)) for each in chosen)
        return json_response(InboxList(inboxes=inboxes, cursor=cursor))

    @operation(
        "POST",
        "/api/v1/inboxes",
        body=Content("The inbox to create.", {JSON: InboxRequest}),
        responses={
            201: Content("The inbox and its password.", {JSON: CreatedInbox}),
            400: parameters.INVALID,
            409: _TAKEN,
        },
    )
    async def create(self, request: Request) -> Response:
        """Create an inbox.

        With a random name unless one is given. From then on its password is required to log in to SMTP or POP3 with its
        name. An inbox that arriving mail had created keeps its mail.
        """
        wanted = await body_as(request, InboxRequest, is_required=False)
        if wanted.name and not is_inbox(wanted.name):
            raise ValueError("name: expected one line of text, 200 characters at most, without blanks around it")
        inbox = _new_inbox(wanted, now=datetime.now(UTC))
        cursor = await self._store.cursor()
        try:
            await self._store.create_inbox(inbox)
        except InboxError as error:
            raise HTTPException(409, str(error)) from error
        listening = self._services.facts.listening
        created = CreatedInbox(
            **self._values(inbox, cursor),
            password=inbox.password,
            smtp=tuple(each.address for each in listening if each.protocol == "smtp"),
            pop3=tuple(each.address for each in listening if each.protocol == "pop3"),
        )
        return json_response(created, status=201)

    @operation(
        "GET",
        "/api/v1/inboxes/{inbox:path}",
        parameters=(_NAME,),
        responses={200: Content("The inbox.", {JSON: InboxInfo}), 404: parameters.NOT_FOUND},
    )
    async def show(self, request: Request) -> Response:
        """Get an inbox."""
        cursor = await self._store.cursor()
        inbox = await self._store.inbox(request.path_params["inbox"])
        return json_response(InboxInfo(**self._values(inbox, cursor)))

    @operation(
        "DELETE",
        "/api/v1/inboxes/{inbox:path}",
        parameters=(_NAME,),
        responses={200: Content("The deletion.", {JSON: DeletedInbox}), 404: parameters.NOT_FOUND},
    )
    async def delete(self, request: Request) -> Response:
        """Delete an inbox with its mail.

        Messages that are also in another inbox stay there. The faults of the inbox are removed.
        """
        name = request.path_params["inbox"]
        self._services.faults.remove_inbox(name)
        deleted = await self._store.delete_inbox(name)
        return json_response(DeletedInbox(deleted=deleted, cursor=await self._store.cursor()))

    def _values(self, inbox: StoredInbox, cursor: int) -> dict[str, Any]:
        return {
            "name": inbox.name,
            "messages": inbox.messages,
            "created_at": moment(inbox.created_at),
            "is_made": inbox.is_made,
            "expires_at": None if inbox.expires_at is None else moment(inbox.expires_at),
            "max_messages": inbox.max_messages,
            "max_age": None if inbox.max_age is None else inbox.max_age.total_seconds(),
            "username": inbox.name,
            "addresses": addresses_of(inbox.name, self._services.routing),
            "cursor": cursor,
        }


def addresses_of(name: str, routing: InboxRouting) -> tuple[str, ...]:
    """Return patterns of the addresses whose mail is routed to an inbox, in the order of the routing rules."""
    patterns: list[str] = []
    for source in routing.sources:
        if source == "domain" and _LABEL.match(name):
            patterns += [f"*@{name.lower()}.{domain}" for domain in routing.domains]
        elif source == "tag" and _LABEL.match(name):
            patterns.append(f"*+{name.lower()}@*")
        elif source == "recipient" and "@" in name:
            patterns.append(name)
    return tuple(patterns)


def _new_inbox(wanted: InboxRequest, *, now: datetime) -> StoredInbox:
    return StoredInbox(
        name=wanted.name or random_name(),
        messages=0,
        created_at=now,
        is_made=True,
        password=secrets.token_urlsafe(15),
        expires_at=None if wanted.ttl is None else now + timedelta(seconds=wanted.ttl),
        max_messages=wanted.max_messages,
        max_age=None if wanted.max_age is None else timedelta(seconds=max(1.0, wanted.max_age)),
    )


def random_name() -> str:
    """Return a short unique name: a valid domain label without characters that look alike."""
    rest = "".join(secrets.choice(NAME_CHARACTERS) for _ in range(NAME_LENGTH - 1))
    return secrets.choice(LETTERS) + rest
