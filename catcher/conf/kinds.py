"""How the text of a setting becomes a value: one `Kind` each, with the sentence that says what was expected.

A kind reads the text of a flag or an environment variable, and the values that TOML has by nature (numbers, booleans,
lists). Reading raises ValueError; the loader adds the setting's name and value and what was expected.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of value.

    expected: completes "expected …". metavar: for help texts. read: from text or a TOML value; raises ValueError.
    show: the text that reads as this value again, for the documentation of defaults.
    """

    expected: str
    metavar: str
    read: Callable[[Any], Any]
    show: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True)
class SocketAddress:
    """Where to listen: a host and a TCP port (0: any free one), or the path of a Unix socket with its mode."""

    host: str = ""
    port: int = 0
    path: str = ""
    mode: int | None = None

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}" + (f":{self.mode:o}" if self.mode is not None else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return bool(self.path) or self.host == "localhost" or self.host == "::1" or self.host.startswith("127.")


_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^\[\]:/\s]*)):(?P<port>\d{1,5})")


def _socket_address(value: Any) -> SocketAddress:
    text = _text(value)
    if text.startswith("unix:"):
        path, _, mode = text[5:].partition(":")
        if not path or (mode and not re.fullmatch("[0-7]{3,4}", mode)):
            raise ValueError
        return SocketAddress(path=path, mode=int(mode, 8) if mode else None)
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise ValueError
    return SocketAddress(match["six"] or match["host"] or "::", int(match["port"]))


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value.strip()


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value).lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError


def _whole_number(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, int):
        number = value
    elif re.fullmatch(r"\d{1,15}", _text(value)):
        number = int(value)
    else:
        raise ValueError
    if number < 0:
        raise ValueError
    return number


_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*(k|m|g)?(?:i?b)?", re.IGNORECASE)


def _octets(value: Any) -> int:
    if isinstance(value, int):
        return _whole_number(value) * MIB
    match = _SIZE.fullmatch(_text(value))
    if match is None:
        raise ValueError
    unit = {"k": 1024, "m": MIB, "g": 1024 * MIB}[(match[2] or "m").lower()]
    return int(float(match[1]) * unit)


_DURATION = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _duration(value: Any) -> timedelta | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return None
    text = _text(value)
    if text in {"", "0"}:
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError
    return timedelta(seconds=int(match[1]) * _UNITS[match[2].lower()])


def _show_duration(value: timedelta | None) -> str:
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    unit = next((unit for unit in ("w", "d", "h", "m") if seconds % _UNITS[unit] == 0), "s")
    return f"{seconds // _UNITS[unit]}{unit}"


def _show_octets(value: int) -> str:
    for size, unit in ((1024 * MIB, "G"), (MIB, "M"), (1024, "K")):
        if value and value % size == 0:
            return f"{value // size}{unit}"
    return "0" if value == 0 else f"{value / 1024:.3f}K"


def _webroot(value: Any) -> str:
    text = _text(value).strip("/")
    if not re.fullmatch(r"[0-9A-Za-z/_.@-]*", text) or "//" in text or ".." in text.split("/"):
        raise ValueError
    return f"/{text}/" if text else "/"


def _words(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else re.split(r"[,\s]+", _text(value))
    return tuple(text for item in items if (text := _text(item)))


def _service(value: Any) -> str:
    """The text of a socket address, which is where another program listens."""
    text = _text(value)
    if text:
        _socket_address(text)
    return text


def _url(value: Any) -> str:
    text = _text(value)
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError
    return text


def _networks(value: Any) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word) for word in _words(value))


def _choice(*choices: str) -> Kind:
    def read(value: Any) -> str:
        word = _text(value).lower()
        if word not in choices:
            raise ValueError
        return word

    return Kind(expected=" or ".join(f"'{choice}'" for choice in choices), metavar="|".join(choices), read=read)


def _bounded(highest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _whole_number(value)
        if number > highest:
            raise ValueError
        return number

    return read


def _positive(highest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _bounded(highest)(value)
        if not number:
            raise ValueError
        return number

    return read


def _pattern(value: Any) -> str:
    text = _text(value)
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError from error
    return text


def _options(value: Any) -> dict[str, Any]:
    """A TOML table, or the text of a JSON object."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else {}
        except RecursionError as error:
            raise ValueError from error
    if not isinstance(value, dict):
        raise ValueError
    return value


TEXT = Kind(expected="text", metavar="TEXT", read=_text)
PATH = Kind(expected="a path", metavar="PATH", read=_text)
DATABASE = Kind(expected="a path or a database URL", metavar="PATH|URL", read=_text)
BOOLEAN = Kind(expected="true or false", metavar="", read=_boolean, show=lambda value: "true" if value else "false")
PORT = Kind(expected="a port from 1 to 65535", metavar="PORT", read=_positive(65535))
COUNT = Kind(expected="a whole number, 0 for no limit", metavar="N", read=_bounded(10**12))
SECONDS = Kind(
    expected="a whole number of seconds up to 86400, 0 for no limit", metavar="SECONDS", read=_bounded(86400)
)
POSITIVE_SECONDS = Kind(expected="a whole number of seconds, 1 to 86400", metavar="SECONDS", read=_positive(86400))
OCTETS = Kind(
    expected="a size such as 50 (MiB), 512K, 50M or 1G, 0 for no limit", metavar="SIZE", read=_octets, show=_show_octets
)
DURATION = Kind(
    expected="a duration such as 90m, 24h, 7d or 2w, empty for no limit",
    metavar="DURATION",
    read=_duration,
    show=_show_duration,
)
_WHERE = "HOST:PORT with a port from 0 to 65535, [IPv6]:PORT, or unix:PATH[:MODE]"
ADDRESS = Kind(
    expected=_WHERE,
    metavar="HOST:PORT",
    read=_socket_address,
)
OPTIONAL_ADDRESS = Kind(
    expected=f"{_WHERE}, empty for none",
    metavar="HOST:PORT",
    read=lambda value: None if value == "" else _socket_address(value),
    show=lambda value: "" if value is None else str(value),
)
WEBROOT = Kind(expected="a path of letters, digits, / - _ . @", metavar="PATH", read=_webroot)
PATTERN = Kind(expected="a regular expression, empty for none", metavar="PATTERN", read=_pattern)
OPTIONS = Kind(
    expected="a TOML table or a JSON object",
    metavar="JSON",
    read=_options,
    show=lambda value: json.dumps(value) if value else "",
)
SERVICE = Kind(expected="HOST:PORT or unix:PATH, empty for none", metavar="HOST:PORT", read=_service)
URL = Kind(expected="an http or https address, empty for none", metavar="URL", read=_url)
NETWORKS = Kind(
    expected="networks such as 10.0.0.0/8 or fd00::/8",
    metavar="LIST",
    read=_networks,
    show=lambda value: ", ".join(str(network) for network in value),
)
WORDS = Kind(expected="words separated by commas or blanks", metavar="LIST", read=_words, show=", ".join)
_INBOX_SOURCES = ("user", "tag", "domain", "header", "recipient")


def _inbox_sources(value: Any) -> tuple[str, ...]:
    names = tuple(name.lower() for name in _words(value))
    if names == ("none",):
        return ()
    if not set(names) <= set(_INBOX_SOURCES):
        raise ValueError
    return names


INBOX_SOURCES = Kind(
    expected=f"some of {', '.join(_INBOX_SOURCES)}, or none",
    metavar="LIST",
    read=_inbox_sources,
    show=lambda value: ", ".join(value) or "none",
)
SYNCHRONOUS = _choice("full", "normal")
LOG_FORMAT = _choice("text", "json")
