"""`/api/v1/outgoing`: what is, was and will be sent onward; `/api/v1/webhooks`: who is told of new mail."""

from urllib.parse import urlsplit

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound, RelayError
from catcher.relay.webhooks import PREFIX, Webhook
from catcher.schema.messages import Count, Moment
from catcher.store.records.outbox import OutboxJob
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.responses import json_answer
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.services import Services

MOST = 1000


class JobShape(Struct, frozen=True, kw_only=True):
    """One message on its way to one relay or webhook.

    relay: the relay's name, or "webhook:" and the webhook's. recipients: who lacks it still, or who was tried last.
    state: "waiting", "sent" or "failed". due_at: when it is tried (again), null when it is over. text: what was said.
    """

    id: int
    message_id: str
    relay: str
    recipients: tuple[str, ...]
    attempts: Count
    created_at: Moment
    due_at: Moment | None
    state: str
    text: str


class JobsAnswer(Struct, frozen=True, kw_only=True):
    """Jobs, newest first; of those that are over the newest thousand are kept."""

    jobs: tuple[JobShape, ...]


class WebhookShape(Struct, frozen=True, kw_only=True):
    """A webhook. url: without credentials and query. every, delay: seconds. inbox: "" for all mail."""

    name: str
    url: str
    query: str
    inbox: str
    is_signed: bool
    every: float
    delay: float


class WebhooksAnswer(Struct, frozen=True, kw_only=True):
    """All webhooks, in the order of the settings."""

    webhooks: tuple[WebhookShape, ...]


class TestAnswer(Struct, frozen=True, kw_only=True):
    """What came of calling a webhook. text: the answer's status, or why there is none."""

    ok: bool
    text: str


class Onward:
    """Handlers of what goes on from here."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._threads = services.threads
        self._webhooks = services.webhooks

    async def jobs(self, request: Request) -> Response:
        given = request.query_params
        limit = given.get("limit", "100")
        if not (limit.isascii() and limit.isdigit() and 0 < len(limit) < 9):
            raise ValueError("limit: expected a whole number")
        found = await self._threads.run(
            self._store.store.outbox.newest,
            limit=min(int(limit), MOST),
            relay=given.get("relay"),
            store_id=given.get("message"),
        )
        return json_answer(JobsAnswer(jobs=tuple(_job(job) for job in found)))

    async def webhooks(self, request: Request) -> Response:
        return json_answer(WebhooksAnswer(webhooks=tuple(_shape(webhook) for webhook in self._webhooks.all)))

    async def test(self, request: Request) -> Response:
        """Calls it at once, about the newest message."""
        webhook = self._webhooks.named(request.path_params["name"])
        if webhook is None:
            raise NotFound("there is no such webhook")
        summary = await self._store.latest()
        try:
            said = await self._webhooks.call(webhook, summary, number=0)
        except RelayError as error:
            return json_answer(TestAnswer(ok=False, text=str(error)))
        return json_answer(TestAnswer(ok=True, text=said))


def _job(job: OutboxJob) -> JobShape:
    return JobShape(
        id=job.number,
        message_id=job.store_id,
        relay=job.relay,
        recipients=job.recipients,
        attempts=job.attempts,
        created_at=moment(job.created_at),
        due_at=None if job.due_at is None else moment(job.due_at),
        state=job.state,
        text=job.text,
    )


def _shape(webhook: Webhook) -> WebhookShape:
    parts = urlsplit(webhook.url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return WebhookShape(
        name=webhook.name,
        url=bare.geturl(),
        query=webhook.query,
        inbox=webhook.inbox,
        is_signed=bool(webhook.secret),
        every=webhook.every.total_seconds(),
        delay=webhook.delay.total_seconds(),
    )


_RELAY = Parameter(name="relay", description=f"Only jobs of this relay, or of a webhook as {PREFIX}NAME.")
_MESSAGE = Parameter(name="message", description="Only jobs of the message with this store id.")
_LIMIT = Parameter(name="limit", description=f"How many, 100 unless given, {MOST} at most.", schema={"type": "integer"})
_NAME = Parameter(name="name", place="path", description="The webhook's name.", is_required=True)


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of what goes on from here."""
    at = Onward(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/outgoing",
            handler=told(at.jobs),
            summary="What is sent onward, by relays and webhooks",
            tag="onward",
            parameters=(_RELAY, _MESSAGE, _LIMIT),
            answers={200: Content(description="Jobs, newest first.", media={JSON: JobsAnswer}), 400: BAD},
        ),
        Operation(
            method="GET",
            path="/api/v1/webhooks",
            handler=told(at.webhooks),
            summary="Who is told of new mail",
            tag="onward",
            answers={200: Content(description="The webhooks.", media={JSON: WebhooksAnswer})},
        ),
        Operation(
            method="POST",
            path="/api/v1/webhooks/{name}/test",
            handler=told(at.test),
            summary="Call a webhook about the newest message",
            tag="onward",
            parameters=(_NAME,),
            answers={200: Content(description="What came of it.", media={JSON: TestAnswer}), 404: MISSING},
        ),
    )
