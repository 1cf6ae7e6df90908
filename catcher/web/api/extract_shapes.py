"""The JSON of codes and links, for every route that tells them."""

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from catcher.schema.messages import Count

if TYPE_CHECKING:
    from catcher.extract import Code, Extract, Link, Place

Confidence = Annotated[float, Meta(ge=0, le=1)]


class ExtractPlace(Struct, frozen=True, kw_only=True):
    """Where something stands. line: from 1, 0 outside of texts. element: number of the HTML element, -1 for none.

    part_id: "" for subject and header section.
    """

    source: Literal["subject", "text", "html", "header"]
    part_id: str
    line: Count
    element: int


class ExtractCode(Struct, frozen=True, kw_only=True):
    """One code. value: as it is typed. shown: as the message shows it. confidence: that a person is to type it in."""

    value: str
    shown: str
    kind: Literal["sign-in", "confirmation", "reset", "two-factor", "invitation", "coupon", "other"]
    confidence: Confidence
    place: ExtractPlace


class ExtractLink(Struct, frozen=True, kw_only=True):
    """One link. text: what the reader sees of it. confidence: that the message was sent for it to be followed."""

    url: str
    text: str
    kind: Literal[
        "sign-in", "confirmation", "reset", "invitation", "action", "other", "help", "unsubscribe", "view-in-browser",
        "legal", "social", "mailto", "phone", "image", "tracking",
    ]  # fmt: skip
    confidence: Confidence
    is_button: bool
    place: ExtractPlace


class ExtractAnswer(Struct, frozen=True, kw_only=True):
    """Codes and links of a message, most confident first. code, link: the primary one, null when none is likely.

    is_cut: the message was too large to be read as a whole.
    """

    codes: tuple[ExtractCode, ...]
    links: tuple[ExtractLink, ...]
    code: ExtractCode | None
    link: ExtractLink | None
    is_cut: bool


def extract_answer(found: "Extract") -> ExtractAnswer:
    """What was found as clients see it."""
    return ExtractAnswer(
        codes=tuple(map(_code, found.codes)),
        links=tuple(map(_link, found.links)),
        code=_code(found.primary_code) if found.primary_code else None,
        link=_link(found.primary_link) if found.primary_link else None,
        is_cut=found.is_cut,
    )


def _code(code: "Code") -> ExtractCode:
    return ExtractCode(
        value=code.value,
        shown=code.shown,
        kind=code.kind.value,
        confidence=code.confidence,
        place=_place(code.place),
    )


def _link(link: "Link") -> ExtractLink:
    return ExtractLink(
        url=link.url,
        text=link.text,
        kind=link.kind.value,
        confidence=link.confidence,
        is_button=link.is_button,
        place=_place(link.place),
    )


def _place(place: "Place") -> ExtractPlace:
    return ExtractPlace(source=place.source.value, part_id=place.part_id, line=place.line, element=place.element)
