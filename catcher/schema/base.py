"""What the JSON types have in common: the spelling of keys, common scalars, and the encoder.

Mailpit's types have CamelCase keys with ID, URL, HTML and digest names in capitals; our own have lower snake case.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time, RFC 3339 §5.6: clients decode a `datetime`, the server encodes a text with milliseconds."""

Count = Annotated[int, Meta(ge=0)]

_CAPITALS = {
    "id": "ID", "ids": "IDs", "url": "URL", "html": "HTML", "smtp": "SMTP",
    "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256",
}  # fmt: skip

_encoder = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """Return compact JSON in UTF-8. Lone surrogates become U+FFFD, so this never raises."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_without_surrogates(msgspec.to_builtins(value)))


def camel(name: str) -> str:
    """Return the CamelCase spelling of a field name: "message_id" as "MessageID"."""
    return "".join(_CAPITALS.get(word) or word.capitalize() for word in name.split("_"))


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case list() | tuple():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


class Camel(Struct, frozen=True, kw_only=True, rename=camel):
    """Base of the types with CamelCase keys."""
