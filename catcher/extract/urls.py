"""Properties of an address: purpose, token, tracking."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import unquote

from catcher.extract.model import LinkKind
from catcher.mime.text.urls import split

MAX_URL = 4_000
"""Characters of an address that are examined."""

_SOCIAL = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|instagram|linkedin|youtube|tiktok|pinterest|threads|mastodon|t|vk|weibo|xing|"
    r"bsky|reddit|discord|whatsapp|snapchat|medium)\.(?:com|net|app|social|me|gg|org|ru)$|^(?:youtu\.be|fb\.me|wa\.me|t\.me)$"
)
_STORES = re.compile(r"^(?:apps\.apple\.com|itunes\.apple\.com|play\.google\.com|appgallery\.huawei\.com)$")
_PIXEL = re.compile(
    r"(?<![a-z])(?:open|opens|pixel|track|tracking|beacon|wf/open|o\.gif|t\.gif|1x1|spacer|read-receipt|trk)(?![a-z])"
)
_ASSET = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|ico|css|woff2?)\Z", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9_.~=-]{16,}")
_TOKEN_NAME = re.compile(
    r"[?&](?:token|code|key|t|k|sig|signature|otp|hash|nonce|uid|oobcode|ticket)=[^&]{6,}", re.IGNORECASE
)
_CHANGES = re.compile(r"(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]")


@lru_cache(maxsize=4_000)
def kind_of_url(url: str) -> LinkKind | None:
    """Return the purpose that an address names, None for none."""
    lower = url[:MAX_URL].lower()
    if lower.startswith("mailto:"):
        return LinkKind.MAILTO
    if lower.startswith(("tel:", "sms:")):
        return LinkKind.PHONE
    parts = split(url[:MAX_URL])
    if parts is None:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if _SOCIAL.search(host) or _STORES.search(host):
        return LinkKind.SOCIAL
    if _ASSET.search(parts.path):
        return LinkKind.IMAGE
    place = unquote(f"{parts.path}?{parts.query}#{parts.fragment}").lower().replace("_", "-")
    return next((kind for kind, words in _kinds() if words.search(place)), None)


def holds_token(url: str) -> bool:
    """Return whether the address has a token: a UUID, a long mixed run of letters and digits, or a named parameter."""
    parts = split(url[:MAX_URL])
    if parts is None:
        return False
    place = f"{parts.path}?{parts.query}#{parts.fragment}"
    if _UUID.search(place) or _TOKEN_NAME.search(place):
        return True
    return any(len(_CHANGES.findall(run)) >= 3 for run in _RUN.findall(place))


def is_tracker(url: str) -> bool:
    """Return whether the address of an image names tracking."""
    parts = split(url[:MAX_URL])
    return parts is not None and bool(_PIXEL.search(f"{parts.path}?{parts.query}".lower()))


def is_home(url: str) -> bool:
    """Return whether the address is the home page of a site."""
    parts = split(url[:MAX_URL])
    return parts is not None and parts.path in ("", "/") and not holds_token(url)


@cache
def _kinds() -> tuple[tuple[LinkKind, re.Pattern[str]], ...]:
    table = tomllib.loads(Path(__file__).with_name("urls.toml").read_text("utf-8"))
    return tuple(
        (LinkKind(kind), re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, words))})(?![a-z])"))
        for kind, words in table.items()
    )
