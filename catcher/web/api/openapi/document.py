"""The OpenAPI 3.1 document, generated from the operations and their types."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from catcher.schema.base import encode
from catcher.web.api.openapi.operations import JSON, TEXT, Content, Operation, Parameter, Resource, operation
from catcher.web.api.openapi.parameters import EVERYWHERE, OF_INBOXES
from catcher.web.services import Services

_DESCRIPTION = """\
The mail that the catcher has stored, as JSON. Keys of request bodies may be in any letter case. Errors are plain text,
on `send` and on the catcher's own routes JSON objects; lists are never null; times are RFC 3339. The id `latest` stands
for the newest message.

A WebSocket at `/api/events` sends events: frames `{"Type", "Data", "id"}` of the types `new` (a summary), `update`,
`delete`, `prune`, `truncate` and `stats`. With `?after=` and the `id` of the last frame, the events since then come
first; `?inbox=` limits the events to one inbox.

Operations with the parameter `inbox` accept a token that is bound to an inbox, and are limited to that inbox then; all
other operations refuse such a token. A token limits its request even where none is required; an unknown token is
refused.
"""


def document(operations: Iterable[Operation], *, version: str, webroot: str) -> dict[str, Any]:
    """Return the document. webroot: path of the server that all paths are relative to."""
    operations = tuple(operations)
    kinds = list(dict.fromkeys(kind for each in operations for kind in _types(each)))
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    known = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.documented_path, {})[each.method.lower()] = _operation(each, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "catcher", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": webroot.rstrip("/") or "/"}],
        "paths": paths,
        "components": {"schemas": components},
    }


_RESPONSES = {200: Content("An OpenAPI 3.1 document.", {JSON: {"type": "object"}})}


class Document(Resource):
    """The handler of the document, which is made for the first request."""

    tag = "application"

    def __init__(self, services: Services, operations: Iterable[Operation], *, version: str, webroot: str) -> None:
        super().__init__(services)
        self._operations = (*operations, *self.operations())
        self._version = version
        self._webroot = webroot
        self._octets = b""

    @operation("GET", "/api/v1/openapi.json", responses=_RESPONSES)
    @operation("GET", "/api/v1/swagger.json", responses=_RESPONSES)
    async def show(self, request: Request) -> Response:
        """Get this document."""
        if not self._octets:
            self._octets = encode(document(self._operations, version=self._version, webroot=self._webroot))
        return Response(self._octets, media_type=JSON)


def _operation(each: Operation, known: Mapping[Any, Any]) -> dict[str, Any]:
    responses = {**EVERYWHERE, **(OF_INBOXES if each.takes_inbox else {}), **each.responses}
    described: dict[str, Any] = {
        "operationId": _operation_id(each),
        "summary": each.summary,
        "tags": [each.tag],
        "responses": {str(status): _content(responses[status], known) for status in sorted(responses)},
    }
    if each.description:
        described["description"] = each.description
    if each.parameters:
        described["parameters"] = [_parameter(parameter) for parameter in each.parameters]
    if each.body is not None:
        described["requestBody"] = {**_content(each.body, known), "required": each.body.is_required}
    return described


def _operation_id(each: Operation) -> str:
    words = re.findall(r"\w+", re.sub(r":\w+}", "}", each.path.removeprefix("/api/v1")))
    return each.method.lower() + "".join(word.capitalize() for word in words)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.is_required,
        "schema": dict(parameter.schema),
    }


def _content(content: Content, known: Mapping[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": content.description}
    if content.media:
        described["content"] = {
            f"{TEXT}; charset=utf-8" if media == TEXT else media: {
                "schema": dict(schema) if isinstance(schema, Mapping) else known[schema]
            }
            for media, schema in content.media.items()
        }
    return described


def _types(each: Operation) -> Iterator[Any]:
    contents = [*each.responses.values(), *EVERYWHERE.values(), *([each.body] if each.body else [])]
    for content in contents:
        for schema in content.media.values():
            if not isinstance(schema, Mapping):
                yield schema
