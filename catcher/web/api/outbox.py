"""`/api/v1/outgoing`: the outbox of relays and webhooks; `/api/v1/webhooks`: the webhooks and their tests."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound, RelayError
from catcher.relay.webhooks import PREFIX, WebhookEndpoint
from catcher.schema.outbox import JobInfo, JobList, WebhookInfo, WebhookList, WebhookTest
from catcher.store.records.outbox import OutboxJob
from catcher.web.api.http.requests import whole_number
from catcher.web.api.http.responses import json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.api.presenters import moment

MAX_JOBS = 1000

_RELAY = Parameter("relay", f"Only jobs of this relay, or of a webhook as {PREFIX}NAME.")
_MESSAGE = Parameter("message", "Only jobs of the message with this store id.")
_LIMIT = Parameter("limit", f"Maximum number of jobs, 100 by default, at most {MAX_JOBS}.", schema={"type": "integer"})
_NAME = Parameter("name", "The webhook's name.", place="path", is_required=True)


class OutboxResource(Resource):
    """Handlers of the outbox and of webhooks."""

    tag = "outbox"
    has_problems = True

    @operation(
        "GET",
        "/api/v1/outgoing",
        parameters=(_RELAY, _MESSAGE, _LIMIT),
        responses={200: Content("Jobs, newest first.", {JSON: JobList}), 400: parameters.INVALID},
    )
    async def jobs(self, request: Request) -> Response:
        """List the deliveries to relays and webhooks."""
        limit, given = min(whole_number(request, "limit", 100), MAX_JOBS), request.query_params
        found = await self._store.outbox.newest(limit=limit, relay=given.get("relay"), store_id=given.get("message"))
        return json_response(JobList(jobs=tuple(map(_job_info, found))))

    @operation("GET", "/api/v1/webhooks", responses={200: Content("The webhooks.", {JSON: WebhookList})})
    async def webhooks(self, request: Request) -> Response:
        """List the webhooks."""
        return json_response(WebhookList(webhooks=tuple(map(_webhook_info, self._services.webhooks.all))))

    @operation(
        "POST",
        "/api/v1/webhooks/{name}/test",
        parameters=(_NAME,),
        responses={200: Content("The result.", {JSON: WebhookTest}), 404: parameters.NOT_FOUND},
    )
    async def test(self, request: Request) -> Response:
        """Call a webhook with the newest message."""
        webhook = self._services.webhooks.named(request.path_params["name"])
        if webhook is None:
            raise NotFound("there is no such webhook")
        summary = await self._store.latest()
        try:
            text = await self._services.webhooks.call(webhook, summary, number=0)
        except RelayError as error:
            return json_response(WebhookTest(ok=False, text=str(error)))
        return json_response(WebhookTest(ok=True, text=text))


def _job_info(job: OutboxJob) -> JobInfo:
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


def _webhook_info(webhook: WebhookEndpoint) -> WebhookInfo:
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
