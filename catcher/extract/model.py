"""Codes and links found in a message, with place and confidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LIKELY = 0.5
"""Minimum confidence of a primary code or link."""


class CodeKind(StrEnum):
    """Purpose of a code. OTHER: a one-time code of unknown purpose. `SPECIAL_KINDS` are for other occasions."""

    SIGN_IN = "sign-in"
    CONFIRMATION = "confirmation"
    RESET = "reset"
    TWO_FACTOR = "two-factor"
    INVITATION = "invitation"
    COUPON = "coupon"
    GIFT_CARD = "gift-card"
    MEETING = "meeting"
    BACKUP = "backup"
    OTHER = "other"


SPECIAL_KINDS = frozenset({CodeKind.COUPON, CodeKind.GIFT_CARD, CodeKind.MEETING, CodeKind.BACKUP})
"""Kinds that are never the primary code."""


class LinkKind(StrEnum):
    """Purpose of a link. ACTION: another action that the mail asks for; ONLINE: the mail itself, on the web."""

    SIGN_IN = "sign-in"
    CONFIRMATION = "confirmation"
    RESET = "reset"
    INVITATION = "invitation"
    ACTION = "action"
    OTHER = "other"
    HELP = "help"
    UNSUBSCRIBE = "unsubscribe"
    ONLINE = "view-in-browser"
    LEGAL = "legal"
    SOCIAL = "social"
    MAILTO = "mailto"
    PHONE = "phone"
    IMAGE = "image"
    TRACKING = "tracking"


class MatchSource(StrEnum):
    """Source of a match."""

    SUBJECT = "subject"
    TEXT = "text"
    HTML = "html"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPlace:
    """Place of a match.

    part_id: as in `mime.Part`, "" for subject and header section. line: from 1, in the text or in the source of the
    HTML; 0 for subject and header section. element: number of the HTML element in document order, -1 for none.
    """

    source: MatchSource
    part_id: str = ""
    line: int = 0
    element: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMatch:
    """One distinct code.

    value: as typed, with ASCII digits and without grouping. shown: as in the message, one line. confidence: 0 to 1,
    that a person is meant to type it. place: the most prominent one. evidence: the values of
    its features; see `scoring`.
    """

    value: str
    shown: str
    kind: CodeKind
    confidence: float
    place: MatchPlace
    evidence: Mapping[str, float] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMatch:
    """One distinct address.

    url: as written, stripped. text: visible text of the link, one line of at most 200 characters. confidence: 0 to 1,
    that the message asks to follow it. is_button: whether it looks like a button. evidence: the values of
    its features; see `scoring`.
    """

    url: str
    text: str
    kind: LinkKind
    confidence: float
    place: MatchPlace
    is_button: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Codes and links of one message, most confident first.

    primary_code: the one-time code that a person would type; never one of `SPECIAL_KINDS`. primary_link: the link that
    the message asks to follow. None when none is likely. is_cut: whether a limit was reached.
    """

    codes: tuple[CodeMatch, ...] = ()
    links: tuple[LinkMatch, ...] = ()
    primary_code: CodeMatch | None = None
    primary_link: LinkMatch | None = None
    is_cut: bool = False

    @property
    def likely_codes(self) -> tuple[CodeMatch, ...]:
        """The codes that a person is probably meant to type, those for other occasions, too."""
        return tuple(code for code in self.codes if code.confidence >= LIKELY)
