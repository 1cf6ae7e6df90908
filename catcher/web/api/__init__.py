"""The JSON API: its operations, their routes, and its OpenAPI document."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from catcher.web.api import (
    events,
    faults,
    inboxes,
    info,
    messages,
    metrics,
    outbox,
    send,
    sessions,
    tags,
    tokens,
    wait,
)
from catcher.web.api.http.responses import EXCEPTION_HANDLERS
from catcher.web.api.mailhog import jim, mailhog
from catcher.web.api.mailpit import chaos, views, webui
from catcher.web.api.mailpit.checks import MailpitChecks
from catcher.web.api.message import assertions, checks, contents, extract, message, release
from catcher.web.api.openapi.document import Document
from catcher.web.api.openapi.operations import Operation, Resource, routes_of
from catcher.web.hub import Hub
from catcher.web.services import Services, WebOptions

__all__ = ["EXCEPTION_HANDLERS", "operations", "routes"]


def operations(services: Services, options: WebOptions, *, hub: Hub) -> tuple[Operation, ...]:
    """Return all operations, except those of the OpenAPI document itself."""
    resources: tuple[Resource, ...] = (
        message.OneMessage(services),
        contents.Contents(services),
        assertions.Assertions(services),
        checks.MessageChecks(services),
        MailpitChecks(services),
        extract.Extracts(services),
        faults.Faults(services),
        chaos.Chaos(services),
        release.Releasing(services),
        outbox.OutboxResource(services),
        tags.Tags(services),
        inboxes.Inboxes(services),
        wait.Waits(services, hub),
        events.EventStream(services, hub),
        send.Send(services),
        info.Info(services),
        webui.WebUI(services),
        metrics.Metrics(services),
        tokens.Tokens(services),
        sessions.Sessions(services),
        views.BodyViews(services, options),
        mailhog.MailHog(services),
        jim.Monkey(services),
    )
    return (
        *mailhog.silent_for_bare_clients(messages.Messages(services).operations()),
        *(each for resource in resources for each in resource.operations()),
    )


def routes(services: Services, options: WebOptions, *, hub: Hub) -> Sequence[BaseRoute]:
    """Return every route of the API, below the webroot."""
    documented = operations(services, options, hub=hub)
    document = Document(services, documented, version=services.facts.version, webroot=options.webroot)
    every = (*documented, *document.operations())

    async def to_document(request: Request) -> Response:
        return RedirectResponse(f"{options.webroot}api/v1/", status_code=307)

    return [
        Route("/api", to_document),
        *routes_of(every, body_limit=options.body_limit),
        *events.routes(services, hub),
    ]
