"""`/view/{id}.html` and `/view/{id}.txt`: the bodies of a message as documents."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.mime import Bodies
from catcher.mime.related import RelatedParts
from catcher.net.connections import is_local
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
_REMOTE = Parameter(
    "remote",
    "1: with the images, style sheets, fonts and media of other hosts, as the recipient sees it; 0: without. The "
    "default is 0, with `--view-remote` 1 for clients on this machine.",
)


class BodyViews(MessageResource):
    """Handlers of bodies as documents."""

    tag = "view"

    def __init__(self, services: Services, options: WebOptions) -> None:
        super().__init__(services)
        self._webroot = options.webroot
        self._views_remote = options.views_remote

    @operation(
        "GET",
        "/view/{id}.html",
        parameters=(*parameters.LATEST, _EMBED, _REMOTE),
        responses={200: Content("The document.", {"text/html": ANY_TEXT}), 404: parameters.NO_MESSAGE},
    )
    async def html(self, request: Request) -> Response:
        """Get the HTML of a message.

        Marks the message as read. The policy of the response allows no scripts, and no requests to other hosts unless
        `remote` does.
        """
        stored, bodies = await self._read(request)
        if not bodies.html:
            raise not_found(NO_HTML)
        await self._reader.mark_read(request, stored)
        parts = self._parts(stored)
        related = RelatedParts(stored.message)

        def address(url: str) -> str | None:
            index = related.index_of(url)
            return None if index is None else parts + quote(stored.message.parts[index].part_id)

        document, headers = await self._threads.run(
            _framed,
            bodies.html,
            address,
            images=_image_source(request, parts),
            is_cleaned=is_on(request, "embed"),
            is_remote=self._is_remote(request),
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

    def _is_remote(self, request: Request) -> bool:
        if "remote" in request.query_params:
            return is_on(request, "remote")
        return self._views_remote and request.client is not None and is_local(request.client.host)

    def _parts(self, stored: StoredMessage) -> str:
        return f"{self._webroot}api/v1/message/{stored.summary.store_id}/part/"


def _framed(
    html: str, address: Callable[[str], str | None], *, images: str, is_cleaned: bool, is_remote: bool
) -> tuple[str, dict[str, str]]:
    """Return the document and its header fields."""
    policy = frame.ImagePolicy.REMOTE if is_remote else frame.ImagePolicy.EMBEDDED
    if is_cleaned:
        options = frame.FrameOptions(images=policy)
        document = frame.frame_document(html, inline=address, options=options).html
    else:
        document = bare_document(html, address, connects=is_remote)
    headers = frame.frame_headers(images=images, policy=policy, loads_everything=is_remote)
    return document, headers | {"Content-Type": "text/html; charset=utf-8"}


def bare_document(html: str, address: Callable[[str], str | None], *, connects: bool = False) -> str:
    """Return the HTML of a message with `cid:` references replaced by URLs.

    Everything else stays as sent, for test suites that compare it; sandbox and policy of the response make it harmless.
    Only `link rel=preconnect`, which no policy prevents, would open a connection: link elements get another name,
    unless the document `connects` to other hosts anyway.
    """

    document = _CID.sub(lambda found: address(f"cid:{unescape(found[1])}") or found[0], html)
    return document if connects else _LINK.sub("<x-link", document)


def _image_source(request: Request, parts: str) -> str:
    """Return the allowed source of images, the message's parts; 'self' for an IPv6 host, which no policy can name."""
    host = request.headers.get("host", "")
    return "'self'" if not host or host.startswith("[") else host + parts
