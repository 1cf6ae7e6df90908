"""The HTML view: which document its frame shows, and the choices around it, each an address of its own."""

import hashlib
from dataclasses import replace

from msgspec import structs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.store.model import StoredMessage
from catcher.web.frame import MARK_ID, ImagePolicy
from catcher.web.ui.message.files import LARGE_HTML, html_octets, read_frame, read_frame_options, shows_large
from catcher.web.ui.pages import Link, Preview
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.location import LEAST_WIDTH, MOST_WIDTH, Place, read_place
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.site import Site

WIDTHS = ("", "320", "375", "414", "600", "768")
SCHEMES = {
    "": marked("Light"),
    "dark": marked("Dark styles of the mail"),
    "forced": marked("Forced dark, an approximation"),
}
CLIPPED_BEHIND = 102 * 1024
"""Octets of HTML behind which Gmail shows "[Message clipped]"."""

USUAL_WIDTH = 600
"""Pixels that every mail program has for a mail."""

TRUST_COOKIE = "catcher_trusted"
MOST_TRUSTED = 50


async def read_preview(site: Site, request: Request, stored: StoredMessage, place: Place) -> Preview:
    """The document and its choices. Remote images are shown when the address says so, or when this browser always
    wants them, for the inbox of this message or for all mail, and the address does not say no.
    """
    options, is_large = read_frame_options(request), shows_large(request)
    is_trusted = inbox_mark(stored) in trusted_inboxes(request)
    asked = request.query_params.get("remote", "")
    asked = asked if asked in {"0", "1"} else ""
    has_remote = place.images != "off" and (
        asked == "1" or ((is_trusted or read_look(request).loads_remote) and asked != "0")
    )
    if has_remote or options.images is ImagePolicy.REMOTE:
        options = replace(options, images=ImagePolicy.REMOTE if has_remote else ImagePolicy.EMBEDDED)
    size = html_octets(stored.message)
    is_too_large = size > LARGE_HTML and not is_large
    shown = structs.replace(stored, message=structs.replace(stored.message, html_parts=())) if is_too_large else stored
    frame = await read_frame(site, shown, options)
    address = f"{site.root}view/{stored.summary.store_id}"
    large = "1" if is_large else ""
    inside = Place(images=place.images, scheme=place.scheme)
    marked_place = "-".join(map(str, options.mark)) if options.mark else ""
    source = inside.parameters(remote="1" if has_remote else "", large=large, mark=marked_place)

    def choice(name: str, label: str, there: Place) -> Link:
        href = address + there.parameters(remote=asked, large=large)
        return Link(name=name, label=label, href=href, is_current=there == place)

    return Preview(
        frame=frame,
        src=f"{address}/frame{source}" + (f"#{MARK_ID}" if options.mark else ""),
        is_too_large=is_too_large,
        size=size,
        is_clipped=size > CLIPPED_BEHIND,
        fixed_width=frame.fixed_width if frame.fixed_width > int(place.width or USUAL_WIDTH) else 0,
        anyway=address + place.parameters(large="1"),
        widths=tuple(
            choice(width or "fill", f"{width} px" if width else _("Fill"), replace(place, width=width))
            for width in WIDTHS
        ),
        width=place.width,
        least_width=LEAST_WIDTH,
        most_width=MOST_WIDTH,
        kept=kept_fields(place, remote=asked, large=large),
        schemes=tuple(
            choice(scheme or "light", _(label), replace(place, scheme=scheme)) for scheme, label in SCHEMES.items()
        ),
        scheme=place.scheme or "light",
        images_href=address + replace(place, images="" if place.images else "off").parameters(large=large),
        has_images=place.images != "off",
        remote_href=address + replace(place, images="").parameters(remote="0" if has_remote else "1", large=large),
        has_remote=has_remote,
        is_trusted=is_trusted,
        inbox=inbox_of(stored),
        trust_action=f"{address}/trust",
        hidden_remote=0 if has_remote else frame.remote_count,
    )


class PreviewHandlers:
    """/view/{id}/trust."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def trust(self, request: Request) -> Response:
        """POST /view/{id}/trust: field trust, "1" to always show remote images for the inbox of this message in this
        browser, "0" to block them again; then the message.
        """
        stored = await self._site.services.store.get(request.path_params["store_id"])
        async with request.form(max_fields=10, max_files=0) as form:
            given = {name: str(value) for name, value in form.items()}
        mark = inbox_mark(stored)
        marks = [each for each in trusted_inboxes(request) if each != mark]
        if given.get("trust") == "1":
            marks = [*marks, mark][-MOST_TRUSTED:]
        place = read_place(request)
        address = f"{self._site.root}view/{stored.summary.store_id}{place.parameters()}"
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(
            TRUST_COOKIE, ".".join(marks), max_age=31_536_000, path=self._site.root, samesite="lax", httponly=True
        )
        return response


def inbox_of(stored: StoredMessage) -> str:
    """The address whose inbox a message lies in: its first recipient; "" without one."""
    recipients = stored.envelope.recipients or tuple(address.addr_spec for address in stored.message.to)
    return recipients[0] if recipients else ""


def inbox_mark(stored: StoredMessage) -> str:
    """What the cookie keeps of an inbox: short, and no address."""
    return hashlib.sha256(inbox_of(stored).lower().encode("utf-8", "replace")).hexdigest()[:16]


def trusted_inboxes(request: Request) -> list[str]:
    """The marks in this browser's cookie."""
    marks = request.cookies.get(TRUST_COOKIE, "").split(".")[-MOST_TRUSTED:]
    return [mark for mark in marks if len(mark) == 16 and mark.isalnum()]


def kept_fields(place: Place, **more: str) -> tuple[tuple[str, str], ...]:
    """What a form that changes the width has to send along to stay at the place."""
    return tuple((name, value) for name, value in place.given(**more).items() if name != "w")
