"""Content-Disposition and Content-Type for octets with hostile names and types. Source: RFC 6266, RFC 8187."""

import re
from urllib.parse import quote

SAFE_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})
"""Media types that a browser may display; all others are downloaded."""

LOCKED = "sandbox; default-src 'none'"
"""Content security policy for octets of a message: however they are interpreted, nothing runs and nothing loads."""

_TOKEN = re.compile(r"\A[a-z0-9!#$&^_.+-]{1,100}\Z")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&+.,=@^_{}~()\[\]-]")
_MAX_NAME = 200


def content_disposition(kind: str, file_name: str, *, fallback: str) -> str:
    """Return a field body that no file name can break out of, with a usable name for every browser.

    kind: "inline" or "attachment". Control, format and direction characters, path separators and leading dots are
    removed; an empty result gives `fallback`. ASCII for old clients and, when it differs, UTF-8 by RFC 8187.
    """
    name = re.sub(r"[/\\:]", "_", _UNSEEN.sub("", file_name)).strip().lstrip(".")
    name = _shortened(name) or fallback
    plain = _NOT_PLAIN.sub("_", name)
    field = f'{kind}; filename="{plain}"'
    return field if plain == name else f"{field}; filename*=UTF-8''{quote(name, safe='')}"


def content_type(media_type: str, charset: str) -> str:
    """Return a Content-Type field body; an invalid media type becomes application/octet-stream.

    Texts get their declared charset, else UTF-8.
    """
    main, _, sub = media_type.lower().partition("/")
    if not (_TOKEN.match(main) and _TOKEN.match(sub)):
        return "application/octet-stream"
    if main != "text":
        return f"{main}/{sub}"
    known = charset.lower() if _TOKEN.match(charset.lower()) else "utf-8"
    return f"{main}/{sub}; charset={known}"


def _shortened(name: str) -> str:
    """Shorten to 200 characters, keeping the extension."""
    if len(name) <= _MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:
        return name[:_MAX_NAME]
    return f"{stem[: _MAX_NAME - len(extension) - 1]}.{extension}"
