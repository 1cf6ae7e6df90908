"""What a term's value means: text, dates, sizes, states, read into queries."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeAlias

from catcher.store.search.dates import read_moment
from catcher.store.search.folding import clean, fold
from catcher.store.search.model import Contains, HasId, HasTag, HeaderHas, InInbox, Is, Query, Received, Size


class UnreadableValue(ValueError):
    """A term's value cannot be read; the text says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What relative and zoneless dates count from. now: aware. zone: of dates that name none."""

    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What follows a term's colon.

    text: without quotation marks and backslashes. whole: whether `=` stood in front, which is not part of `text`.
    escaped: which characters a backslash made plain, by index.
    """

    text: str
    whole: bool = False
    escaped: frozenset[int] = frozenset()


Reader: TypeAlias = Callable[[Value, Clock], Query]
"""A term's value to the query it asks for; raises Unreadable."""


MAX_VALUE = 1_000
"""Characters of one value or word; longer ones are refused, so that comparing stays cheap."""

STATES: Mapping[str, Mapping[str, Query]] = {
    "is": {
        "read": Is(state="read"),
        "unread": Is(state="unread"),
        "tagged": Is(state="tagged"),
        "pinned": Is(state="pinned"),
    },
    "has": {
        "attachment": Is(state="attachment"),
        "attachments": Is(state="attachment"),
        "inline": Is(state="inline"),
        "inlines": Is(state="inline"),
        "tag": Is(state="tagged"),
        "html": Contains(column="media_types", text="text/html", whole=True),
        "text": Contains(column="media_types", text="text/plain", whole=True),
    },
}
"""What each word after `is:` and `has:` asks for; of words for the same, the first is the one that is printed."""

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE = re.compile(r"(\d{1,12})(?:\.(\d{0,9}))?\s?(?:(b)|([kmg])(?:i?b)?)?", re.ASCII)


def check_length(value: str) -> None:
    if len(value) > MAX_VALUE:
        raise UnreadableValue(f"expected at most {MAX_VALUE} characters")


def read_word(word: str) -> Query | None:
    """What a free word or phrase asks for; None when nothing is left of it to look for, for example of `","`."""
    check_length(word)
    text = clean(word)
    return Contains(column="any", text=text) if text else None


def text_in(column: str) -> Reader:
    def read(value: Value, clock: Clock) -> Query:
        text = clean(value.text)
        if not text:
            raise UnreadableValue("expected a text to look for")
        return Contains(column=column, text=text, whole=value.whole)

    return read


def header(value: Value, clock: Clock) -> Query:
    name, body = _parted(value)
    text = clean(body.text) if body else ""
    if not clean(name) or ":" in name or (body and not text):
        raise UnreadableValue("expected the name of a header field, or name=text")
    return HeaderHas(name=clean(name), text=text, whole=body is not None and body.whole)


def tag(value: Value, clock: Clock) -> Query:
    if not fold(value.text):
        raise UnreadableValue("expected the name of a tag")
    return HasTag(name=fold(value.text))


def inbox(value: Value, clock: Clock) -> Query:
    if not fold(value.text):
        raise UnreadableValue("expected the name of an inbox")
    return InInbox(name=fold(value.text))


def store_id(value: Value, clock: Clock) -> Query:
    if not re.fullmatch("[0-9A-Za-z-]+", value.text):
        raise UnreadableValue("expected a message's store id")
    return HasId(store_id=value.text)


def state(prefix: str) -> Reader:
    words = STATES[prefix]

    def read(value: Value, clock: Clock) -> Query:
        state = words.get(value.text.strip().lower())
        if state is None:
            raise UnreadableValue(f"expected one of {', '.join(words)}")
        return state

    return read


def received(*, after: bool) -> Reader:
    def read(value: Value, clock: Clock) -> Query:
        moment = read_moment(value.text, now=clock.now, zone=clock.zone)
        if moment is None:
            raise UnreadableValue("expected a date such as 2024-01-31, 2024-01-31T10:00Z, yesterday or 15m")
        return Received(after=after, moment=moment)

    return read


def size(*, larger: bool) -> Reader:
    def read(value: Value, clock: Clock) -> Query:
        octets = _octets(value.text)
        if octets < 1:
            # "larger than nothing" would be every message: more likely a slip than a wish.
            raise UnreadableValue("expected a size such as 500, 20k or 1.5M, at least 1")
        return Size(larger=larger, octets=octets)

    return read


def _parted(value: Value) -> tuple[str, Value | None]:
    """Name and value at the first equals sign that no backslash stands before; a second one asks for the whole."""
    signs = [index for index, letter in enumerate(value.text) if letter == "=" and index not in value.escaped]
    if not signs:
        return value.text, None
    whole = signs[0] + 1 in signs
    return value.text[: signs[0]], Value(text=value.text[signs[0] + 1 + whole :], whole=whole)


def _octets(value: str) -> int:
    """Whole octets of "1.5M", rounded down, units of 1,024; 0 when it is no size."""
    found = _SIZE.fullmatch(value.strip().lower())
    if found is None:
        return 0
    whole, fraction = found[1], found[2] or ""
    return int(whole + fraction) * _UNITS[found[4] or ""] // int(10 ** len(fraction))
