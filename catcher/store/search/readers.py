"""Readers of term values: texts, dates, sizes and states to queries."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeAlias

from catcher.store.search.dates import read_moment
from catcher.store.search.folding import clean, fold
from catcher.store.search.model import Contains, HasId, HasTag, HeaderHas, InInbox, Is, Query, Received, Size


class UnreadableValue(ValueError):
    """A term's value is unreadable; the text says what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Base of relative dates. now: aware. zone: of dates without one."""

    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The value after a term's colon.

    text: without quotation marks, backslashes and a leading `=`. whole: whether there was one.
    escaped: indexes of the characters that a backslash made plain.
    """

    text: str
    whole: bool = False
    escaped: frozenset[int] = frozenset()


Reader: TypeAlias = Callable[[Value, Clock], Query]
"""Function from a term's value to its query; raises UnreadableValue."""


MAX_VALUE = 1_000
"""Maximum length of a value or word in characters, so that comparisons stay cheap."""

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
"""Queries of the words after `is:` and `has:`; of synonyms, the first is printed."""

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE = re.compile(r"(\d{1,12})(?:\.(\d{0,9}))?\s?(?:(b)|([kmg])(?:i?b)?)?", re.ASCII)


def check_length(value: str) -> None:
    """Raise UnreadableValue for a value longer than `MAX_VALUE`."""
    if len(value) > MAX_VALUE:
        raise UnreadableValue(f"expected at most {MAX_VALUE} characters")


def read_word(word: str) -> Query | None:
    """Return the query of a free word or phrase; None if it is empty when cleaned, such as `","`."""
    check_length(word)
    text = clean(word)
    return Contains(column="any", text=text) if text else None


def text_in(column: str) -> Reader:
    """Return a reader of texts in a column."""

    def read(value: Value, clock: Clock) -> Query:
        text = clean(value.text)
        if not text:
            raise UnreadableValue("expected a text to look for")
        return Contains(column=column, text=text, whole=value.whole)

    return read


def header(value: Value, clock: Clock) -> Query:
    """Read the name of a header field, `name=text` or `name==text`."""
    name, body = _parted(value)
    text = clean(body.text) if body else ""
    if not clean(name) or ":" in name or (body and not text):
        raise UnreadableValue("expected the name of a header field, or name=text")
    return HeaderHas(name=clean(name), text=text, whole=body is not None and body.whole)


def tag(value: Value, clock: Clock) -> Query:
    """Read the name of a tag."""
    if not fold(value.text):
        raise UnreadableValue("expected the name of a tag")
    return HasTag(name=fold(value.text))


def inbox(value: Value, clock: Clock) -> Query:
    """Read the name of an inbox."""
    if not fold(value.text):
        raise UnreadableValue("expected the name of an inbox")
    return InInbox(name=fold(value.text))


def store_id(value: Value, clock: Clock) -> Query:
    """Read a store id."""
    if not re.fullmatch("[0-9A-Za-z-]+", value.text):
        raise UnreadableValue("expected a message's store id")
    return HasId(store_id=value.text)


def state(prefix: str) -> Reader:
    """Return a reader of the words in `STATES[prefix]`."""
    words = STATES[prefix]

    def read(value: Value, clock: Clock) -> Query:
        state = words.get(value.text.strip().lower())
        if state is None:
            raise UnreadableValue(f"expected one of {', '.join(words)}")
        return state

    return read


def received(*, after: bool) -> Reader:
    """Return a reader of dates."""

    def read(value: Value, clock: Clock) -> Query:
        moment = read_moment(value.text, now=clock.now, zone=clock.zone)
        if moment is None:
            raise UnreadableValue("expected a date such as 2024-01-31, 2024-01-31T10:00Z, yesterday or 15m")
        return Received(after=after, moment=moment)

    return read


def size(*, larger: bool) -> Reader:
    """Return a reader of sizes."""

    def read(value: Value, clock: Clock) -> Query:
        octets = _octets(value.text)
        if octets < 1:
            # "larger than 0" would match every message: more likely a slip than intended.
            raise UnreadableValue("expected a size such as 500, 20k or 1.5M, at least 1")
        return Size(larger=larger, octets=octets)

    return read


def _parted(value: Value) -> tuple[str, Value | None]:
    """Split name and value at the first unescaped equals sign; a second one matches the whole body."""
    signs = [index for index, letter in enumerate(value.text) if letter == "=" and index not in value.escaped]
    if not signs:
        return value.text, None
    whole = signs[0] + 1 in signs
    return value.text[: signs[0]], Value(text=value.text[signs[0] + 1 + whole :], whole=whole)


def _octets(value: str) -> int:
    """Return the octets of "1.5M", rounded down, in units of 1,024; 0 if it is not a size."""
    found = _SIZE.fullmatch(value.strip().lower())
    if found is None:
        return 0
    whole, fraction = found[1], found[2] or ""
    return int(whole + fraction) * _UNITS[found[4] or ""] // int(10 ** len(fraction))
