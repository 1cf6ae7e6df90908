"""What a message page points at: the sandboxed document, its inline images, single parts, the octets as sent."""

import re
from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from catcher.errors import NotFound
from catcher.mime import part_by_id, part_text
from catcher.mime.model import ParsedMessage, Part
from catcher.store.model import StoredMessage
from catcher.web.contents.bodies import read_bodies
from catcher.web.contents.disposition import LOCKED, SAFE_INLINE, content_disposition
from catcher.web.frame import FrameDocument, FrameOptions, ImagePolicy, frame_document, frame_headers
from catcher.web.ui.pages import PrintPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.site import Site

LARGE_HTML = 5_000_000
"""Octets of HTML above which a page asks before showing it."""

INLINE_LIMIT = 64 * 1024
TEXT_CHARACTERS = 1_000_000

_CID_TYPES = SAFE_INLINE - {"text/plain"} | {"image/bmp", "image/x-icon", "image/vnd.microsoft.icon", "image/svg+xml"}
_TEXTUAL = frozenset({"application/json", "application/xml", "application/ics", "message/delivery-status"})
# The viewer of a browser works without a sandbox only; it runs nothing of this origin.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
_CID_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_POSITION = re.compile(r"(\d{1,9})-(\d{1,9})\Z", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,255}\Z", re.ASCII)


class FileHandlers:
    """/view/{id}/frame, /cid/{n}, /part/{part}, /raw and /print."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def frame(self, request: Request) -> Response:
        """GET /view/{id}/frame: the mail document. Leaves the read mark alone; the page sets it."""
        options = read_frame_options(request)
        stored = await self._site.services.store.get(request.path_params["store_id"])
        headers = frame_headers(images=self._images(request, stored), policy=options.images)
        if html_octets(stored.message) > LARGE_HTML and not shows_large(request):
            return HTMLResponse(self._notice(_("This message is large.")), headers=headers)
        return HTMLResponse((await read_frame(self._site, stored, options)).html, headers=headers)

    async def inline(self, request: Request) -> Response:
        """GET /view/{id}/cid/{n}?t=: one image of the message. Signed, because the frame has no credentials."""
        store_id, number = request.path_params["store_id"], request.path_params["number"]
        if not self._site.signer.is_valid(f"{store_id}/{number}", request.query_params.get("t", "")):
            return PlainTextResponse("This address has expired; open the message again\n", status_code=403)
        stored = await self._site.services.store.get(store_id)
        if number >= len(stored.message.parts) or stored.message.parts[number].media_type not in _CID_TYPES:
            raise NotFound("No such image")
        part = stored.message.parts[number]
        octets = await self._site.services.store.part(store_id, part.part_id)
        # No Cross-Origin-Resource-Policy here: the frame's origin is opaque, images would vanish.
        headers = {"Content-Security-Policy": _CID_POLICY, "Cache-Control": "private, max-age=3600"}
        return Response(octets, media_type=part.media_type, headers=headers)

    async def part(self, request: Request) -> Response:
        """GET /view/{id}/part/{part}: the decoded part to save, or with ?show=1 to look at where that is safe.

        With ?sent=1 the part's body as it was sent.
        """
        store_id = request.path_params["store_id"]
        stored = await self._site.services.store.get(store_id)
        part = part_by_id(stored.message, request.path_params["part_id"])
        if part is None:
            raise NotFound("No such part")
        if request.query_params.get("sent") == "1":
            octets = await excerpt(self._site, store_id, start=part.body_start, end=part.end)
            return saved(octets, f"part-{part.part_id}.txt")
        if request.query_params.get("show") == "1" and is_showable(part):
            return await self._shown(store_id, part)
        return saved(await self._site.services.store.part(store_id, part.part_id), file_name(part))

    async def raw(self, request: Request) -> Response:
        """GET /view/{id}/raw: the octets as received, to save."""
        store, store_id = self._site.services.store, request.path_params["store_id"]
        size = (await store.summary(store_id)).size
        headers = _saving(f"{store_id}.eml") | {"Content-Length": str(size)}
        return StreamingResponse(store.raw_pieces(store_id), media_type="message/rfc822", headers=headers)

    async def print(self, request: Request) -> Response:
        """GET /view/{id}/print: the mail alone, a sandboxed page of its own, so that print does not cut a frame."""
        site = self._site
        stored = await site.services.store.get(request.path_params["store_id"])
        bodies = await read_bodies(site.services.store, site.services.threads, stored)
        page = PrintPage(
            chrome=await site.chrome(request),
            title=formatting.title(stored.message.subject),
            summary=stored.summary,
            from_=stored.message.from_,
            to=stored.message.to,
            text="" if bodies.html else bodies.text[:TEXT_CHARACTERS],
        )
        heading = site.templates.get_template("print.html").render(page=page)
        frame = await _made(site, bodies.html[:LARGE_HTML], Inline(site, stored), FrameOptions(), heading=heading)
        return HTMLResponse(frame.html, headers=frame_headers(images=self._images(request, stored)))

    async def _shown(self, store_id: str, part: Part) -> Response:
        octets = await self._site.services.store.part(store_id, part.part_id)
        disposition = content_disposition("inline", part.file_name, fallback=f"part-{part.part_id}")
        headers = {"Content-Disposition": disposition, "Content-Security-Policy": LOCKED, "Cache-Control": "private"}
        if part.media_type == "application/pdf":
            headers["Content-Security-Policy"] = _PDF_POLICY
        if part.media_type in SAFE_INLINE - {"text/plain"} or part.media_type == "application/pdf":
            return Response(octets, media_type=part.media_type, headers=headers)
        text = await self._site.services.threads.run(octets_text, octets, part.charset)
        return PlainTextResponse(text, headers=headers)

    def _images(self, request: Request, stored: StoredMessage) -> str:
        """Absolute, because the frame's own origin is none; without a usable Host nothing is allowed."""
        host = request.headers.get("host", "")
        if not _HOST.match(host):
            return ""
        return f"{request.url.scheme}://{host}{self._site.root}view/{stored.summary.store_id}/cid/"

    def _notice(self, text: str) -> str:
        return f'<!DOCTYPE html><meta charset="utf-8"><title>catcher</title><p>{text}</p>'


class Inline:
    """Gives the signed address of the inline image with a content id."""

    def __init__(self, site: Site, stored: StoredMessage) -> None:
        self._site = site
        self._store_id = stored.summary.store_id
        self._numbers: Mapping[str, int] = {
            part.content_id: number
            for number, part in reversed(list(enumerate(stored.message.parts)))
            if part.content_id
        }

    def __call__(self, content_id: str) -> str | None:
        number = self._numbers.get(content_id)
        if number is None:
            return None
        token = self._site.signer.sign(f"{self._store_id}/{number}")
        return f"{self._site.root}view/{self._store_id}/cid/{number}?t={token}"


def read_frame_options(request: Request) -> FrameOptions:
    """Return the options in the frame's address; invalid ones get their safe default."""
    given = request.query_params
    images = ImagePolicy.EMBEDDED
    if given.get("images") == "off":
        images = ImagePolicy.NONE
    elif given.get("remote") == "1":
        images = ImagePolicy.REMOTE
    position = _POSITION.match(given.get("mark", ""))
    return FrameOptions(
        images=images,
        is_inverted=given.get("scheme") == "forced",
        mark=(int(position[1]), int(position[2])) if position else None,
    )


def shows_large(request: Request) -> bool:
    """Return whether the address asks for the document even when it is large."""
    return request.query_params.get("large") == "1"


async def read_frame(site: Site, stored: StoredMessage, options: FrameOptions) -> FrameDocument:
    """Return the document of a message's HTML, made in a thread unless it is small."""
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    return await _made(site, bodies.html, Inline(site, stored), options)


async def _made(site: Site, html: str, inline: Inline, options: FrameOptions, *, heading: str = "") -> FrameDocument:
    make = partial(frame_document, html, inline=inline, options=options, heading=heading)
    return make() if len(html) <= INLINE_LIMIT else await site.services.threads.run(make)


async def excerpt(site: Site, store_id: str, *, start: int, end: int) -> bytes:
    """Octets of a message as received, from `start` to before `end`; only what the range touches is read."""
    pieces = site.services.store.raw_pieces(store_id, start=start, end=end)
    return b"".join([piece async for piece in pieces])


def octets_text(octets: bytes, charset: str) -> str:
    """Decoded octets of a part as text, whatever the charset was said to be."""
    whole = Part(
        part_id="0",
        parent=-1,
        media_type="text/plain",
        charset=charset,
        header_start=0,
        body_start=0,
        end=len(octets),
    )
    return part_text(octets, whole)


def html_octets(message: ParsedMessage) -> int:
    """Size of the HTML as it will be decoded."""
    return sum(message.parts[index].size for index in message.html_parts)


def is_showable(part: Part) -> bool:
    """Whether a browser may show the part by itself: harmless images, PDF, and texts as plain text."""
    kind = part.media_type
    is_text = kind.startswith("text/") or kind in _TEXTUAL
    return not part.is_multipart and (kind in SAFE_INLINE or kind == "application/pdf" or is_text)


def file_name(part: Part) -> str:
    """The name to save a part under; one without gets a name that says what it is."""
    if part.file_name:
        return part.file_name
    endings = {"text/plain": "txt", "text/calendar": "ics", "message/rfc822": "eml", "text/x-amp-html": "amp.html"}
    ending = endings.get(part.media_type) or re.sub(r"[^a-z0-9]+", "-", part.media_type.partition("/")[2]) or "bin"
    return f"part-{part.part_id}.{ending}"


def saved(octets: bytes, name: str) -> Response:
    """Octets that a browser saves and never shows."""
    return Response(octets, media_type="application/octet-stream", headers=_saving(name))


def _saving(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition("attachment", name, fallback="part"),
        "Content-Security-Policy": LOCKED,
        "Cache-Control": "private",
    }
