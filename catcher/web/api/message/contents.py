"""The octets of a message: `/raw` as received, `/part/{part_id}` decoded. They are hostile, and served accordingly."""

import asyncio
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher.errors import NotFound
from catcher.mime import is_listed, part_by_id
from catcher.mime.model import Part
from catcher.store.model import StoredMessage
from catcher.web.api.http.requests import is_on
from catcher.web.api.http.responses import bad_request, not_found
from catcher.web.api.message.message import LATEST, MessageResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, TEXT, Content, Parameter, operation
from catcher.web.contents.disposition import LOCKED, SAFE_INLINE, content_disposition, content_type
from catcher.web.contents.ranges import Slice, slice_of
from catcher.web.contents.thumbnails import thumbnail
from catcher.web.contents.trace import trace_fields
from catcher.web.services import Services

MAX_IMAGE = 50_000_000
"""Size in octets of the largest image that a thumbnail is made of."""


_OCTETS = {"type": "string", "format": "binary"}
_DOWNLOAD = Parameter("dl", "1: as a download named after the store id.")
_TRACE = Parameter("trace", "1: with Return-Path, Received and Bcc of the envelope on top.")


def _ranges(content: Content) -> dict[int, Content]:
    """Return the responses of an operation that serves byte ranges."""
    return {
        200: content,
        206: Content("The requested range.", content.media),
        304: Content("The client's copy is up to date."),
        404: parameters.NO_MESSAGE,
        416: Content("The range lies outside the octets."),
    }


class Contents(MessageResource):
    """Handlers of octets."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._decoding = asyncio.Lock()

    @operation(
        "GET",
        "/api/v1/message/{id}/raw",
        parameters=(*parameters.LATEST, _DOWNLOAD, _TRACE),
        responses=_ranges(Content("The octets.", {TEXT: ANY_TEXT})),
        is_compressed=False,
    )
    async def raw(self, request: Request) -> Response:
        """Get the octets of a message as received."""
        stored = await self._reader.stored(request)
        store_id, size = stored.summary.store_id, stored.summary.size
        top = trace_fields(stored) if is_on(request, "trace") else b""
        part = slice_of(
            request,
            size=len(top) + size,
            etag=store_id + ("-trace" if top else ""),
            is_immutable=_is_immutable(request),
        )
        headers = {
            **part.headers,
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(part.end - part.start),
            "Content-Security-Policy": LOCKED,
        }
        if is_on(request, "dl"):
            headers["Content-Disposition"] = content_disposition("attachment", f"{store_id}.eml", fallback="mail.eml")
        if request.method == "HEAD":
            return Response(status_code=part.status, headers=headers)
        return StreamingResponse(self._pieces(store_id, top, part), status_code=part.status, headers=headers)

    @operation(
        "GET",
        "/api/v1/message/{id}/part/{part_id}",
        parameters=(*parameters.LATEST, parameters.PART_ID),
        responses=_ranges(Content("The octets, in the part's media type and charset.", {"*/*": _OCTETS})),
        is_compressed=False,
    )
    async def part(self, request: Request) -> Response:
        """Get the decoded octets of a part."""
        stored, found = await self._found(request)
        octets = await self._store.part(stored.summary.store_id, found.part_id)
        etag = found.digests.sha256 if found.digests else f"{stored.summary.store_id}-{found.part_id}"
        return _sliced(request, octets, etag=etag, headers=_part_headers(found))

    @operation(
        "GET",
        "/api/v1/message/{id}/part/{part_id}/thumb",
        parameters=(*parameters.LATEST, parameters.PART_ID),
        responses={
            **_ranges(Content("A JPEG.", {"image/jpeg": _OCTETS})),
            400: Content("The message has no such file.", {TEXT: ANY_TEXT}),
        },
        is_compressed=False,
    )
    async def thumb(self, request: Request) -> Response:
        """Get a thumbnail of an image.

        180×120 pixels; blank if the part is no image or cannot be decoded. 400 for a part that is no file.
        """
        try:
            stored, found = await self._found(request)
        except (HTTPException, NotFound) as error:
            raise bad_request("attachment not found") from error
        if not is_listed(stored.message, found):
            raise bad_request("attachment not found")
        octets = b""
        async with self._decoding:  # one image at a time: a decoded one takes up to 300 MB
            if found.media_type.startswith("image/") and found.size <= MAX_IMAGE:
                octets = await self._store.part(stored.summary.store_id, found.part_id)
            small = await self._threads.run(thumbnail, octets)
        etag = f"thumb-{stored.summary.store_id}-{found.part_id}"
        headers = {
            "Content-Type": "image/jpeg",
            "Content-Disposition": content_disposition("inline", found.file_name, fallback="thumb.jpg"),
            "Content-Security-Policy": LOCKED,
        }
        return _sliced(request, small, etag=etag, headers=headers)

    async def _found(self, request: Request) -> tuple[StoredMessage, Part]:
        stored = await self._reader.stored(request)
        found = part_by_id(stored.message, request.path_params["part_id"])
        if found is None:
            raise not_found()
        return stored, found

    async def _pieces(self, store_id: str, top: bytes, part: Slice) -> AsyncIterator[bytes]:
        if part.start < len(top):
            yield top[part.start : part.end]
        start, end = max(0, part.start - len(top)), part.end - len(top)
        if start < end:
            async for piece in self._store.raw_pieces(store_id, start=start, end=end):
                yield piece


def _sliced(request: Request, octets: bytes, *, etag: str, headers: dict[str, str]) -> Response:
    """Return the response with the requested range of the octets."""
    requested = slice_of(request, size=len(octets), etag=etag, is_immutable=_is_immutable(request))
    return Response(
        octets[requested.start : requested.end], status_code=requested.status, headers={**requested.headers, **headers}
    )


def _is_immutable(request: Request) -> bool:
    return bool(request.path_params["id"] != LATEST)


def _part_headers(part: Part) -> dict[str, str]:
    kind = "inline" if part.media_type in SAFE_INLINE else "attachment"
    name = part.file_name or part.content_id
    return {
        "Content-Type": content_type(part.media_type, part.charset),
        "Content-Disposition": content_disposition(kind, name, fallback=f"part-{part.part_id}"),
        "Content-Security-Policy": LOCKED,
    }
