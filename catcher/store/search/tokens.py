"""Lexer of queries: words, parentheses and OR, with their positions.

Only this module interprets quotation marks and backslashes. `parser` has the grammar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from catcher.store.search.terms import BY_NAME

Kind: TypeAlias = Literal["word", "open", "close", "or"]

_ESCAPABLE = frozenset('"\\-!:=()')
"""Characters that a backslash escapes; before others it is literal, so that C:\\temp can be typed."""


_LONGEST_NAME = max(map(len, BY_NAME))


@dataclass(frozen=True, slots=True)
class QueryToken:
    """A condition of a query as typed: `text` is `query[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One lexical piece.

    text: of a word, without quotation marks and backslashes; of an opening parenthesis, the prefix directly before it:
        "" or "name:" of a term. escaped: indexes of the characters of `text` that a backslash made plain.
    negated: whether `-` or `!` stood before it; the sign is not part of `text`.
    colon: index of the first colon of a word that is neither quoted nor escaped, -1 without one.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    escaped: frozenset[int] = frozenset()
    negated: bool = False
    colon: int = -1


def pieces(query: str) -> Iterator[Piece]:
    """Yield the pieces in order; never fails.

    An unmatched closing parenthesis, and parentheses inside a word, are literal: `:)`, `f(x)`.
    """
    position = depth = 0
    while position < len(query):
        if query[position].isspace():
            position += 1
            continue
        piece = _piece(query, position, depth)
        depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        position = piece.end
        yield piece


def tokens(query: str) -> list[QueryToken]:
    """Return the top-level conditions as typed, to be shown and removed singly.

    A group is one token, and so is a whole query with OR on its top level. Never raises.
    """
    found: list[QueryToken] = []
    depth = start = 0
    for piece in pieces(query):
        if piece.kind == "or" and depth == 0:
            return [_token(query, len(query) - len(query.lstrip()), len(query.rstrip()))]
        if piece.kind == "close":
            depth -= 1
        elif depth == 0:
            start = piece.start
        if piece.kind == "open":
            depth += 1
        if depth == 0:
            found.append(_token(query, start, piece.end))
    if depth:
        found.append(_token(query, start, len(query.rstrip())))
    return found


def _token(query: str, start: int, end: int) -> QueryToken:
    return QueryToken(start, end, query[start:end])


def _piece(query: str, start: int, depth: int) -> Piece:
    """Return the piece that begins at `start`, a non-space character."""
    if depth and query[start] == ")":
        return Piece(kind="close", start=start, end=start + 1)
    opening = _opening(query, start)
    if opening is not None:
        return opening
    if query[start : start + 2] == "OR" and _ends_word(query, start + 2, depth):
        return Piece(kind="or", start=start, end=start + 2)
    return _word(query, start, depth)


def _ends_word(query: str, position: int, depth: int) -> bool:
    following = query[position : position + 1]
    return not following or following.isspace() or (depth > 0 and following == ")")


def _opening(query: str, start: int) -> Piece | None:
    """Return the opening `(`, `-(`, `name:(` or `-name:(` at `start`."""
    negated = query[start] in "-!"
    begin = start + negated
    end = query.find("(", begin, begin + _LONGEST_NAME + 2)
    if end < 0:
        return None
    prefix = query[begin:end].lower()
    if prefix and not (prefix.endswith(":") and prefix[:-1] in BY_NAME):
        return None
    return Piece(kind="open", start=start, end=end + 1, text=prefix, negated=negated)


def _word(query: str, start: int, depth: int) -> Piece:
    letters: list[str] = []
    escaped: set[int] = set()
    quoted, inner, position, colon = False, 0, start, -1
    while position < len(query):
        letter = query[position]
        if letter == "\\" and query[position + 1 : position + 2] in _ESCAPABLE:
            position += 1
            escaped.add(len(letters))
            letters.append(query[position])
        elif letter == '"':
            quoted = not quoted
        elif quoted:
            letters.append(letter)
        elif letter.isspace() or (letter == ")" and depth and not inner):
            break
        else:
            inner += (letter == "(") - (letter == ")")
            if letter == ":" and colon < 0:
                colon = len(letters)
            letters.append(letter)
        position += 1
    negated = len(letters) > 1 and letters[0] in "-!" and 0 not in escaped
    text = "".join(letters[negated:])
    return Piece(
        kind="word",
        start=start,
        end=position,
        text=text,
        escaped=frozenset(index - negated for index in escaped),
        negated=negated,
        colon=colon - negated if colon >= 0 else -1,
    )
