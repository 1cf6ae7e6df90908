"""Kinds of setting values: how a value is read and shown, and what is expected of it.

A kind belongs to the type of a setting: `Count = Annotated[int, COUNT]`. It reads the text of a flag or an environment
variable, and the native values of TOML (numbers, booleans, lists, tables). Reading raises ValueError; the loader
reports the setting's name, its value and what was expected.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from catcher.conf.addresses import EXPECTED, SocketAddress

MIB = 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """One kind of value.

    expected: completes "expected …". metavar: placeholder of the value in help texts, "" for a switch. read: from text
    or a TOML value; raises ValueError. show: the text that reads as this value again.
    """

    expected: str
    metavar: str
    read: Callable[[Any], Any]
    show: Callable[[Any], str] = str


def kinds_of(cls: type) -> dict[str, Kind]:
    """Return the kind of each field of a class, by name and in order; fields without a kind are left out."""
    return {
        name: each
        for name, annotation in cls.__annotations__.items()
        for each in getattr(annotation, "__metadata__", ())
        if isinstance(each, Kind)
    }


def read_text(value: Any) -> str:
    """Return a text without surrounding blanks. Raises ValueError for other types and for NUL characters."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value.strip()


def read_words(value: Any) -> tuple[str, ...]:
    """Return the words of a list, or of a text in which commas or blanks separate them. Raises ValueError."""
    items = value if isinstance(value, list) else re.split(r"[,\s]+", read_text(value))
    return tuple(text for item in items if (text := read_text(item)))


def read_json(value: Any, *, empty: Any) -> Any:
    """Return the value of a JSON text, `empty` for a blank one; a value that is no text as it is. Raises ValueError."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else empty
    except RecursionError as error:
        raise ValueError from error


def read_record(cls: type[T], value: Any) -> T:
    """Return an instance of a class whose fields have kinds, from a table with these keys. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError
    kinds = kinds_of(cls)
    given = {str(key).replace("-", "_"): each for key, each in value.items()}
    if not given.keys() <= kinds.keys():
        raise ValueError
    try:
        return cls(**{name: kinds[name].read(each) for name, each in given.items()})
    except TypeError as error:  # a required key is missing
        raise ValueError from error


def read_list(read: Callable[[Any], T], value: Any) -> tuple[T, ...]:
    """Return the items of a list, or of the text of a JSON array, each read by `read`. Raises ValueError."""
    items = read_json(value, empty=[])
    if not isinstance(items, list):
        raise ValueError
    return tuple(read(each) for each in items)


def one_of(*choices: str) -> Kind:
    """Return the kind of a text that is one of these, in any letter case."""

    def read(value: Any) -> str:
        word = read_text(value).lower()
        if word not in choices:
            raise ValueError
        return word

    return Kind(expected=" or ".join(f"'{choice}'" for choice in choices), metavar="|".join(choices), read=read)


def some_of(*choices: str, aliases: Mapping[str, str] = MappingProxyType({}), empty: str = "") -> Kind:
    """Return the kind of a list of these words. aliases: further spellings. empty: the word for none of them."""

    def read(value: Any) -> tuple[str, ...]:
        words = tuple(aliases.get(word.lower(), word.lower()) for word in read_words(value))
        if empty and words == (empty,):
            return ()
        if not set(words) <= set(choices):
            raise ValueError
        return words

    expected = f"some of {', '.join(choices)}" + (f", or {empty}" if empty else "")
    return Kind(expected=expected, metavar="LIST", read=read, show=lambda value: ", ".join(value) or empty)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = read_text(value).lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError


def _integer(lowest: int, highest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise ValueError
        return value

    return read


_read_count = _integer(0, 10**12)


def _count(value: Any) -> int:
    """Return a number; negative ones mean no limit in Mailpit's settings, which is 0 here."""
    return 0 if re.fullmatch(r"-\d{1,15}", str(value).strip()) else _read_count(value)


def _number(highest: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
        if not 0 <= number <= highest:
            raise ValueError
        return number

    return read


_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*(k|m|g)?(?:i?b)?", re.IGNORECASE)


def _octets(value: Any) -> int:
    if isinstance(value, int):
        return COUNT.read(value) * MIB  # type: ignore[no-any-return]
    match = _SIZE.fullmatch(read_text(value))
    if match is None:
        raise ValueError
    return int(float(match[1]) * {"k": 1024, "m": MIB, "g": 1024 * MIB}[(match[2] or "m").lower()])


def _show_octets(value: int) -> str:
    for size, unit in ((1024 * MIB, "G"), (MIB, "M"), (1024, "K")):
        if value and value % size == 0:
            return f"{value // size}{unit}"
    return "0" if value == 0 else f"{value / 1024:.3f}K"


_DURATION = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)", re.IGNORECASE)
_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def _duration(value: Any) -> timedelta | None:
    if value is None or (value == 0 and value is not False) or value in ("", "0"):
        return None
    match = _DURATION.fullmatch(read_text(value))
    if match is None:
        raise ValueError
    return timedelta(seconds=int(match[1]) * _UNITS[match[2].lower()])


def _show_duration(value: timedelta | None) -> str:
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    unit = next(unit for unit, size in _UNITS.items() if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def _webroot(value: Any) -> str:
    text = read_text(value).strip("/")
    if not re.fullmatch(r"[0-9A-Za-z/_.@-]*", text) or "//" in text or ".." in text.split("/"):
        raise ValueError
    return f"/{text}/" if text else "/"


def _address(value: Any) -> SocketAddress:
    return SocketAddress.parse(read_text(value))


def _optional_address(value: Any) -> SocketAddress | None:
    return None if value == "" else _address(value)


def _address_text(value: Any) -> str:
    text = read_text(value)
    if text:
        SocketAddress.parse(text)
    return text


def _url(value: Any) -> str:
    text = read_text(value)
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError
    return text


def _pattern(value: Any) -> str:
    text = read_text(value)
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError from error
    return text


def _json_object(value: Any) -> dict[str, Any]:
    value = read_json(value, empty={})
    if not isinstance(value, dict):
        raise ValueError
    return value


BOOLEAN = Kind(expected="true or false", metavar="", read=_boolean, show=lambda value: "true" if value else "false")
COUNT = Kind(expected="a whole number, 0 for no limit", metavar="N", read=_count)
TEXT = Kind(expected="text", metavar="TEXT", read=read_text)
WORDS = Kind(expected="words separated by commas or blanks", metavar="LIST", read=read_words, show=", ".join)
JSON_OBJECT = Kind(
    expected="a TOML table or a JSON object",
    metavar="JSON",
    read=_json_object,
    show=lambda value: json.dumps(value) if value else "",
)

Address = Annotated[SocketAddress, Kind(expected=EXPECTED, metavar="HOST:PORT", read=_address)]
OptionalAddress = Annotated[
    SocketAddress | None,
    Kind(
        expected=f"{EXPECTED}, empty for none",
        metavar="HOST:PORT",
        read=_optional_address,
        show=lambda value: str(value or ""),
    ),
]
AddressText = Annotated[
    str, Kind(expected="HOST:PORT or unix:PATH, empty for none", metavar="HOST:PORT", read=_address_text)
]
Boolean = Annotated[bool, BOOLEAN]
Count = Annotated[int, COUNT]
Database = Annotated[str, Kind(expected="a path or a database URL", metavar="PATH|URL", read=read_text)]
Duration = Annotated[
    timedelta | None,
    Kind(
        expected="a duration such as 90m, 24h, 7d or 2w, empty for no limit",
        metavar="DURATION",
        read=_duration,
        show=_show_duration,
    ),
]
JsonObject = Annotated[dict[str, Any], JSON_OBJECT]
Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...],
    Kind(
        expected="networks such as 10.0.0.0/8 or fd00::/8",
        metavar="LIST",
        read=lambda value: tuple(ip_network(word) for word in read_words(value)),
        show=lambda value: ", ".join(map(str, value)),
    ),
]
NumberOfSeconds = Annotated[
    float, Kind(expected="a number of seconds up to 86400", metavar="SECONDS", read=_number(86400))
]
Octets = Annotated[
    int,
    Kind(
        expected="a size such as 50 (MiB), 512K, 50M or 1G, 0 for no limit",
        metavar="SIZE",
        read=_octets,
        show=_show_octets,
    ),
]
PathText = Annotated[str, Kind(expected="a path", metavar="PATH", read=read_text)]
Pattern = Annotated[str, Kind(expected="a regular expression, empty for none", metavar="PATTERN", read=_pattern)]
Percent = Annotated[float, Kind(expected="a number from 0 to 100", metavar="PERCENT", read=_number(100))]
Port = Annotated[int, Kind(expected="a port from 1 to 65535", metavar="PORT", read=_integer(1, 65535))]
PositiveSeconds = Annotated[
    int, Kind(expected="a whole number of seconds, 1 to 86400", metavar="SECONDS", read=_integer(1, 86400))
]
Seconds = Annotated[
    int,
    Kind(expected="a whole number of seconds up to 86400, 0 for no limit", metavar="SECONDS", read=_integer(0, 86400)),
]
Text = Annotated[str, TEXT]
Url = Annotated[str, Kind(expected="an http or https address, empty for none", metavar="URL", read=_url)]
UrlPath = Annotated[str, Kind(expected="a path of letters, digits, / - _ . @", metavar="PATH", read=_webroot)]
Words = Annotated[tuple[str, ...], WORDS]
