"""What is found in a message: codes and links as values, each with its place and how sure it is."""

import math
from dataclasses import dataclass
from enum import StrEnum

LIKELY = 0.5
"""Confidence from which a code or link may be the primary one; below it is a "maybe"."""


class CodeKind(StrEnum):
    """What a code is for. OTHER: a one-time code whose purpose the mail does not tell."""

    SIGN_IN = "sign-in"
    CONFIRMATION = "confirmation"
    RESET = "reset"
    TWO_FACTOR = "two-factor"
    INVITATION = "invitation"
    COUPON = "coupon"
    OTHER = "other"


class LinkKind(StrEnum):
    """What a link is for. ACTION: what else the mail asks to do; ONLINE: the mail itself, on the web."""

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
    """Where in a message something was found."""

    SUBJECT = "subject"
    TEXT = "text"
    HTML = "html"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPlace:
    """Where something stands.

    part_id: as in `mime.Part`, "" for subject and header section. line: from 1, in the text or in the source of the
    HTML; 0 for subject and header section. element: number of the HTML element in document order, -1 for none.
    """

    source: MatchSource
    part_id: str = ""
    line: int = 0
    element: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMatch:
    """One code, told once however often the message shows it.

    value: as it is typed, with ASCII digits and without what groups it. shown: as the message shows it, one line.
    confidence: 0 to 1, that a person is meant to type it in. place: where it stands out most.
    """

    value: str
    shown: str
    kind: CodeKind
    confidence: float
    place: MatchPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMatch:
    """One address, told once however often the message links to it.

    url: as written, white space around it taken off. text: what the reader sees of it, one line of at most 200
    characters, "" for none. confidence: 0 to 1, that the message was sent for this link to be followed.
    is_button: whether it looks like a button.
    """

    url: str
    text: str
    kind: LinkKind
    confidence: float
    place: MatchPlace
    is_button: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Codes and links of one message, most confident first.

    primary_code: the one-time code a person would type; never a coupon. primary_link: the one the message asks to
    follow. None when there is none that is likely. is_cut: the message was too large to be read as a whole.
    """

    codes: tuple[CodeMatch, ...] = ()
    links: tuple[LinkMatch, ...] = ()
    primary_code: CodeMatch | None = None
    primary_link: LinkMatch | None = None
    is_cut: bool = False

    @property
    def likely_codes(self) -> tuple[CodeMatch, ...]:
        """The codes that a person is probably meant to type in, coupons too."""
        return tuple(code for code in self.codes if code.confidence >= LIKELY)


def confidence_of(points: float) -> float:
    """Return the confidence that points stand for: the logistic function, two digits."""
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, points)))), 2)
