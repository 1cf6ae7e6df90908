"""The page of the API: every route with its parameters, from the same records as the OpenAPI document."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from catcher.web.api.openapi.operations import Operation
from catcher.web.ui.pages import ApiGroup, ApiPage, ApiRoute
from catcher.web.ui.site.site import Site


class ReferenceHandlers:
    """/api/v1/."""

    def __init__(self, site: Site, operations: Iterable[Operation]) -> None:
        self._site = site
        routes: dict[str, list[ApiRoute]] = {}
        for operation in operations:
            routes.setdefault(operation.tag, []).append(_route(operation))
        self._groups = tuple(ApiGroup(name=name, routes=tuple(found)) for name, found in routes.items())

    async def show(self, request: Request) -> Response:
        """GET /api/v1/."""
        site = self._site
        chrome = await site.chrome(request)
        return site.page("api.html", ApiPage(chrome=chrome, groups=self._groups))


def _route(operation: Operation) -> ApiRoute:
    return ApiRoute(
        method=operation.method,
        path=operation.documented_path,
        summary=operation.summary,
        parameters=tuple(parameter.name for parameter in operation.parameters if parameter.place == "query"),
    )
