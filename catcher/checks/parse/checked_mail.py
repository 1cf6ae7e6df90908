"""The message a check looks at, and what several checks need of it, made once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import RLock
from typing import Any, Self, TypeVar, cast

from catcher.checks.model import FindingPlace
from catcher.checks.parse.html import HtmlPart
from catcher.checks.parse.source_lines import SentLines
from catcher.envelope import Envelope
from catcher.mime import Bodies, Octets, ParsedMessage, Part, bodies, parse, part_text

MAX_HEADER = 65_536
"""Octets of the header section that fields are looked for in to say where they are."""

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckedMail:
    """One message under examination.

    Derived values are cached with it, and computed once even when several checks in several threads need them.
    octets: as received. message: parsed from them.
    """

    envelope: Envelope
    octets: Octets
    message: ParsedMessage
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False)
    _lock: RLock = field(default_factory=RLock, init=False, repr=False)

    @classmethod
    def of(cls, octets: Octets, envelope: Envelope) -> Self:
        """Parse a message that is not in a store."""
        return cls(envelope=envelope, octets=octets, message=parse(octets))

    def once(self, make: Callable[["CheckedMail"], R]) -> R:
        """Return `make(self)`, computed once per message."""
        with self._lock:
            if make not in self._made:
                self._made[make] = make(self)
            return cast("R", self._made[make])

    @property
    def html_parts(self) -> tuple[HtmlPart, ...]:
        """The HTML that is shown as the body, one for each such part."""
        return self.once(_html_parts)

    @property
    def sent(self) -> SentLines:
        """The lines of the message as sent."""
        return self.once(_sent)

    @cached_property
    def bodies(self) -> Bodies:
        """Text and HTML of the message."""
        return bodies(self.octets, self.message)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of octets and envelope, lower-case hex."""
        digest = hashlib.sha256(repr(self.envelope).encode("utf-8", "backslashreplace") + b"\0")
        digest.update(self.octets)
        return digest.hexdigest()

    def field_bodies(self, name: str) -> tuple[str, ...]:
        """Return the bodies of all header fields of that name, in order; letter case is ignored."""
        wanted = name.lower()
        return tuple(field.body for field in self.message.header if field.name.lower() == wanted)

    def field_place(self, name: str, *, which: int = 0) -> FindingPlace | None:
        """Return the place of occurrence number `which` of a field in the header section, None without it."""
        head = bytes(self.octets[: min(MAX_HEADER, self.message.parts[0].body_start or MAX_HEADER)])
        wanted = name.lower().encode() + b":"
        seen = 0
        for number, line in enumerate(head.splitlines(), start=1):
            if line[: len(wanted)].lower().rstrip(b" \t") == wanted:
                if seen == which:
                    return FindingPlace(
                        line=number, column=1, sent_line=number, excerpt=line[:80].decode("utf-8", "replace")
                    )
                seen += 1
        return None

    def part_place(self, part: Part, field: str = "") -> FindingPlace:
        """Return the place of a whole part; its line is that of the header field of that name, or else of the part."""
        return FindingPlace(part_id=part.part_id, sent_line=self.sent.of_field(part, field))

    def parts_by_content_id(self) -> dict[str, Part]:
        """Return the parts by Content-ID, the first of equal ones."""
        found: dict[str, Part] = {}
        for part in self.message.parts:
            if part.content_id:
                found.setdefault(part.content_id, part)
        return found


def _sent(mail: CheckedMail) -> SentLines:
    return SentLines(mail.octets)


def _html_parts(mail: CheckedMail) -> tuple[HtmlPart, ...]:
    parts = tuple(
        HtmlPart(part.part_id, part_text(mail.octets, part), partial(mail.sent.of_text, part))
        for part in (mail.message.parts[index] for index in mail.message.html_parts)
    )
    for part in parts:
        # built here, under the lock: one tree for all checks
        len(part.attributes)
    return parts
