"""`/view/{id}.html` and `/view/{id}.txt`: the bodies of a message as documents."""

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
from catcher.web.api.message.message import MessageResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, TEXT, Content, Parameter, operation
from catcher.web.services import Services, WebOptions

NO_HTML = "This message does not contain a HTML part"

_CID = re.compile(r"""(?<=["'(=\s])cid:([^"'()<>\s]{1,998})""", re.IGNORECASE)
_LINK = re.compile(r"<link(?=[\s/>])", re.IGNORECASE)


_EMBED = Parameter("embed", "1: cleaned, and with links that open outside the frame.")


class BodyViews(MessageResource):
    """Handlers of bodies as documents."""

    tag = "view"

    def __init__(self, services: Services, options: WebOptions) -> None:
        super().__init__(services)
        self._webroot = options.webroot

    @operation(
        "GET",
        "/view/{id}.html",
        parameters=(*parameters.LATEST, _EMBED),
        responses={200: Content("The document.", {"text/html": ANY_TEXT}), 404: parameters.NO_MESSAGE},
    )
    async def html(self, request: Request) -> Response:
        """Get the HTML of a message.

        Marks the message as read. The policy of the response allows no scripts and no requests to other hosts.
        """
        stored, bodies = await self._read(request)
        if not bodies.html:
            raise not_found(NO_HTML)
        await self._reader.mark_read(request, stored)
        parts = self._parts(stored)
        document, headers = await self._threads.run(
            _framed,
            bodies.html,
            content_addresses(stored.message, parts),
            images=_image_source(request, parts),
            is_cleaned=is_on(request, "embed"),
        )
        return Response(document.encode("utf-8", "replace"), headers=headers)

    @operation(
        "GET",
        "/view/{id}.txt",
        parameters=parameters.LATEST,
        responses={200: Content("The text.", {TEXT: ANY_TEXT}), 404: parameters.NO_MESSAGE},
    )
    async def text(self, request: Request) -> Response:
        """Get the text of a message.

        Marks the message as read. The text is made from the HTML if there is none.
        """
        stored, bodies = await self._read(request)
        await self._reader.mark_read(request, stored)
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
    """Return the URLs of inline parts by content id without angle brackets. parts: path of the message's parts."""
    listed = (message.parts[index] for index in (*message.inlines, *message.attachments))
    addresses: dict[str, str] = {}
    for part in listed:
        if part.content_id:
            addresses.setdefault(part.content_id, parts + quote(part.part_id))
    return addresses


def bare_document(html: str, addresses: dict[str, str]) -> str:
    """Return the HTML of a message with `cid:` references replaced by URLs.

    Everything else stays as sent, for test suites that compare it; sandbox and policy of the response make it harmless.
    Only `link rel=preconnect`, which no policy prevents, would open a connection: link elements get another name.
    """

    def address(found: re.Match[str]) -> str:
        return addresses.get(unquote(unescape(found[1]))) or found[0]

    return _LINK.sub("<x-link", _CID.sub(address, html))


def _image_source(request: Request, parts: str) -> str:
    """Return the allowed source of images, the message's parts; 'self' for an IPv6 host, which no policy can name."""
    host = request.headers.get("host", "")
    return "'self'" if not host or host.startswith("[") else host + parts
