"""`/api/v1/tags`: names in use, tags of messages, renaming and deleting."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.schema.tags import RenameTagRequest, SetTagsRequest
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_answer, ok
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation
from catcher.web.inbox_scope import inbox_of
from catcher.web.services import Services


class Tags:
    """Handlers of tags."""

    def __init__(self, services: Services) -> None:
        self._store = services.store

    async def listed(self, request: Request) -> Response:
        return json_answer(list(await self._store.tags(inbox=inbox_of(request))))

    async def set(self, request: Request) -> Response:
        """Names that cannot be tags are dropped; unknown ids are ignored."""
        wanted = await body_as(request, SetTagsRequest)
        inbox = inbox_of(request)
        ids = await self._store.within(wanted.ids, inbox) if inbox else wanted.ids
        if ids:
            await self._store.set_tags(ids, wanted.tags)
        return ok()

    async def rename(self, request: Request) -> Response:
        wanted = await body_as(request, RenameTagRequest)
        old = request.path_params["tag"]
        try:
            await self._store.rename_tag(old, wanted.name)
        except NotFound as error:
            raise bad_request(f"tag not found: {old}") from error
        return ok()

    async def delete(self, request: Request) -> Response:
        name = request.path_params["tag"]
        try:
            await self._store.delete_tag(name)
        except NotFound as error:
            raise bad_request(f"tag not found: {name}") from error
        return ok()


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of tags."""
    at = Tags(services)
    changes = {200: parameters.CHANGED, 400: parameters.BAD_REQUEST}
    named = changes | {404: parameters.NO_PATH}
    return (
        Operation(
            method="GET",
            path="/api/v1/tags",
            handler=at.listed,
            summary="List tags",
            tag="tags",
            parameters=(parameters.INBOX,),
            answers={200: Content(description="Names in use, sorted.", media={JSON: tuple[str, ...]})},
        ),
        Operation(
            method="PUT",
            path="/api/v1/tags",
            handler=at.set,
            summary="Set messages' tags",
            tag="tags",
            parameters=(parameters.INBOX,),
            body=Content(description="Messages and tags.", media={JSON: SetTagsRequest}, is_required=True),
            answers=changes,
        ),
        Operation(
            method="PUT",
            path="/api/v1/tags/{tag:path}",
            handler=at.rename,
            summary="Rename a tag",
            tag="tags",
            parameters=(parameters.TAG,),
            body=Content(description="The new name.", media={JSON: RenameTagRequest}, is_required=True),
            answers=named,
        ),
        Operation(
            method="DELETE",
            path="/api/v1/tags/{tag:path}",
            handler=at.delete,
            summary="Delete a tag",
            description="The messages stay.",
            tag="tags",
            parameters=(parameters.TAG,),
            answers=named,
        ),
    )
