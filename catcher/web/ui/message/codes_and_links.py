"""Codes and links of a message: the likely code and the primary link on top, the rest in a list."""

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from catcher import extract
from catcher.mime import list_unsubscribe
from catcher.store.model import StoredMessage
from catcher.web.contents.bodies import read_extract
from catcher.web.ui.message.features import FEATURES
from catcher.web.ui.pages.message import CodeItem, CodesAndLinks, LinkItem, Reason, UnsubscribeInfo
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

CODES_ON_TOP = 3
MINUS, NO_BREAK_SPACE = "\u2212", "\u00a0"
LISTED = 200

_KINDS = {
    "sign-in": marked("sign-in"),
    "confirmation": marked("confirmation"),
    "reset": marked("password reset"),
    "two-factor": marked("second factor"),
    "invitation": marked("invitation"),
    "coupon": marked("coupon"),
    "gift-card": marked("gift card"),
    "meeting": marked("meeting"),
    "backup": marked("backup code"),
    "action": marked("action"),
    "help": marked("help"),
    "unsubscribe": marked("unsubscribe"),
    "view-in-browser": marked("view in browser"),
    "legal": marked("legal"),
    "social": marked("social network"),
    "mailto": marked("email address"),
    "phone": marked("phone"),
    "image": marked("image"),
    "tracking": marked("tracking"),
}
_OPENABLE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+\Z", re.IGNORECASE)


async def read_codes_and_links(site: Site, stored: StoredMessage) -> CodesAndLinks:
    """Return codes and links of a message; only likely ones are on top."""
    found = await read_extract(site.services, stored)
    likely = list(found.likely_codes)
    if found.primary_code is not None:
        likely.sort(key=lambda code: code is not found.primary_code)
    top = tuple(likely[:CODES_ON_TOP])
    rest = [link for link in found.links if link is not found.primary_link]
    return CodesAndLinks(
        codes=_codes(top),
        link=_link(found.primary_link) if found.primary_link else None,
        unsure=_codes(code for code in found.codes if code not in top),
        links=tuple(_link(link) for link in rest[:LISTED]),
        more=max(len(rest) - LISTED, 0),
    )


def unsubscribe_info(stored: StoredMessage) -> UnsubscribeInfo | None:
    """Return the content of List-Unsubscribe and List-Unsubscribe-Post. RFC 2369 §3.2, RFC 8058."""
    fields = list_unsubscribe(stored.message)
    if not fields.header and not fields.header_post:
        return None
    return UnsubscribeInfo(
        links=tuple(_link_item(url) for url in fields.links),
        is_one_click=fields.header_post.replace(" ", "").lower() == "list-unsubscribe=one-click",
        errors=formatting.shown(fields.errors),
    )


def _codes(codes: "Iterable[extract.CodeMatch]") -> tuple[CodeItem, ...]:
    return tuple(
        CodeItem(
            value=code.value,
            shown=formatting.shown(code.value),
            kind=_kind(code.kind),
            confidence=_percent(code.confidence),
            reasons=_reasons("code", code.evidence),
        )
        for code in codes
    )[:LISTED]


def _percent(confidence: float) -> str:
    return f"{confidence:.0%}".replace("%", f"{NO_BREAK_SPACE}%")


def _reasons(table: str, evidence: Mapping[str, float]) -> tuple[Reason, ...]:
    """Return the features in words, the most important first; a rule has no points."""
    if extract.BY_RULE in evidence:
        return (Reason(text=_(FEATURES[extract.BY_RULE]), points=""),)
    return tuple(
        Reason(text=_(FEATURES[share.feature]), points=f"{share.points:+.1f}".replace("-", MINUS))
        for share in extract.shares_of(table, evidence)
    )


def _link(link: "extract.LinkMatch") -> LinkItem:
    return replace(
        _link_item(link.url),
        text=formatting.shown(link.text),
        kind=_kind(link.kind),
        confidence=_percent(link.confidence),
        reasons=_reasons("link", link.evidence),
    )


def _link_item(url: str) -> LinkItem:
    href = url if _OPENABLE.match(url) else ""
    return LinkItem(url=url, shown=formatting.shown(url[:2000]), text="", kind="", href=href)


def _kind(kind: str) -> str:
    """Return the kind in words, "" for one without meaning to a reader."""
    return _(_KINDS[kind]) if kind in _KINDS else ""
