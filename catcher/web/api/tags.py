"""`/api/v1/tags`: the tags in use, the tags of messages, renaming and deleting tags."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.schema.tags import RenameTagRequest, SetTagsRequest
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_response, ok
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Resource, operation
from catcher.web.inbox_scope import inbox_of

_CHANGES = {200: parameters.CHANGED, 400: parameters.BAD_REQUEST}


class Tags(Resource):
    """Handlers of tags."""

    tag = "tags"

    @operation(
        "GET",
        "/api/v1/tags",
        parameters=(parameters.INBOX,),
        responses={200: Content("The tags in use, sorted.", {JSON: tuple[str, ...]})},
    )
    async def list(self, request: Request) -> Response:
        """List tags."""
        return json_response([*await self._store.tags(inbox=inbox_of(request))])

    @operation(
        "PUT",
        "/api/v1/tags",
        parameters=(parameters.INBOX,),
        body=Content("Messages and their new tags.", {JSON: SetTagsRequest}, is_required=True),
        responses=_CHANGES,
    )
    async def set(self, request: Request) -> Response:
        """Set the tags of messages.

        Invalid tags and unknown ids are ignored.
        """
        wanted = await body_as(request, SetTagsRequest)
        inbox = inbox_of(request)
        ids = await self._store.filter_by_inbox(wanted.ids, inbox) if inbox else wanted.ids
        if ids:
            await self._store.set_tags(ids, wanted.tags)
        return ok()

    @operation(
        "PUT",
        "/api/v1/tags/{tag:path}",
        parameters=(parameters.TAG,),
        body=Content("The new name.", {JSON: RenameTagRequest}, is_required=True),
        responses=_CHANGES | {404: parameters.NO_PATH},
    )
    async def rename(self, request: Request) -> Response:
        """Rename a tag."""
        wanted = await body_as(request, RenameTagRequest)
        old = request.path_params["tag"]
        try:
            await self._store.rename_tag(old, wanted.name)
        except NotFound as error:
            raise bad_request(f"tag not found: {old}") from error
        return ok()

    @operation(
        "DELETE",
        "/api/v1/tags/{tag:path}",
        parameters=(parameters.TAG,),
        responses=_CHANGES | {404: parameters.NO_PATH},
    )
    async def delete(self, request: Request) -> Response:
        """Delete a tag.

        Messages that have it are kept.
        """
        name = request.path_params["tag"]
        try:
            await self._store.delete_tag(name)
        except NotFound as error:
            raise bad_request(f"tag not found: {name}") from error
        return ok()
