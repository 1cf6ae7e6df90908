"""The JSON API: shapes and routes that existing clients know, and its OpenAPI document."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

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
from catcher.web.api.mailpit import views
from catcher.web.api.message import assertions, checks, contents, extract, message, release
from catcher.web.api.openapi.document import Document
from catcher.web.api.openapi.operations import Operation, routes_of
from catcher.web.hub import Hub
from catcher.web.services import Services, WebOptions

__all__ = ["EXCEPTION_HANDLERS", "operations", "routes"]


def operations(services: Services, options: WebOptions, *, hub: Hub) -> tuple[Operation, ...]:
    """All that is in the OpenAPI document, resource by resource, but the document's own routes."""
    return (
        *mailhog.silent_for_bare_clients(messages.operations(services)),
        *message.operations(services),
        *contents.operations(services),
        *assertions.operations(services),
        *checks.operations(services),
        *extract.operations(services),
        *faults.operations(services),
        *release.operations(services),
        *outbox.operations(services),
        *tags.operations(services),
        *inboxes.operations(services),
        *wait.operations(services, hub),
        *events.operations(hub),
        *send.operations(services),
        *info.operations(services),
        *metrics.operations(services),
        *tokens.operations(services),
        *sessions.operations(services),
        *views.operations(services, options),
        *mailhog.operations(services),
        *jim.operations(services),
    )


def routes(services: Services, options: WebOptions, *, hub: Hub) -> Sequence[BaseRoute]:
    """Every route of the API, below the webroot."""
    documented = operations(services, options, hub=hub)
    own = Document(documented, version=services.facts.version, webroot=options.webroot)
    return [*routes_of((*documented, *own.operations()), body_limit=options.body_limit), *events.routes(services, hub)]
