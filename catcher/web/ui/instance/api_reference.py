"""The API reference: every route with its parameters, from the operations of the OpenAPI document."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.web.api.openapi.operations import Operation
from catcher.web.ui.pages.instance import ApiGroup, ApiPage, ApiRoute
from catcher.web.ui.site.site import Site


async def show(site: Site, request: Request) -> Response:
    """GET /api/v1/: the page."""
    routes: dict[str, list[ApiRoute]] = {}
    for operation in site.operations:
        routes.setdefault(operation.tag, []).append(_route(operation))
    groups = tuple(ApiGroup(name=name, routes=tuple(found)) for name, found in routes.items())
    return site.page("api.html", ApiPage(layout=await site.layout(request), groups=groups))


def _route(operation: Operation) -> ApiRoute:
    return ApiRoute(
        method=operation.method,
        path=operation.documented_path,
        summary=operation.summary,
        parameters=tuple(parameter.name for parameter in operation.parameters if parameter.place == "query"),
    )
