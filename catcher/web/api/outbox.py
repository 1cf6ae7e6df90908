"""`/api/v1/outgoing`: what is, was and will be sent onward; `/api/v1/webhooks`: who is told of new mail."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound, RelayError
from catcher.relay.webhooks import PREFIX, WebhookEndpoint
from catcher.schema.outbox import JobInfo, JobList, WebhookInfo, WebhookList, WebhookTest
from catcher.store.records.outbox import OutboxJob
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.responses import json_answer
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.services import Services

MOST = 1000


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
        return json_answer(JobList(jobs=tuple(_job(job) for job in found)))

    async def webhooks(self, request: Request) -> Response:
        return json_answer(WebhookList(webhooks=tuple(_shape(webhook) for webhook in self._webhooks.all)))

    async def test(self, request: Request) -> Response:
        """Calls it at once, about the newest message."""
        webhook = self._webhooks.named(request.path_params["name"])
        if webhook is None:
            raise NotFound("there is no such webhook")
        summary = await self._store.latest()
        try:
            said = await self._webhooks.call(webhook, summary, number=0)
        except RelayError as error:
            return json_answer(WebhookTest(ok=False, text=str(error)))
        return json_answer(WebhookTest(ok=True, text=said))


def _job(job: OutboxJob) -> JobInfo:
    return JobInfo(
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


def _shape(webhook: WebhookEndpoint) -> WebhookInfo:
    parts = urlsplit(webhook.url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return WebhookInfo(
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
            answers={200: Content(description="Jobs, newest first.", media={JSON: JobList}), 400: BAD},
        ),
        Operation(
            method="GET",
            path="/api/v1/webhooks",
            handler=told(at.webhooks),
            summary="Who is told of new mail",
            tag="onward",
            answers={200: Content(description="The webhooks.", media={JSON: WebhookList})},
        ),
        Operation(
            method="POST",
            path="/api/v1/webhooks/{name}/test",
            handler=told(at.test),
            summary="Call a webhook about the newest message",
            tag="onward",
            parameters=(_NAME,),
            answers={200: Content(description="What came of it.", media={JSON: WebhookTest}), 404: MISSING},
        ),
    )
