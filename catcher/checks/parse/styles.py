"""Computed colours and sizes, from inline styles and presentational attributes, with inheritance.

An approximation on purpose: style sheets are not applied, since the styles of mail are mostly inline; what
cannot be known (images behind text, relative units without a base) is left undefined and not checked.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2.color3  # type: ignore[import-untyped]
import turbohtml
from msgspec import Struct
from msgspec.structs import replace

from catcher.checks.parse.css import Node, NodeKind
from catcher.checks.parse.html import HtmlPart
from catcher.checks.parse.sheets import ParsedStyles

Rgb = tuple[float, float, float]
"""Red, green, blue from 0 to 1."""

WHITE: Rgb = (1.0, 1.0, 1.0)
BLACK: Rgb = (0.0, 0.0, 0.0)
_LINK: Rgb = (0.0, 0.0, 238 / 255)

_KEYWORD_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_ABSOLUTE = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_RELATIVE_TAGS = {
    "h1": 2.0,
    "h2": 1.5,
    "h3": 1.17,
    "small": 5 / 6,
    "sub": 5 / 6,
    "sup": 5 / 6,
    "big": 1.2,
    "h5": 0.83,
    "h6": 0.67,
}
_BOLD_TAGS = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_HEX = re.compile(r"[0-9a-fA-F]{6}\Z")


class ComputedStyle(Struct, frozen=True, kw_only=True):
    """Computed style of an element's text. background: None for an image or an unknown colour.

    color_is_set, background_is_set: whether the element or an ancestor sets them. size: pixels.
    """

    color: Rgb = BLACK
    background: Rgb | None = WHITE
    color_is_set: bool = False
    background_is_set: bool = False
    size: float = 16.0
    is_bold: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Declared:
    """Declarations of one style attribute; values as tokens, the last declaration of a property wins."""

    values: dict[str, list[Node]]


class ComputedStyles:
    """The computed style of every element of a part, in document order. styles: of its message."""

    def __init__(self, part: HtmlPart, styles: ParsedStyles) -> None:
        self._parsed = styles
        self._styles: dict[str, _Declared] = {}
        known: dict[turbohtml.Node, ComputedStyle] = {}
        computed: list[ComputedStyle] = []
        for element, attributes in zip(part.elements, part.attributes, strict=True):
            parent = element.parent
            above = known.get(parent, _TOP) if parent is not None else _TOP
            style = self._computed(element.tag, attributes, above)
            known[element] = style
            computed.append(style)
        self.of = tuple(computed)

    def _computed(self, tag: str, attributes: dict[str, str], above: ComputedStyle) -> ComputedStyle:
        style = above
        if tag in _RELATIVE_TAGS or tag in _BOLD_TAGS:
            size = style.size * _RELATIVE_TAGS.get(tag, 1.0)
            style = replace(style, size=size, is_bold=style.is_bold or tag in _BOLD_TAGS)
        if not attributes:
            return style
        if tag == "a" and "href" in attributes:
            style = replace(style, color=_LINK, color_is_set=False)
        style = _with_attributes(style, tag, attributes)
        value = attributes.get("style")
        return _with_style(style, above, self._declared(value)) if value else style

    def _declared(self, value: str) -> _Declared:
        known = self._styles.get(value)
        if known is None:
            values: dict[str, list[Node]] = {}
            for kind, node in self._parsed.of(value).items:
                if kind is NodeKind.DECLARATION:
                    values[node.lower_name] = [t for t in node.value if t.type not in ("whitespace", "comment")]
            known = self._styles[value] = _Declared(values)
        return known


_TOP = ComputedStyle()


def _with_attributes(style: ComputedStyle, tag: str, attributes: dict[str, str]) -> ComputedStyle:
    if "hidden" in attributes:
        style = replace(style, is_hidden=True)
    if tag == "font" and (color := _color_attribute(attributes.get("color", ""))):
        style = replace(style, color=color, color_is_set=True)
    if tag == "font" and attributes.get("size", "") in _FONT_SIZES:
        style = replace(style, size=_FONT_SIZES[attributes["size"]])
    if tag == "body" and (color := _color_attribute(attributes.get("text", ""))):
        style = replace(style, color=color, color_is_set=True)
    if color := _color_attribute(attributes.get("bgcolor", "")):
        style = replace(style, background=color, background_is_set=True)
    if attributes.get("background"):
        style = replace(style, background=None)
    return style


def _color_attribute(text: str) -> Rgb | None:
    plain = text.strip()
    return _written_color("#" + plain if _HEX.match(plain) else plain) if plain else None


def _color(value: Any) -> Rgb | None:
    """Return an opaque colour; None for an invalid or transparent one and for "currentColor"."""
    if value is None or isinstance(value, str) or value.alpha < 1:
        return None
    return (min(1.0, max(0.0, value.red)), min(1.0, max(0.0, value.green)), min(1.0, max(0.0, value.blue)))


def _with_style(style: ComputedStyle, above: ComputedStyle, declared: _Declared) -> ComputedStyle:
    values = declared.values
    if (tokens := values.get("color")) and len(tokens) == 1:
        color = _color_of(tokens[0])
        style = replace(style, color=color, color_is_set=True) if color else style
    for name in ("background-color", "background", "background-image"):
        if tokens := values.get(name):
            style = _with_background(style, name, tokens)
    if tokens := values.get("font-size"):
        style = replace(style, size=_size(tokens[0], above.size))
    if tokens := values.get("font-weight"):
        style = replace(style, is_bold=_is_bold(tokens[0]))
    return replace(style, is_hidden=True) if _hides(values) else style


def _with_background(style: ComputedStyle, name: str, tokens: list[Node]) -> ComputedStyle:
    if any(token.type in ("url",) or (token.type == "function" and not _color_of(token)) for token in tokens):
        return replace(style, background=None)
    colors = [color for token in tokens if (color := _color_of(token))]
    if colors and name != "background-image":
        return replace(style, background=colors[-1], background_is_set=True)
    return style


def _color_of(token: Node) -> Rgb | None:
    if token.type in ("hash", "ident"):  # nearly all: a mail has few colours, and each of them often
        return _written_color(("#" if token.type == "hash" else "") + token.value)
    return _color(tinycss2.color3.parse_color(token))


@lru_cache(maxsize=1_000)
def _written_color(text: str) -> Rgb | None:
    return _color(tinycss2.color3.parse_color(text))


def _size(token: Node, base: float) -> float:
    """Return a font size in pixels; the inherited one when it is unknown."""
    if token.type == "dimension":
        unit = token.lower_unit
        if unit in _ABSOLUTE:
            return float(token.value * _ABSOLUTE[unit])
        if unit == "em":
            return float(token.value * base)
        return float(token.value * 16) if unit == "rem" else base
    if token.type == "percentage":
        return float(token.value * base / 100)
    if token.type == "number" and token.value == 0:
        return 0.0
    return _KEYWORD_SIZES.get(token.lower_value, base) if token.type == "ident" else base


def _is_bold(token: Node) -> bool:
    if token.type == "number":
        return bool(token.value >= 700)
    return token.type == "ident" and token.lower_value in ("bold", "bolder")


def _hides(values: dict[str, list[Node]]) -> bool:
    """Return whether these declarations make the element invisible."""
    words = {
        name: values[name][0]
        for name in ("display", "visibility", "opacity", "max-height", "mso-hide", "font-size")
        if values.get(name)
    }
    if any(
        (token := words.get(name)) is not None and token.type == "ident" and token.lower_value in hiding
        for name, hiding in (("display", ("none",)), ("visibility", ("hidden", "collapse")), ("mso-hide", ("all",)))
    ):
        return True
    if any(_is_at_most(words.get(name), 0) for name in ("opacity", "max-height")):
        return True
    size = words.get("font-size")
    return _is_at_most(size, 0) or (size is not None and size.type == "dimension" and _size(size, 16.0) <= 1)


def _is_at_most(token: Node | None, limit: float) -> bool:
    return token is not None and token.type in ("number", "dimension") and bool(token.value <= limit)


@lru_cache(maxsize=1_000)
def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    first, second = sorted((_luminance(one), _luminance(other)))
    return (second + 0.05) / (first + 0.05)


def _luminance(color: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1_000)
def hexadecimal(color: Rgb) -> str:
    """Return the colour as "#rrggbb"."""
    return "#" + "".join(f"{round(255 * c):02x}" for c in color)
