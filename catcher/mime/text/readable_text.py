"""Snippet and search text of a message, from one pass over its bodies."""

import re
from dataclasses import dataclass

from catcher.mime.content import body_texts
from catcher.mime.fields.words import CONTROLS
from catcher.mime.model import Octets, ParsedMessage
from catcher.mime.text.html import ParsedHtml

SNIPPET = 200
"""Characters of a snippet."""
MAX_SEARCH_TEXT = 1_000_000
"""Characters of search text."""

_MAX_READ = 2 * MAX_SEARCH_TEXT
_SNIPPET_WINDOWS = (400, 1_000, 20_000)
_SNIPPET_EDGE = 8
"""Characters at the end of a window that a wider one may interpret differently, such as the start of a ruled line."""
_SPLITTERS = ("\u00ad", "\u200b", "\u200c", "\u034f", "\ufeff")
"""Invisible characters inside words, which would break a search."""
# Invisible characters that pad the previews of newsletters: soft hyphen, combining grapheme joiner, Arabic letter
# mark, Hangul fillers, Mongolian separators, zero-width space, direction marks, word joiner, byte-order mark
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufffc]+"
)
_PRINTABLE_PADDING = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0\ufffc"
_LOOSE_JOINERS = re.compile("(?:(?<=\\s)|^)[\u200c\u200d]++|(?<![\u200c\u200d])[\u200c\u200d]++(?=\\s|$)")
_DECORATION = re.compile(r"[-_=*~#+.]{4,}")
_HYPHENS_FOR_DECORATION = bytes.maketrans(b"_=*~#+.", b"-------")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableText:
    """Texts of a message for lists and searches.

    snippet: the first words, of the HTML if there is one, on one line. search_text: text bodies and the text of HTML
    bodies with link targets, not folded, at most `MAX_SEARCH_TEXT` characters.
    """

    snippet: str
    search_text: str


def readable_text(octets: Octets, message: ParsedMessage) -> ReadableText:
    """Return snippet and search text of the message, with one parse of its HTML. Never raises."""
    text = "\n".join(body_texts(octets, message, message.text_parts, limit=_MAX_READ))
    html = "\n".join(body_texts(octets, message, message.html_parts, limit=_MAX_READ))
    if not html:
        return ReadableText(snippet=snippet(text), search_text=_searchable(text))
    parsed = ParsedHtml(html)
    return ReadableText(
        snippet=snippet(parsed.text(links=False)) or snippet(text),
        search_text=_searchable(f"{text}\n{parsed.text(links=True)}" if text else parsed.text(links=True)),
    )


def snippet(text: str, *, limit: int = SNIPPET) -> str:
    """Return the first readable words of `text`: one line of at most `limit` characters, and "..." if there are more.

    Invisible padding, ruled lines and runs of white space are removed. "" if nothing is readable.
    """
    for window in _SNIPPET_WINDOWS:
        words = _readable(text[:window])
        if len(words) > limit + _SNIPPET_EDGE or len(text) <= window:
            break
    if len(words) <= limit:
        return words
    cut = words.rfind(" ", limit - 40, limit - 2)
    return words[: cut if cut > 0 else limit - 3].rstrip() + "..."


def _readable(text: str) -> str:
    # Searching for four hyphens takes a tenth of the time of the expression.
    if not text.isascii() or b"----" in text.encode().translate(_HYPHENS_FOR_DECORATION):
        text = _DECORATION.sub(" ", text)
    words = " ".join(text.split())
    if words.isprintable() and (words.isascii() or not any(character in words for character in _PRINTABLE_PADDING)):
        return words
    return " ".join(_LOOSE_JOINERS.sub("", _INVISIBLE.sub("", words.translate(CONTROLS))).split())


def _searchable(text: str) -> str:
    text = text[:MAX_SEARCH_TEXT].replace("\x00", " ")
    if not text.isascii():
        for character in _SPLITTERS:
            text = text.replace(character, "")
    return text
