"""Codes and links of a message, as its page offers them: the code and the link on top, the rest in a list."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from catcher.mime import list_unsubscribe
from catcher.store.model import StoredMessage
from catcher.web.contents.bodies import read_extract
from catcher.web.ui.pages import Found, FoundCode, FoundLink, Unsubscribing
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

if TYPE_CHECKING:
    from catcher.extract import CodeMatch, LinkMatch

CODES_ON_TOP = 3
LISTED = 200

_KINDS = {
    "sign-in": marked("sign-in"),
    "confirmation": marked("confirmation"),
    "reset": marked("password reset"),
    "two-factor": marked("second factor"),
    "invitation": marked("invitation"),
    "coupon": marked("coupon"),
    "action": marked("action"),
    "help": marked("help"),
    "unsubscribe": marked("unsubscribe"),
    "view-in-browser": marked("view in browser"),
    "legal": marked("legal"),
    "social": marked("social network"),
    "mailto": marked("mail address"),
    "phone": marked("phone"),
    "image": marked("image"),
    "tracking": marked("tracking"),
}
_OPENABLE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+\Z", re.IGNORECASE)


async def read_found(site: Site, stored: StoredMessage) -> Found:
    """What the extraction finds; only what it is sure of stands on top."""
    found = await read_extract(site.services.store, site.services.threads, stored)
    likely = list(found.likely_codes)
    if found.primary_code is not None:
        likely.sort(key=lambda code: code is not found.primary_code)
    top = tuple(likely[:CODES_ON_TOP])
    rest = [link for link in found.links if link is not found.primary_link]
    return Found(
        codes=_codes(top),
        link=_link(found.primary_link) if found.primary_link else None,
        maybe=_codes(code for code in found.codes if code not in top),
        links=tuple(_link(link) for link in rest[:LISTED]),
        more=max(len(rest) - LISTED, 0),
    )


def read_unsubscribing(stored: StoredMessage) -> Unsubscribing | None:
    """What List-Unsubscribe and List-Unsubscribe-Post say. RFC 2369 §3.2, RFC 8058."""
    said = list_unsubscribe(stored.message)
    if not said.header and not said.header_post:
        return None
    return Unsubscribing(
        links=tuple(
            FoundLink(
                url=url,
                shown=formatting.shown(url[:2000]),
                text="",
                kind="",
                href=url if _OPENABLE.match(url) else "",
            )
            for url in said.links
        ),
        is_one_click=said.header_post.replace(" ", "").lower() == "list-unsubscribe=one-click",
        errors=formatting.shown(said.errors),
    )


def _codes(codes: "Iterable[CodeMatch]") -> tuple[FoundCode, ...]:
    return tuple(
        FoundCode(value=code.value, shown=formatting.shown(code.value), kind=_kind(code.kind)) for code in codes
    )[:LISTED]


def _link(link: "LinkMatch") -> FoundLink:
    return FoundLink(
        url=link.url,
        shown=formatting.shown(link.url[:2000]),
        text=formatting.shown(link.text),
        kind=_kind(link.kind),
        href=link.url if _OPENABLE.match(link.url) else "",
    )


def _kind(kind: str) -> str:
    """In words; "" for one that says nothing."""
    return _(_KINDS[kind]) if kind in _KINDS else ""
