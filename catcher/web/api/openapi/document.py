"""The OpenAPI 3.1 document, made from the operations and the structs; it cannot tell of what is not there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from catcher.schema.base import encode
from catcher.web.api.openapi.operations import JSON, TEXT, Content, Operation, Parameter, Schema
from catcher.web.api.openapi.parameters import EVERYWHERE, OF_INBOXES

_DESCRIPTION = """\
What the catcher keeps, as JSON. Keys of request bodies may be in any letter case. Errors are plain text, on `send` JSON
objects; lists are never null; times are RFC 3339. The id `latest` stands for the newest message.

Live news come over a WebSocket at `/api/events`: frames `{"Type", "Data", "id"}` of the types `new` (a summary),
`update`, `delete`, `prune`, `truncate` and `stats`. Give the last `id` seen as `?after=` to get what was missed, and
`?inbox=` to hear of one inbox only.

Where an operation takes `inbox`, a token that is bound to an inbox may be used and sees that inbox alone; anywhere else
it is refused. A token limits its request also where none is asked for, and one that is unknown is refused.
"""


def document(operations: Iterable[Operation], *, version: str, webroot: str) -> dict[str, Any]:
    """The document as builtins. Paths are below `servers`, which names the webroot."""
    operations = tuple(operations)
    kinds = list(dict.fromkeys(kind for operation in operations for kind in _structs(operation)))
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    known = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.shown_path, {})[operation.method.lower()] = _operation(operation, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "catcher", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": webroot.rstrip("/") or "/"}],
        "paths": paths,
        "components": {"schemas": components},
    }


class Document:
    """The document as a handler. It is made when it is first asked for, and kept."""

    def __init__(self, operations: Iterable[Operation], *, version: str, webroot: str) -> None:
        self._operations = (*operations, *self.operations())
        self._version = version
        self._webroot = webroot
        self._octets = b""

    async def __call__(self, request: Request) -> Response:
        if not self._octets:
            self._octets = encode(document(self._operations, version=self._version, webroot=self._webroot))
        return Response(self._octets, media_type=JSON)

    def operations(self) -> tuple[Operation, ...]:
        """The document's own routes: its name, and the one that existing clients know."""
        answer = {200: Content(description="An OpenAPI 3.1 document.", media={JSON: {"type": "object"}})}
        return tuple(
            Operation(
                method="GET",
                path=f"/api/v1/{name}",
                handler=self.__call__,
                summary="This document",
                tag="application",
                answers=answer,
            )
            for name in ("openapi.json", "swagger.json")
        )


def _operation(operation: Operation, known: Mapping[Any, Any]) -> dict[str, Any]:
    answers = {**EVERYWHERE, **(OF_INBOXES if operation.takes_inbox else {}), **operation.answers}
    described: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": {str(status): _content(answers[status], known) for status in sorted(answers)},
    }
    if operation.description:
        described["description"] = operation.description
    if operation.parameters:
        described["parameters"] = [_parameter(each) for each in operation.parameters]
    if operation.body is not None:
        described["requestBody"] = {**_content(operation.body, known), "required": operation.body.is_required}
    return described


def _operation_id(operation: Operation) -> str:
    words = re.findall(r"\w+", re.sub(r":\w+}", "}", operation.path.removeprefix("/api/v1")))
    return operation.method.lower() + "".join(word.capitalize() for word in words)


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
            _media_type(media): {"schema": _schema(schema, known)} for media, schema in content.media.items()
        }
    return described


def _media_type(media: str) -> str:
    return f"{TEXT}; charset=utf-8" if media == TEXT else media


def _schema(schema: Schema, known: Mapping[Any, Any]) -> Any:
    return dict(schema) if isinstance(schema, Mapping) else known[schema]


def _structs(operation: Operation) -> Iterator[Any]:
    contents = [*operation.answers.values(), *EVERYWHERE.values(), *([operation.body] if operation.body else [])]
    for content in contents:
        for schema in content.media.values():
            if not isinstance(schema, Mapping):
                yield schema
