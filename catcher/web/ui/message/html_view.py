"""The HTML view: the document in its frame, and its options, each with an address of its own."""

import hashlib
from dataclasses import replace as replace_options

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.store.model import StoredMessage
from catcher.web.frame import MARK_ID, ImagePolicy
from catcher.web.ui.message.files import LARGE_HTML, html_octets, read_frame, read_frame_options, shows_large
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.pages.views import HtmlView
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.list_state import MAX_WIDTH, MIN_WIDTH, ListState, read_list_state
from catcher.web.ui.site.preferences import read_preferences, set_cookie
from catcher.web.ui.site.site import Site

WIDTHS = ("", "320", "375", "414", "600", "768")
SCHEMES = {
    "": marked("Light"),
    "dark": marked("Dark styles of the message"),
    "forced": marked("Forced dark (approximate)"),
}
CLIPPED_ABOVE = 102 * 1024
"""Octets of HTML above which Gmail shows "[Message clipped]"."""

USUAL_WIDTH = 600
"""Pixels that every mail client has for a message."""

TRUST_COOKIE = "catcher_trusted"
MAX_TRUSTED = 50


async def read_html_view(site: Site, request: Request, stored: StoredMessage, state: ListState) -> HtmlView:
    """Return the document and its options.

    Remote images are shown when the address says so, or by preference, for the inbox of this message or for all
    messages, unless the address says no.
    """
    options, is_large = read_frame_options(request), shows_large(request)
    is_trusted = inbox_key(stored) in trusted_inboxes(request)
    remote = request.query_params.get("remote", "")
    remote = remote if remote in {"0", "1"} else ""
    is_wanted = remote == "1" or ((is_trusted or read_preferences(request).loads_remote_images) and remote != "0")
    has_remote = state.images != "off" and is_wanted
    if has_remote or options.images is ImagePolicy.REMOTE:
        options = replace_options(options, images=ImagePolicy.REMOTE if has_remote else ImagePolicy.EMBEDDED)
    size = html_octets(stored.message)
    is_too_large = size > LARGE_HTML and not is_large
    shown = replace(stored, message=replace(stored.message, html_parts=())) if is_too_large else stored
    frame = await read_frame(site, shown, options)
    href, large = site.message_href(stored.summary.store_id), "1" if is_large else ""
    mark = "-".join(map(str, options.mark)) if options.mark else ""
    frame_query = ListState(images=state.images, scheme=state.scheme).query_string(
        remote="1" if has_remote else "", large=large, mark=mark
    )

    def choice(name: str, label: str, target: ListState) -> NavLink:
        address = href + target.query_string(remote=remote, large=large)
        return NavLink(name=name, label=label, href=address, is_current=target == state)

    return HtmlView(
        frame=frame,
        src=f"{href}/frame{frame_query}" + (f"#{MARK_ID}" if mark else ""),
        is_too_large=is_too_large,
        size=size,
        is_clipped=size > CLIPPED_ABOVE,
        fixed_width=frame.fixed_width if frame.fixed_width > int(state.width or USUAL_WIDTH) else 0,
        show_href=href + state.query_string(large="1"),
        widths=tuple(
            choice(width or "fill", f"{width} px" if width else _("Full width"), replace(state, width=width))
            for width in WIDTHS
        ),
        width=state.width,
        min_width=MIN_WIDTH,
        max_width=MAX_WIDTH,
        hidden_fields=tuple(
            (name, value) for name, value in state.parameters(remote=remote, large=large).items() if name != "w"
        ),
        schemes=tuple(
            choice(scheme or "light", _(label), replace(state, scheme=scheme)) for scheme, label in SCHEMES.items()
        ),
        scheme=state.scheme or "light",
        images_href=href + replace(state, images="" if state.images else "off").query_string(large=large),
        has_images=state.images != "off",
        remote_href=href + replace(state, images="").query_string(remote="0" if has_remote else "1", large=large),
        has_remote=has_remote,
        is_trusted=is_trusted,
        inbox=inbox_address(stored),
        trust_action=f"{href}/trust",
        blocked=0 if has_remote else frame.remote_count,
    )


async def trust(site: Site, request: Request) -> Response:
    """POST /view/{id}/trust: field trust, "1" to always load remote images for the inbox of this message, "0" to stop.

    The choice is stored in this browser. Returns to the message.
    """
    stored = await site.services.store.get(request.path_params["store_id"])
    async with request.form(max_fields=10, max_files=0) as form:
        is_trusted = form.get("trust") == "1"
    key = inbox_key(stored)
    keys = [each for each in trusted_inboxes(request) if each != key]
    if is_trusted:
        keys = [*keys, key][-MAX_TRUSTED:]
    href = site.message_href(stored.summary.store_id) + read_list_state(request).query_string()
    response = RedirectResponse(href, status_code=303)
    set_cookie(response, request, TRUST_COOKIE, ".".join(keys), path=site.root)
    return response


def inbox_address(stored: StoredMessage) -> str:
    """Return the address whose inbox holds a message, its first recipient; "" without one."""
    recipients = stored.envelope.recipients or tuple(address.addr_spec for address in stored.message.to)
    return recipients[0] if recipients else ""


def inbox_key(stored: StoredMessage) -> str:
    """Return the key of an inbox in the cookie: short, and without its address."""
    return hashlib.sha256(inbox_address(stored).lower().encode("utf-8", "replace")).hexdigest()[:16]


def trusted_inboxes(request: Request) -> list[str]:
    """Return the keys in this browser's cookie."""
    keys = request.cookies.get(TRUST_COOKIE, "").split(".")[-MAX_TRUSTED:]
    return [key for key in keys if len(key) == 16 and key.isalnum()]
