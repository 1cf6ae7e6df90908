"""One form for all text that is compared: what the store keeps for searching and what a query asks for.

Both sides go through the same functions, so that letter case, composed or decomposed accents, full-width forms,
invisible characters and the width of white space never decide whether something is found.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Characters that leave no mark of their own (Unicode: Default_Ignorable_Code_Point); mail pads its preheaders with
them.
"""

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a UTF-16 pair: no text, and no database takes it."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

_MARKS = '<>",;()'
"""What stands around addresses and words rather than in them: `"<a@b.c>"` is to find a@b.c."""


def _table(*, keeps: bytes = b"") -> bytes:
    """For `bytes.translate` of ASCII text: capitals to small letters, control characters and marks to spaces."""
    table = bytearray(range(256)).lower()
    for octet in (*range(0x20), 0x7F, *_MARKS.encode()):
        table[octet] = 0x20
    for octet in keeps:
        table[octet] = octet
    return bytes(table)


_PLAIN = _table()
_PLAIN_LINES = _table(keeps=b"\n")


def fold(text: str) -> str:
    """`text` for comparing: Unicode NFKC, case folded, invisible characters dropped, white space and control characters
    (every run of them) one space, none at the ends.

    Folding twice changes nothing. Half surrogates become U+FFFD. Never raises; the result may be longer than `text`
    (one character can become 18).
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
        text = unicodedata.normalize("NFKC", text).casefold()
        # Case folding may undo composing, and composing the folding ("ΐ", U+0345): both twice (Unicode §3.13, D146).
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = " ".join((text.lower() if text.isascii() else text).split())
    return text if text.isprintable() else " ".join(_CONTROL.sub(" ", text).split())


def clean(text: str) -> str:
    """`text` as the text columns hold it: folded, and `< > " , ; ( )` count as white space."""
    if text.isascii():
        # Octets, for speed: most text is ASCII, and letter case is all that there is to fold in it.
        return _single_spaces(text.encode().translate(_PLAIN)).strip(b" ").decode()
    text = fold(text)
    for mark in _MARKS:  # translate() takes ten times as long on such text
        text = text.replace(mark, " ")
    return " ".join(text.split())


def clean_all(texts: Sequence[str]) -> list[str]:
    """`clean` of each of the texts. Many short ones take a fraction of the time that as many calls would."""
    joined = "\n".join(texts)
    if not joined.isascii() or joined.count("\n") != len(texts) - 1:
        return _clean_mixed(texts) if texts else []
    octets = _single_spaces(joined.encode().translate(_PLAIN_LINES))
    return octets.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ").decode().split("\n")


def _single_spaces(octets: bytes) -> bytes:
    """Each run of spaces as one space. An expression takes three times as long on text laid out with spaces."""
    if b"  " not in octets:
        return octets
    # What is left of a run of odd length is a pair.
    return b" ".join(filter(None, octets.split(b"  "))).replace(b"  ", b" ")


def _clean_mixed(texts: Sequence[str]) -> list[str]:
    """`clean_all` where some texts are not ASCII, or of several lines."""
    is_simple = [text.isascii() and "\n" not in text for text in texts]
    cleaned = clean_all([text if simple else "" for text, simple in zip(texts, is_simple, strict=True)])
    return [line if simple else clean(text) for text, line, simple in zip(texts, cleaned, is_simple, strict=True)]


def entries(texts: Iterable[str]) -> str:
    """The texts cleaned, one a line, with a line break before the first and after the last; "" when none has anything.

    An entry that occurs twice is kept once: a query cannot tell the difference.
    """
    return as_entries(clean_all(list(texts)))


def as_entries(cleaned: Sequence[str]) -> str:
    """`entries` of texts that are clean already."""
    if not cleaned:
        return ""
    lines = dict.fromkeys(filter(None, cleaned))
    return "\n" + "\n".join(lines) + "\n" if lines else ""
