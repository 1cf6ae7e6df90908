"""The encoding of column values: JSON by msgspec, compressed when long; times as microseconds."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from catcher.envelope import Envelope, SmtpSession
from catcher.mime.model import ParsedMessage
from catcher.store.db import blobs
from catcher.store.model import Addresses, StoredSummary

T = TypeVar("T")

_LONG = 1024
_LONG_TEXT = 2048
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = msgspec.json.Encoder().encode


class ChangeData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of a row of `change`; see `StoreEvent`."""

    is_read: bool | None = None
    tags: tuple[str, ...] | None = None
    is_pinned: bool | None = None
    inboxes: tuple[str, ...] = ()


def pack(value: Any) -> bytes:
    """Return a struct as JSON, as one zstd frame when longer than 1 kB.

    JSON of a struct begins with "{", a frame with "(". Lone surrogates, which UTF-8 cannot encode, become U+FFFD.
    """
    try:
        data = _encode(value)
    except UnicodeEncodeError:
        data = _encode(_without_surrogates(value))
    return blobs.compress(data) if len(data) > _LONG else data


def _unpacker(kind: type[T]) -> Callable[[bytes], T]:
    decode = msgspec.json.Decoder(kind).decode

    def unpack(data: bytes) -> T:
        return decode(blobs.decompress(data) if data[:1] == b"(" else data)

    return unpack


unpack_envelope = _unpacker(Envelope)
unpack_message = _unpacker(ParsedMessage)
unpack_addresses = _unpacker(Addresses)
unpack_session = _unpacker(SmtpSession)
unpack_change = _unpacker(ChangeData)
unpack_summary = _unpacker(StoredSummary)


def pack_text(text: str) -> str | bytes:
    """Return the text, or one zstd frame of its UTF-8 when it is long."""
    return blobs.compress(text.encode()) if len(text) > _LONG_TEXT else text


def unpack_text(packed: str | bytes) -> str:
    """Return the text that was packed."""
    return packed if isinstance(packed, str) else blobs.decompress(packed).decode()


def storable(text: str) -> str:
    """Return the text as every engine accepts it: NUL and lone surrogates become U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def microseconds(moment: datetime) -> int:
    """Return the whole microseconds since 1970 of an aware moment; exact, also before 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the aware UTC moment of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def optional_microseconds(moment: datetime | None) -> int | None:
    """Return `microseconds` of a moment, None of None."""
    return None if moment is None else microseconds(moment)


def optional_moment(microseconds: int | None) -> datetime | None:
    """Return the `moment` of microseconds, None of None."""
    return None if microseconds is None else moment(microseconds)


@functools.singledispatch
def _without_surrogates(value: Any) -> Any:
    return value


@_without_surrogates.register
def _(value: msgspec.Struct) -> msgspec.Struct:
    return type(value)(**{name: _without_surrogates(getattr(value, name)) for name in value.__struct_fields__})


@_without_surrogates.register
def _(value: str) -> str:
    return storable(value)


@_without_surrogates.register(tuple)
def _(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_without_surrogates(item) for item in value)
