"""Emphasis of HTML elements by tag, class, id and inline style.

Of style sheets only the classes that are not displayed are read: mail programs strip many sheets, so that what matters
in mail is inline.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_BLOCK_TAGS = (
    "address article aside blockquote body button caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr html li main nav ol option p pre section table tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCK_TAGS.split())
"""Elements that begin a line."""
SILENT = frozenset(("head", "script", "style", "template", "title", "noscript", "object", "svg", "math", "select"))
"""Elements that are skipped."""

_STRENGTH = {"b": 0.6, "strong": 0.6, "h1": 1.2, "h2": 1.0, "h3": 0.8, "h4": 0.6, "th": 0.4, "code": 1.0, "kbd": 1.0}
_STRENGTH |= {"tt": 0.8, "samp": 0.8, "pre": 0.8, "big": 0.6, "mark": 0.8, "em": 0.3, "u": 0.3}
_CODE_NAME = re.compile(r"(?:^|[\s_-])(?:otp|code|pin|token|passcode|verification)(?:$|[\s_-])", re.IGNORECASE)
_BUTTON_NAME = re.compile(r"(?:^|[\s_-])(?:btn|button|cta)(?:$|[\s_-])", re.IGNORECASE)
_SMALL_NAME = re.compile(r"(?:^|[\s_-])(?:footer|foot|legal|disclaimer|fineprint)(?:$|[\s_-])", re.IGNORECASE)
_SIZE = re.compile(r"font(?:-size)?\s*:[^;]*?(\d{1,3}(?:\.\d{1,3})?)\s*(px|pt|em|rem)", re.IGNORECASE)
_SPACING = re.compile(r"letter-spacing\s*:\s*0*\.?0*[1-9]", re.IGNORECASE)
_BOLD = re.compile(r"font(?:-weight)?\s*:[^;]*?(?:bold|[6-9]00)", re.IGNORECASE)
_MONO = re.compile(r"font(?:-family)?\s*:[^;]*?(?:mono|courier|consolas|menlo)", re.IGNORECASE)
_FILLED = re.compile(
    r"background(?:-color)?\s*:(?!\s*(?:transparent|none|inherit|#fff(?:fff)?\b|white))", re.IGNORECASE
)
_PADDED = re.compile(r"padding[a-z-]*\s*:\s*(?!0)|border(?:-radius)?\s*:\s*(?!0|none)", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:max-height|opacity)\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|"
    r"font-size\s*:\s*[01](?:px|pt)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0}
_LARGE, _SMALL = 20.0, 12.0
_MAX_STYLE = 2_000


@dataclass(frozen=True, slots=True)
class InlineStyle:
    """Properties of a style attribute. strength: emphasis. size: pixels, 0 when not set."""

    strength: float = 0.0
    size: float = 0.0
    is_filled: bool = False
    is_padded: bool = False
    is_hidden: bool = False


NO_STYLE = InlineStyle()


@lru_cache(maxsize=2_000)
def style_of(style: str) -> InlineStyle:
    """Return the properties of a style attribute, of which the first 2,000 characters are read."""
    style = style[:_MAX_STYLE]
    if not style:
        return NO_STYLE
    size = 0.0
    if match := _SIZE.search(style):
        size = float(match[1]) * _PIXELS[match[2].lower()]
    is_filled = bool(_FILLED.search(style))
    is_padded = bool(_PADDED.search(style))
    strength = 0.8 if size >= _LARGE else 0.0
    strength += 0.8 if _SPACING.search(style) else 0.0
    strength += 0.4 if _BOLD.search(style) else 0.0
    strength += 0.6 if _MONO.search(style) else 0.0
    strength += 0.4 if is_filled and is_padded else 0.0
    return InlineStyle(strength, size, is_filled, is_padded, bool(_HIDDEN.search(style)))


def strength_of(tag: str, style: InlineStyle, names: str, *, above: float) -> float:
    """Return the emphasis of an element, 0 to 2. names: its class and id. above: emphasis of its parent."""
    own = style.strength + _STRENGTH.get(tag, 0.0)
    if len(names) > 1 and _CODE_NAME.search(names):
        own += 1.0
    return min(2.0, above * 0.7 + own)


def is_small_print(tag: str, style: InlineStyle, names: str, *, above: bool) -> bool:
    """Return whether an element is a footer or has small letters, or inherits either."""
    if style.size:
        return style.size < _SMALL or (above and style.size <= _SMALL)
    return above or tag in ("footer", "small") or (len(names) > 1 and bool(_SMALL_NAME.search(names)))


_NAME = re.compile(r"\s*[a-z]{0,10}[.#]([\w-]{1,50})\s*\Z")


def hidden_names(sheet: str) -> frozenset[str]:
    """Return the classes and ids that a style sheet does not display, whatever the width of the window.

    Only selectors of one class or id count. Rules inside of others (`@media`) are for some windows only.
    """
    found = set()
    depth = 0
    for rule in sheet.split("}"):
        selectors, brace, body = rule.rpartition("{")
        depth += rule.count("{")
        if brace and depth == 1 and _HIDDEN.search(body):
            found |= {match[1] for each in selectors.split(",") if (match := _NAME.match(each))}
        depth = max(0, depth - 1)
    return frozenset(found)


def is_named_button(names: str) -> bool:
    """Return whether class or id name a button."""
    return bool(_BUTTON_NAME.search(names))
