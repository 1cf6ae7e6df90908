"""The octets of a message: `/raw` as received, `/part/{part_id}` decoded. Hostile, so never in our origin's name."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher.mime import part_by_id
from catcher.mime.model import Part
from catcher.web.api.http.requests import is_on
from catcher.web.api.http.responses import not_found
from catcher.web.api.message.message import LATEST, Reader
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, TEXT, Content, Operation, Parameter
from catcher.web.contents.disposition import LOCKED, SAFE_INLINE, content_disposition, content_type
from catcher.web.contents.ranges import Slice, slice_of
from catcher.web.contents.thumbnails import thumbnail
from catcher.web.contents.trace import trace_fields
from catcher.web.services import Services

MAX_IMAGE = 50_000_000
"""Octets of an image that a thumbnail is made of."""


class Contents:
    """Handlers of octets."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._threads = services.threads
        self._reader = Reader(services)

    async def raw(self, request: Request) -> Response:
        """`dl=1`: as a download. `trace=1`: with the envelope's header fields on top."""
        stored = await self._reader.stored(request)
        store_id, size = stored.summary.store_id, stored.summary.size
        top = trace_fields(stored) if is_on(request, "trace") else b""
        part = slice_of(
            request,
            size=len(top) + size,
            etag=store_id + ("-trace" if top else ""),
            is_immutable=_is_immutable(request),
        )
        headers = {**part.headers, "Content-Type": "text/plain; charset=utf-8", "Content-Security-Policy": LOCKED}
        if is_on(request, "dl"):
            headers["Content-Disposition"] = content_disposition("attachment", f"{store_id}.eml", fallback="mail.eml")
        if request.method == "HEAD":
            return _bare(part, headers)
        return StreamingResponse(
            self._pieces(store_id, top, part),
            status_code=part.status,
            headers=headers | {"Content-Length": str(part.end - part.start)},
        )

    async def part(self, request: Request) -> Response:
        """A text part comes in its own octets and charset."""
        stored = await self._reader.stored(request)
        found = part_by_id(stored.message, request.path_params["part_id"])
        if found is None:
            raise not_found()
        octets = await self._store.part(stored.summary.store_id, found.part_id)
        mark = found.digests.sha256 if found.digests else f"{stored.summary.store_id}-{found.part_id}"
        asked = slice_of(request, size=len(octets), etag=mark, is_immutable=_is_immutable(request))
        return Response(
            octets[asked.start : asked.end], status_code=asked.status, headers={**asked.headers, **_part_headers(found)}
        )

    async def thumb(self, request: Request) -> Response:
        """A small JPEG of an image, a blank one of everything else."""
        stored = await self._reader.stored(request)
        found = part_by_id(stored.message, request.path_params["part_id"])
        if found is None:
            raise not_found()
        octets = b""
        if found.media_type.startswith("image/") and found.size <= MAX_IMAGE:
            octets = await self._store.part(stored.summary.store_id, found.part_id)
        small = await self._threads.run(thumbnail, octets)
        mark = f"thumb-{stored.summary.store_id}-{found.part_id}"
        asked = slice_of(request, size=len(small), etag=mark, is_immutable=_is_immutable(request))
        headers = {
            **asked.headers,
            "Content-Type": "image/jpeg",
            "Content-Disposition": content_disposition("inline", found.file_name, fallback="thumb.jpg"),
            "Content-Security-Policy": LOCKED,
        }
        return Response(small[asked.start : asked.end], status_code=asked.status, headers=headers)

    async def _pieces(self, store_id: str, top: bytes, part: Slice) -> AsyncIterator[bytes]:
        if part.start < len(top):
            yield top[part.start : part.end]
        place, end = max(0, part.start - len(top)), part.end - len(top)
        if place < end:
            async for piece in self._store.raw_pieces(store_id, start=place, end=end):
                yield piece


def _bare(part: Slice, headers: dict[str, str]) -> Response:
    return Response(status_code=part.status, headers=headers | {"Content-Length": str(part.end - part.start)})


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


_OCTETS = {"type": "string", "format": "binary"}
_UNCHANGED = Content(description="The octets that the client has are still these.")
_NO_RANGE = Content(description="Nothing of the range asked for is there.")


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of octets."""
    at = Contents(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/message/{id}/raw",
            handler=at.raw,
            summary="The message's octets as received",
            tag="message",
            parameters=(
                *parameters.LATEST,
                Parameter(name="dl", description="1: as a download named after the store id."),
                Parameter(name="trace", description="1: with Return-Path, Received and Bcc from the envelope on top."),
            ),
            answers={
                200: Content(description="The octets.", media={TEXT: ANY_TEXT}),
                206: Content(description="The range that was asked for.", media={TEXT: ANY_TEXT}),
                304: _UNCHANGED,
                404: parameters.NO_MESSAGE,
                416: _NO_RANGE,
            },
            is_compressed=False,
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/part/{part_id}",
            handler=at.part,
            summary="A part's octets, its transfer encoding taken off",
            tag="message",
            parameters=(*parameters.LATEST, parameters.PART_ID),
            answers={
                200: Content(description="The octets, in the part's own media type.", media={"*/*": _OCTETS}),
                206: Content(description="The range that was asked for.", media={"*/*": _OCTETS}),
                304: _UNCHANGED,
                404: parameters.NO_MESSAGE,
                416: _NO_RANGE,
            },
            is_compressed=False,
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/part/{part_id}/thumb",
            handler=at.thumb,
            summary="A thumbnail of an image",
            description="180×120 pixels; blank for what is no image or cannot be shown.",
            tag="message",
            parameters=(*parameters.LATEST, parameters.PART_ID),
            answers={
                200: Content(description="A JPEG.", media={"image/jpeg": _OCTETS}),
                206: Content(description="The range that was asked for.", media={"image/jpeg": _OCTETS}),
                304: _UNCHANGED,
                404: parameters.NO_MESSAGE,
                416: _NO_RANGE,
            },
            is_compressed=False,
        ),
    )
