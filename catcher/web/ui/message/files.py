"""The files behind a message's page: the frame's document, inline images, parts, the octets as sent."""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from catcher.errors import NotFound
from catcher.mime import part_by_id, part_text
from catcher.mime.model import ParsedMessage, Part
from catcher.mime.related import RelatedParts
from catcher.store.model import StoredMessage
from catcher.web.contents.bodies import read_bodies
from catcher.web.contents.disposition import LOCKED, SAFE_INLINE, content_disposition
from catcher.web.frame import FrameDocument, FrameOptions, ImagePolicy, frame_document, frame_headers
from catcher.web.ui.pages.message import PrintPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.site import Site

LARGE_HTML = 5_000_000
"""Octets of HTML above which a page shows it only on request."""

INLINE_LIMIT = 64 * 1024
TEXT_CHARACTERS = 1_000_000

IMAGES = SAFE_INLINE - {"text/plain"}
"""Media types of images that a browser may display."""

_CID_TYPES = IMAGES | {"image/bmp", "image/x-icon", "image/vnd.microsoft.icon", "image/svg+xml"}
_TEXTUAL = frozenset({"application/json", "application/xml", "application/ics", "message/delivery-status"})
# A browser's PDF viewer works only without a sandbox; it runs nothing of this origin.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
_CID_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_POSITION = re.compile(r"(\d{1,9})-(\d{1,9})\Z", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,255}\Z", re.ASCII)


async def frame(site: Site, request: Request) -> Response:
    """GET /view/{id}/frame: the document of the frame. Does not mark the message as read; the page does."""
    options = read_frame_options(request)
    stored = await site.services.store.get(request.path_params["store_id"])
    headers = frame_headers(images=_images_url(site, request, stored), policy=options.images)
    if html_octets(stored.message) > LARGE_HTML and not shows_large(request):
        notice = f'<!DOCTYPE html><meta charset="utf-8"><title>catcher</title><p>{_("This message is large.")}</p>'
        return HTMLResponse(notice, headers=headers)
    return HTMLResponse((await read_frame(site, stored, options)).html, headers=headers)


async def inline_image(site: Site, request: Request) -> Response:
    """GET /view/{id}/cid/{n}?t=: one image of the message. Signed, because the frame has no credentials."""
    store_id, number = request.path_params["store_id"], request.path_params["number"]
    if not site.signer.is_valid(f"{store_id}/{number}", request.query_params.get("t", "")):
        return PlainTextResponse("This address has expired; open the message again\n", status_code=403)
    stored = await site.services.store.get(store_id)
    if number >= len(stored.message.parts) or stored.message.parts[number].media_type not in _CID_TYPES:
        raise NotFound("No such image")
    part = stored.message.parts[number]
    octets = await site.services.store.part(store_id, part.part_id)
    # No Cross-Origin-Resource-Policy: the frame's origin is opaque, and its images would be blocked.
    headers = {"Content-Security-Policy": _CID_POLICY, "Cache-Control": "private, max-age=3600"}
    return Response(octets, media_type=part.media_type, headers=headers)


async def part(site: Site, request: Request) -> Response:
    """GET /view/{id}/part/{part}: the decoded part as a download; with ?show=1 for display, where that is safe.

    With ?sent=1 the part's body as it was sent.
    """
    store_id = request.path_params["store_id"]
    stored = await site.services.store.get(store_id)
    found = part_by_id(stored.message, request.path_params["part_id"])
    if found is None:
        raise NotFound("No such part")
    if request.query_params.get("sent") == "1":
        octets = await excerpt(site, store_id, start=found.body_start, end=found.end)
        return _download(octets, f"part-{found.part_id}.txt")
    octets = await site.services.store.part(store_id, found.part_id)
    if request.query_params.get("show") == "1" and is_showable(found):
        return await _display(site, found, octets)
    return _download(octets, file_name(found))


async def raw(site: Site, request: Request) -> Response:
    """GET /view/{id}/raw: the octets as received, as a download."""
    store, store_id = site.services.store, request.path_params["store_id"]
    size = (await store.summary(store_id)).size
    headers = _download_headers(f"{store_id}.eml") | {"Content-Length": str(size)}
    return StreamingResponse(store.raw_pieces(store_id), media_type="message/rfc822", headers=headers)


async def print_page(site: Site, request: Request) -> Response:
    """GET /view/{id}/print: the message alone as a sandboxed page, since printing cuts off frames."""
    stored = await site.services.store.get(request.path_params["store_id"])
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    page = PrintPage(
        title=formatting.title(stored.message.subject),
        summary=stored.summary,
        from_=stored.message.from_,
        to=stored.message.to,
        text="" if bodies.html else bodies.text[:TEXT_CHARACTERS],
    )
    heading = site.templates.get_template("print.html").render(page=page)
    document = await _document(site, bodies.html[:LARGE_HTML], stored, FrameOptions(), heading=heading)
    return HTMLResponse(document.html, headers=frame_headers(images=_images_url(site, request, stored)))


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
    """Return whether the address requests the document even when it is large."""
    return request.query_params.get("large") == "1"


async def read_frame(site: Site, stored: StoredMessage, options: FrameOptions) -> FrameDocument:
    """Return the document of a message's HTML, made in a thread unless it is small."""
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    return await _document(site, bodies.html, stored, options)


async def _document(
    site: Site, html: str, stored: StoredMessage, options: FrameOptions, *, heading: str = ""
) -> FrameDocument:
    store_id = stored.summary.store_id
    related = RelatedParts(stored.message)

    def signed_address(url: str) -> str | None:
        number = related.index_of(url)
        if number is None:
            return None
        return f"{site.message_href(store_id)}/cid/{number}?t={site.signer.sign(f'{store_id}/{number}')}"

    make = partial(frame_document, html, inline=signed_address, options=options, heading=heading)
    return make() if len(html) <= INLINE_LIMIT else await site.services.threads.run(make)


async def excerpt(site: Site, store_id: str, *, start: int, end: int) -> bytes:
    """Return octets of a message as received, from `start` to before `end`, without reading the rest."""
    pieces = site.services.store.raw_pieces(store_id, start=start, end=end)
    return b"".join([piece async for piece in pieces])


def octets_text(octets: bytes, charset: str) -> str:
    """Return the decoded octets of a part as text, whatever its charset is said to be."""
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
    """Return the size of the HTML, decoded."""
    return sum(message.parts[index].size for index in message.html_parts)


def is_showable(part: Part) -> bool:
    """Return whether a browser may display the part: safe images, PDF, and texts as plain text."""
    kind = part.media_type
    is_text = kind.startswith("text/") or kind in _TEXTUAL
    return not part.is_multipart and (kind in SAFE_INLINE or kind == "application/pdf" or is_text)


def file_name(part: Part) -> str:
    """Return the file name of a part, or one made from its type."""
    if part.file_name:
        return part.file_name
    endings = {"text/plain": "txt", "text/calendar": "ics", "message/rfc822": "eml", "text/x-amp-html": "amp.html"}
    ending = endings.get(part.media_type) or re.sub(r"[^a-z0-9]+", "-", part.media_type.partition("/")[2]) or "bin"
    return f"part-{part.part_id}.{ending}"


async def _display(site: Site, part: Part, octets: bytes) -> Response:
    disposition = content_disposition("inline", part.file_name, fallback=f"part-{part.part_id}")
    is_pdf = part.media_type == "application/pdf"
    policy = _PDF_POLICY if is_pdf else LOCKED
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": policy, "Cache-Control": "private"}
    if part.media_type in IMAGES or is_pdf:
        return Response(octets, media_type=part.media_type, headers=headers)
    text = await site.services.threads.run(octets_text, octets, part.charset)
    return PlainTextResponse(text, headers=headers)


def _images_url(site: Site, request: Request, stored: StoredMessage) -> str:
    """Return the absolute URL of the inline images, since the frame's own origin is opaque; "" without a valid Host."""
    host = request.headers.get("host", "")
    if not _HOST.match(host):
        return ""
    return f"{request.url.scheme}://{host}{site.message_href(stored.summary.store_id)}/cid/"


def _download(octets: bytes, name: str) -> Response:
    return Response(octets, media_type="application/octet-stream", headers=_download_headers(name))


def _download_headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition("attachment", name, fallback="part"),
        "Content-Security-Policy": LOCKED,
        "Cache-Control": "private",
    }
