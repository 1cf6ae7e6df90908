"""Codes and links of a message."""

from typing import Annotated

from msgspec import Meta, Struct

from catcher.schema.base import Count

_Confidence = Annotated[float, Meta(ge=0, le=1)]

# The kinds are documented, but not enforced: a client accepts the kinds of a newer server.
_TextSource = Annotated[str, Meta(extra_json_schema={"enum": ["header", "html", "subject", "text"]})]
_CodeKind = Annotated[
    str,
    Meta(
        extra_json_schema={
            "enum": [
                "backup", "confirmation", "coupon", "gift-card", "invitation", "meeting", "other", "reset", "sign-in",
                "two-factor",
            ]
        }
    ),
]  # fmt: skip
_LinkKind = Annotated[
    str,
    Meta(
        extra_json_schema={
            "enum": [
                "action", "confirmation", "help", "image", "invitation", "legal", "mailto", "other", "phone", "reset",
                "sign-in", "social", "tracking", "unsubscribe", "view-in-browser",
            ]
        }
    ),
]  # fmt: skip


class ExtractPosition(Struct, frozen=True, kw_only=True):
    """Where a code or link was found.

    part_id: empty for subject and header section. line: from 1, 0 outside texts. element: number of the HTML element in
    document order, -1 for none.
    """

    source: _TextSource
    part_id: str
    line: Count
    element: int


class Feature(Struct, frozen=True, kw_only=True):
    """A reason for or against a code or link.

    points: in the unit of the logistic function, which makes the confidence of their sum: 0 points are 0.5, 2.2 are
    0.9.
    """

    feature: str
    points: float


class Code(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code. value: as a user types it. shown: as the message shows it. confidence: that a user is to type it.

    features: reasons for the confidence, on request.
    """

    value: str
    shown: str
    kind: _CodeKind
    confidence: _Confidence
    place: ExtractPosition
    features: tuple[Feature, ...] = ()

    def __str__(self) -> str:
        return self.value


class Link(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A link. text: its visible text. confidence: that the message was sent for this link to be followed.

    features: reasons for the confidence, on request.
    """

    url: str
    text: str
    kind: _LinkKind
    confidence: _Confidence
    is_button: bool
    place: ExtractPosition
    features: tuple[Feature, ...] = ()

    def __str__(self) -> str:
        return self.url


class Extraction(Struct, frozen=True, kw_only=True):
    """Codes and links of a message, the most confident first. code, link: the primary ones, null if none is likely.

    is_cut: whether the message was too large to be read completely.
    """

    codes: tuple[Code, ...]
    links: tuple[Link, ...]
    code: Code | None
    link: Link | None
    is_cut: bool
