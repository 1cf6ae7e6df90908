"""Image formats, by address or, for attached images, by content."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from catcher.checks.features import tables

_DATA = re.compile(r"\s*data:([^;,]{0,100})((?:;[^;,]{0,200}){0,20}),", re.IGNORECASE)
_EXTENSION = re.compile(r"\.([a-z0-9]{2,5})$", re.IGNORECASE)
_MAX_ADDRESS = 4_096


def image_features(address: str) -> Iterator[str]:
    """Yield the features of an image address: format by extension or media type, and base64 in data URLs.

    The format of addresses without extension (CDNs, cid:) is not guessed.
    """
    data = _DATA.match(address)
    if data is not None:
        if "base64" in data[2].lower():
            yield "image-base64"
        media_type, _, subtype = data[1].strip().lower().partition("/")
        if media_type in ("image", "video") and subtype in tables.IMAGE_TYPES:
            yield tables.IMAGE_TYPES[subtype]
        return
    extension = _EXTENSION.search(unquote(re.split("[?#]", address[:_MAX_ADDRESS], maxsplit=1)[0].strip()))
    if extension is not None and extension[1].lower() in tables.IMAGE_TYPES:
        yield tables.IMAGE_TYPES[extension[1].lower()]


def part_image_feature(media_type: str, octets: bytes) -> str | None:
    """Return the format of an attached image. A PNG with an acTL chunk is animated (PNG 3 §11.3.6.1)."""
    kind, _, subtype = media_type.partition("/")
    if kind not in ("image", "video"):
        return None
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        before_pixels = octets[:100_000].split(b"IDAT", 1)[0]
        return "image-apng" if b"acTL" in before_pixels else "image-png"
    return tables.IMAGE_TYPES.get(subtype)


def srcset_addresses(srcset: str) -> list[str]:
    """Return the addresses in a srcset attribute, in order. Source: HTML §4.8.4.2.1.

    A comma inside an address, as in data URLs, stays; one at its end separates.
    """
    addresses: list[str] = []
    rest = srcset[:200_000]
    position = 0
    while len(addresses) < 1_000:
        match = re.compile(r"[\s,]*(\S+)").match(rest, position)
        if match is None:
            break
        address = match[1]
        position = match.end()
        if address.endswith(","):
            addresses.append(address.rstrip(","))
            continue
        addresses.append(address)
        comma = re.compile(r"[^,(]*(?:\([^)]*\)[^,(]*)*").match(rest, position)
        position = comma.end() if comma else position
    return addresses
