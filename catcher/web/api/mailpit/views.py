"""`/view/{id}.html` and `/view/{id}.txt`: a message's bodies as documents of their own."""

import re
from html import unescape
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.mime import Bodies
from catcher.mime.model import ParsedMessage
from catcher.store.model import StoredMessage
from catcher.web import frame
from catcher.web.api.http.requests import is_on
from catcher.web.api.http.responses import NO_LATEST, not_found
from catcher.web.api.message.message import Reader
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, TEXT, Content, Operation, Parameter
from catcher.web.services import Services, WebOptions

NO_HTML = "This message does not contain a HTML part"

_CID = re.compile(r"""(?<=["'(=\s])cid:([^"'()<>\s]{1,998})""", re.IGNORECASE)
_LINK = re.compile(r"<link(?=[\s/>])", re.IGNORECASE)


class Views:
    """Handlers of bodies as documents."""

    def __init__(self, services: Services, options: WebOptions) -> None:
        self._threads = services.threads
        self._reader = Reader(services)
        self._webroot = options.webroot

    async def html(self, request: Request) -> Response:
        """The HTML as sent, with addresses for its inline images; `embed=1` gives the document of the pages' frame."""
        stored, bodies = await self._read(request)
        if not bodies.html:
            raise not_found(NO_HTML)
        await self._reader.mark_read(stored)
        parts = self._parts(stored)
        document, headers = await self._threads.run(
            _framed,
            bodies.html,
            content_addresses(stored.message, parts),
            images=_image_source(request, parts),
            is_cleaned=is_on(request, "embed"),
        )
        return Response(document.encode("utf-8", "replace"), headers=headers)

    async def text(self, request: Request) -> Response:
        """The text, made from the HTML when there is none."""
        stored, bodies = await self._read(request)
        await self._reader.mark_read(stored)
        return Response(bodies.text.encode("utf-8", "replace"), headers={"Content-Type": "text/plain; charset=utf-8"})

    async def _read(self, request: Request) -> tuple[StoredMessage, Bodies]:
        try:
            return await self._reader.read(request)
        except NotFound as error:
            raise not_found(NO_LATEST) from error

    def _parts(self, stored: StoredMessage) -> str:
        return f"{self._webroot}api/v1/message/{stored.summary.store_id}/part/"


def _framed(html: str, addresses: dict[str, str], *, images: str, is_cleaned: bool) -> tuple[str, dict[str, str]]:
    """Return the document and its header fields."""
    document = frame.frame_document(html, inline=addresses.get).html if is_cleaned else bare_document(html, addresses)
    return document, frame.frame_headers(images=images) | {"Content-Type": "text/html; charset=utf-8"}


def content_addresses(message: ParsedMessage, parts: str) -> dict[str, str]:
    """By content id, without angle brackets, the address of the part that has it, below the path `parts`."""
    listed = (message.parts[index] for index in (*message.inlines, *message.attachments))
    addresses: dict[str, str] = {}
    for part in listed:
        if part.content_id:
            addresses.setdefault(part.content_id, parts + quote(part.part_id))
    return addresses


def bare_document(html: str, addresses: dict[str, str]) -> str:
    """The mail's HTML with `cid:` references replaced by addresses.

    Everything else stays as sent, for suites that compare; sandbox and policy of the answer keep it harmless. One thing
    no policy stops, `link rel=preconnect` opening a connection: so link elements get another name.
    """

    def address(found: re.Match[str]) -> str:
        return addresses.get(unquote(unescape(found[1]))) or found[0]

    return _LINK.sub("<x-link", _CID.sub(address, html))


def _image_source(request: Request, parts: str) -> str:
    """Where images may come from: this message's parts. A policy cannot name an IPv6 host: then 'self'."""
    host = request.headers.get("host", "")
    return "'self'" if not host or host.startswith("[") else host + parts


def operations(services: Services, options: WebOptions) -> tuple[Operation, ...]:
    """The routes of bodies as documents."""
    at = Views(services, options)
    return (
        Operation(
            method="GET",
            path="/view/{id}.html",
            handler=at.html,
            summary="The message's HTML",
            description="Marks it read. The answer's policy lets no script run and nothing be fetched.",
            tag="view",
            parameters=(
                *parameters.LATEST,
                Parameter(name="embed", description="1: cleaned, and with links that open outside the frame."),
            ),
            answers={
                200: Content(description="The document.", media={"text/html": ANY_TEXT}),
                404: parameters.NO_MESSAGE,
            },
        ),
        Operation(
            method="GET",
            path="/view/{id}.txt",
            handler=at.text,
            summary="The message's text",
            description="Marks it read.",
            tag="view",
            parameters=parameters.LATEST,
            answers={200: Content(description="The text.", media={TEXT: ANY_TEXT}), 404: parameters.NO_MESSAGE},
        ),
    )
