"""`/api/v1/inboxes`: mailboxes within the mailbox, those that mail made by arriving and those made on purpose."""

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
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.model import StoredInbox
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import json_answer
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.inbox_scope import inbox_of
from catcher.web.services import Services

LONGEST = 10 * 366 * 86_400.0
"""Seconds of a time to live and of an age."""

LETTERS = "abcdefghijkmnpqrstuvwxyz"
NAME_CHARACTERS = LETTERS + "23456789"
NAME_LENGTH = 10

_LABEL = re.compile(r"[0-9a-z]([0-9a-z-]{0,61}[0-9a-z])?\Z", re.ASCII | re.IGNORECASE)


class Inboxes:
    """Handlers of inboxes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store

    async def listed(self, request: Request) -> Response:
        cursor, name = await self._store.cursor(), inbox_of(request)
        found = await self._store.inboxes()
        chosen = [each for each in found if not name or fold_inbox(each.name) == fold_inbox(name)]
        shapes = tuple(InboxInfo(**self._values(each, cursor)) for each in chosen)
        return json_answer(InboxList(inboxes=shapes, cursor=cursor))

    async def make(self, request: Request) -> Response:
        wanted = await body_as(request, InboxRequest, is_required=False)
        if wanted.name != clean_inbox(wanted.name) or (wanted.name and not fold_inbox(wanted.name)):
            raise ValueError("name: expected one line of text, 200 characters at most, without blanks around it")
        inbox = _made(wanted, now=datetime.now(UTC))
        cursor = await self._store.cursor()
        try:
            await self._store.make_inbox(inbox)
        except InboxError as error:
            raise HTTPException(409, str(error)) from error
        listening = self._services.facts.listening
        shape = CreatedInbox(
            **self._values(inbox, cursor),
            password=inbox.password,
            smtp=tuple(each.address for each in listening if each.protocol == "smtp"),
            pop3=tuple(each.address for each in listening if each.protocol == "pop3"),
        )
        return json_answer(shape, status=201)

    async def one(self, request: Request) -> Response:
        cursor = await self._store.cursor()
        inbox = await self._store.inbox(request.path_params["inbox"])
        return json_answer(InboxInfo(**self._values(inbox, cursor)))

    async def delete(self, request: Request) -> Response:
        """Faults that were set up for it go as well."""
        name = request.path_params["inbox"]
        deleted = await self._store.delete_inbox(name)
        self._services.faults.remove_inbox(name)
        return json_answer(DeletedInbox(deleted=deleted, cursor=await self._store.cursor()))

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
            "addresses": addresses_of(inbox.name, self._services.sorting),
            "cursor": cursor,
        }


def addresses_of(name: str, sorting: InboxRouting) -> tuple[str, ...]:
    """Patterns of the addresses by which mail gets into an inbox, by rules that look at recipients, in their order."""
    patterns: list[str] = []
    for source in sorting.sources:
        if source == "domain" and _LABEL.match(name):
            patterns += [f"*@{name.lower()}.{domain}" for domain in sorting.domains]
        elif source == "tag" and _LABEL.match(name):
            patterns.append(f"*+{name.lower()}@*")
        elif source == "recipient" and "@" in name:
            patterns.append(name)
    return tuple(patterns)


def _made(wanted: InboxRequest, *, now: datetime) -> StoredInbox:
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
    """Short, a label of a domain name, without characters that look alike; no two will ever be the same."""
    rest = "".join(secrets.choice(NAME_CHARACTERS) for _ in range(NAME_LENGTH - 1))
    return secrets.choice(LETTERS) + rest


_NAME = Parameter(name="inbox", place="path", description="The inbox's name, in any letter case.", is_required=True)
_TAKEN = Content(description="There is such an inbox already.", media={JSON: ProblemResponse})


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of inboxes."""
    at = Inboxes(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/inboxes",
            handler=told(at.listed),
            summary="List inboxes",
            tag="inboxes",
            parameters=(parameters.INBOX,),
            answers={200: Content(description="The inboxes.", media={JSON: InboxList}), 400: BAD},
        ),
        Operation(
            method="POST",
            path="/api/v1/inboxes",
            handler=told(at.make),
            summary="Make an inbox",
            description="With a random name unless one is given. From then on its name and password are asked for "
            "when somebody logs in to SMTP or POP3 by that name; an inbox that mail had made keeps its mail.",
            tag="inboxes",
            body=Content(description="What it shall be.", media={JSON: InboxRequest}),
            answers={
                201: Content(description="The inbox and its password.", media={JSON: CreatedInbox}),
                400: BAD,
                409: _TAKEN,
            },
        ),
        Operation(
            method="GET",
            path="/api/v1/inboxes/{inbox:path}",
            handler=told(at.one),
            summary="Look at an inbox",
            tag="inboxes",
            parameters=(_NAME,),
            answers={200: Content(description="The inbox.", media={JSON: InboxInfo}), 404: MISSING},
        ),
        Operation(
            method="DELETE",
            path="/api/v1/inboxes/{inbox:path}",
            handler=told(at.delete),
            summary="Delete an inbox with its mail",
            description="Mail that is in another inbox too stays there. Faults set up for the inbox go.",
            tag="inboxes",
            parameters=(_NAME,),
            answers={200: Content(description="What was deleted.", media={JSON: DeletedInbox}), 404: MISSING},
        ),
    )
