"""Request bodies in JSON or as a form, and parameters for paging and search.

Bodies: keys in any letter case, unknown keys ignored, null as if absent, lists under two spellings of a key joined.
Anything invalid is refused with 400 before anything is changed, so that a request never does more than it was meant to.
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

from catcher.errors import NotFound, QueryError, suggestion
from catcher.store.search import Anything, Query, Received, parse
from catcher.web.api.http.responses import bad_request

T = TypeVar("T")

DEFAULT_LIMIT = 50
_DIGITS = re.compile(r"[0-9]{1,18}\Z")
_NUMBER = re.compile(r"\A\+?[0-9]{1,18}\Z")
_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_FIELDS = 100_000


class Paging(Struct, frozen=True, kw_only=True):
    """The requested page of a list. limit: 0 is interpreted by the route. before: an arrival number."""

    start: int = 0
    limit: int = DEFAULT_LIMIT
    before: int | None = None
    received_before: datetime | None = None


async def body_as(request: Request, kind: type[T], *, is_required: bool = True) -> T:
    """Return the request's body as a struct.

    An empty body gives the struct's defaults if it is not required, else 400 "EOF". Raises HTTPException 400.
    """
    raw = await request.body()
    if not raw.strip():
        if is_required:
            raise bad_request("EOF")
        return kind()
    return struct_of(raw, request.headers.get("content-type", ""), kind)


def struct_of(raw: bytes, content_type: str, kind: type[T]) -> T:
    """Return a body as a struct. Raises HTTPException 400 with the reason."""
    if _is_form(raw, content_type):
        return _converted(_form_values(raw, kind), kind, strict=False)
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad_request(f"invalid JSON: {_reason(error)}") from error
    if not isinstance(value, dict):
        raise bad_request("invalid JSON: an object is expected")
    return _converted(value, kind, strict=True)


def has_known_key(raw: bytes, content_type: str, kind: type) -> bool:
    """Return whether a body that `struct_of` accepted has a field of the struct, or no fields at all."""
    known = {each.encode_name.lower() for each in msgspec.structs.fields(kind)}
    if _is_form(raw, content_type):
        keys = {_form_key(key) for key, _ in _form_fields(raw)}
    else:
        keys = {key.lower() for key in msgspec.json.decode(raw, type=dict[str, msgspec.Raw])}
    return not keys or bool(keys & known)


def paging(request: Request, *, zone: tzinfo) -> Paging:
    """Return `start`, `limit`, `before` and `cursor_before` of the query; invalid values are ignored."""
    given = request.query_params
    before = _number(given.get("cursor_before"))
    return Paging(
        start=_number(given.get("start")) or 0,
        limit=DEFAULT_LIMIT if (limit := _number(given.get("limit"))) is None else limit,
        before=before or None,
        received_before=_moment(given.get("before", ""), zone=zone),
    )


def zone_of(request: Request) -> tzinfo:
    """Return the time zone of `tz`, an IANA name; the server's own if it is missing or unknown."""
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
    """Return a search query in which an invalid term matches nothing, as Mailpit's routes read it."""
    return parse(text, now=datetime.now(UTC), zone=zone, lenient=True)


def strict_query(text: str, *, zone: tzinfo) -> Query:
    """Return a search query. Raises QueryError for an invalid term and for an unknown name of one."""
    return parse(text, now=datetime.now(UTC), zone=zone, known_names=True)


def latest_query(request: Request) -> Query:
    """Return the lenient query of `query` and `tz`, which the latest message has to match."""
    text = request.query_params.get("query", "").strip()
    return lenient_query(text, zone=zone_of(request)) if text else Anything()


def own_query(request: Request) -> Query:
    """Return the strict query of `query` and `tz`, for our own routes. Raises QueryError and ValueError."""
    try:
        return strict_query(request.query_params.get("query", "").strip(), zone=_known_zone(request))
    except QueryError as error:
        raise QueryError(f"query: {error}", position=error.position) from error


def is_on(request: Request, name: str) -> bool:
    """Return whether a switch of the query is on: "1", "true", "yes", or the bare name."""
    return request.query_params.get(name, "0").lower() in ("1", "true", "yes", "")


def whole_number(request: Request, name: str, default: int) -> int:
    """Return a number of the query. Raises ValueError."""
    text = request.query_params.get(name, str(default))
    if not _DIGITS.match(text):
        raise ValueError(f"{name}: expected a whole number")
    return int(text)


def path_number(request: Request, kind: str) -> int:
    """Return the `number` of the path. Raises NotFound, with the kind of thing that it should identify."""
    text = request.path_params["number"]
    if not _DIGITS.match(text):
        raise NotFound(f"there is no {kind} {text[:20]}")
    return int(text)


def _converted(value: Mapping[str, Any], kind: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(_fitted(value, inspect.type_info(kind)), kind, strict=strict)
    except msgspec.ValidationError as error:
        raise bad_request(f"invalid JSON: {_reason(error)}") from error


def _fitted(value: Any, kind: inspect.Type) -> Any:
    """Return the value with its keys in the spelling of the struct, at every depth."""
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        known = {each.encode_name.lower(): each for each in kind.fields}
        fitted: dict[str, Any] = {}
        for key, item in value.items():
            place = known.get(key.lower())
            if place is None and kind.forbid_unknown_fields:
                raise bad_request(f"{key[:100]}: unknown key, {suggestion(key, known)}")
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


def _is_form(raw: bytes, content_type: str) -> bool:
    """Return whether a body is a form: declared as one, and not JSON, which curl declares as a form by default."""
    return content_type.split(";")[0].strip().lower() == _FORM and raw.lstrip()[:1] not in (b"{", b"[")


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
    """Return an error's text for the client; that of recursion errors speaks of the interpreter."""
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.match(text) else None


def _moment(text: str, *, zone: tzinfo) -> datetime | None:
    """Return a time in any format of the search term `before:`, None if it is invalid."""
    if not text or '"' in text:
        return None
    match lenient_query(f'before:"{text}"', zone=zone):
        case Received(moment=moment):
            return moment
    return None
