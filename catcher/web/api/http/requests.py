"""Reading what clients send: bodies in JSON or as a form, paging and search parameters. Never wider than it was meant.

Bodies: keys in any letter case, unknown keys ignored, null as if absent, lists under two spellings of a key
joined. What is not valid is refused with 400 before anything is done.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, inspect
from starlette.requests import Request

from catcher.errors import QueryError
from catcher.store.search import Anything, Query, Received, parse
from catcher.web.api.http.responses import bad_request

T = TypeVar("T")

DEFAULT_LIMIT = 50
_NUMBER = re.compile(r"\A\+?[0-9]{1,18}\Z")
_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_FIELDS = 100_000


class Paging(Struct, frozen=True, kw_only=True):
    """Which piece of a list is wanted.

    limit: 0 is for the route to read. before: an arrival number; received_before: aware UTC. None: no bound.
    """

    start: int = 0
    limit: int = DEFAULT_LIMIT
    before: int | None = None
    received_before: datetime | None = None


async def body_as(request: Request, kind: type[T], *, is_required: bool = True) -> T:
    """The request's body as a struct of this kind.

    An empty body is 400 "EOF", or the struct's defaults when it is not required. Raises HTTPException 400.
    """
    raw = await request.body()
    if not raw.strip():
        if is_required:
            raise bad_request("EOF")
        return kind()
    return struct_of(raw, request.headers.get("content-type", ""), kind)


def struct_of(raw: bytes, content_type: str, kind: type[T]) -> T:
    """Octets as a struct of this kind. Raises HTTPException 400 with a text that says what was expected.

    A form is taken for one only when it looks like one: clients such as curl call JSON a form, too.
    """
    if content_type.split(";")[0].strip().lower() == _FORM and raw.lstrip()[:1] not in (b"{", b"["):
        return _converted(_form_values(raw, kind), kind, strict=False)
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad_request(f"invalid JSON: {_reason(error)}") from error
    if not isinstance(value, dict):
        raise bad_request("invalid JSON: an object is expected")
    return _converted(value, kind, strict=True)


def has_known_key(raw: bytes, content_type: str, kind: type) -> bool:
    """Whether a body that `struct_of` has taken names any field of the kind, or is empty of fields altogether."""
    known = {each.encode_name.lower() for each in msgspec.structs.fields(kind)}
    if content_type.split(";")[0].strip().lower() == _FORM and raw.lstrip()[:1] not in (b"{", b"["):
        keys = {_form_key(key) for key, _ in _form_fields(raw)}
    else:
        keys = {key.lower() for key in msgspec.json.decode(raw, type=dict[str, msgspec.Raw])}
    return not keys or bool(keys & known)


def paging(request: Request, *, zone: tzinfo) -> Paging:
    """`start`, `limit`, `before`, `cursor_before` of the query; what cannot be read counts as not given."""
    given = request.query_params
    before = _number(given.get("cursor_before"))
    return Paging(
        start=_number(given.get("start")) or 0,
        limit=DEFAULT_LIMIT if (limit := _number(given.get("limit"))) is None else limit,
        before=before or None,
        received_before=_moment(given.get("before", ""), zone=zone),
    )


def zone_of(request: Request) -> tzinfo:
    """The time zone of `tz` (an IANA name), the server's own when it is missing or unknown."""
    try:
        return _known_zone(request)
    except ValueError:
        return _local_zone()


def _known_zone(request: Request) -> tzinfo:
    name = request.query_params.get("tz", "")
    if not name:
        return _local_zone()
    try:
        return ZoneInfo(name[:64])
    except (ValueError, LookupError, OSError):
        raise ValueError("tz: expected the name of a time zone, such as Europe/Paris") from None


def _local_zone() -> tzinfo:
    return datetime.now().astimezone().tzinfo or UTC


def lenient_query(text: str, *, zone: tzinfo) -> Query:
    """A search text as these routes read it: a term that cannot be read narrows to nothing."""
    return parse(text, now=datetime.now(UTC), zone=zone, lenient=True)


def strict_query(text: str, *, zone: tzinfo) -> Query:
    """The same; raises QueryError at a term that cannot be read."""
    return parse(text, now=datetime.now(UTC), zone=zone)


def latest_query(request: Request) -> Query:
    """What `query` and `tz` ask of the latest message; everything when there is no query."""
    text = request.query_params.get("query", "").strip()
    return lenient_query(text, zone=zone_of(request)) if text else Anything()


def own_query(request: Request) -> Query:
    """The same for routes of ours, which say what cannot be read: raises QueryError and ValueError."""
    try:
        return strict_query(request.query_params.get("query", "").strip(), zone=_known_zone(request))
    except QueryError as error:
        raise QueryError(f"query: {error}", position=error.position) from error


def is_on(request: Request, name: str) -> bool:
    """Whether a switch of the query is set: "1", "true", "yes", or the bare name."""
    return request.query_params.get(name, "0").lower() in ("1", "true", "yes", "")


def _converted(value: Mapping[str, Any], kind: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(_fitted(value, inspect.type_info(kind)), kind, strict=strict)
    except msgspec.ValidationError as error:
        raise bad_request(f"invalid JSON: {_reason(error)}") from error


def _fitted(value: Any, kind: inspect.Type) -> Any:
    """The value with the keys that the kind spells differently put right, at every depth of the kind."""
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        known = {each.encode_name.lower(): each for each in kind.fields}
        fitted: dict[str, Any] = {}
        for key, item in value.items():
            place = known.get(key.lower())
            if place is None or item is None:
                continue
            item = _fitted(item, place.type)
            held = fitted.get(place.encode_name)
            both = isinstance(held, list) and isinstance(item, list)
            fitted[place.encode_name] = held + item if both else item
        return fitted
    if isinstance(kind, inspect.VarTupleType) and isinstance(value, list):
        return [_fitted(item, kind.item_type) for item in value]
    return value


def _form_values(raw: bytes, kind: type) -> dict[str, Any]:
    lists = {
        each.name.lower()
        for each in inspect.type_info(kind).fields  # type: ignore[attr-defined]
        if isinstance(each.type, inspect.VarTupleType)
    }
    values: dict[str, Any] = {}
    for key, value in _form_fields(raw):
        name = _form_key(key)
        if name in lists:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


def _form_fields(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FORM_FIELDS,
        )
    except ValueError as error:
        raise bad_request("invalid form: expected name=value pairs in UTF-8") from error


def _form_key(key: str) -> str:
    return key.lower().removesuffix("[]")


def _reason(error: Exception) -> str:
    """An error's text for the client, in bounds; recursion errors name the interpreter's business."""
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.match(text) else None


def _moment(text: str, *, zone: tzinfo) -> datetime | None:
    """A moment in any form that the search language's `before:` takes; None when it cannot be read."""
    if not text or '"' in text:
        return None
    match lenient_query(f'before:"{text}"', zone=zone):
        case Received(moment=moment):
            return moment
    return None
