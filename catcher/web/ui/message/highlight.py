"""HTML source in coloured pieces, by a tokenizer and not by regular expressions: time grows with length only."""

from collections.abc import Iterator
from dataclasses import dataclass

from turbohtml import Token, TokenType, tokenize

_CLASSES = {
    TokenType.START_TAG: "tag",
    TokenType.END_TAG: "tag",
    TokenType.COMMENT: "comment",
    TokenType.DOCTYPE: "comment",
    TokenType.CHARACTER_REFERENCE: "reference",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of source. kind: "tag", "name", "value", "comment", "reference", "mark", or "" for text."""

    kind: str
    text: str


def pieces(source: str, *, limit: int = 20_000) -> Iterator[Piece]:
    """The source, cut where its colour changes. After `limit` pieces the rest comes as one of plain text.

    The pieces together are the source, character by character.
    """
    place = count = 0
    for token in tokenize(source, capture_source=True, resolve_references=False):
        text = (token.source if token.type != TokenType.TEXT else token.data) or ""
        if not text or not source.startswith(text, place):  # a NUL was replaced: colour no further rather than lose any
            break
        for piece in _cut(token, text):
            yield piece
            count += 1
        place += len(text)
        if count >= limit:
            break
    if place < len(source):
        yield Piece(kind="", text=source[place:])


def _cut(token: Token, text: str) -> Iterator[Piece]:
    if token.type != TokenType.START_TAG or not token.attrs:
        yield Piece(kind=_CLASSES.get(token.type, ""), text=text)
        return
    head = 1 + len(token.tag or "")
    yield Piece(kind="tag", text=text[:head])
    place = head
    for quote in ('"', "'"):
        if quote in text and not (quote == "'" and '"' in text):
            yield from _quoted(text, head, quote)
            return
    yield Piece(kind="name", text=text[place:])


def _quoted(text: str, place: int, quote: str) -> Iterator[Piece]:
    """A tag's attributes, where values stand between `quote`."""
    while (start := text.find(quote, place)) >= 0 and (end := text.find(quote, start + 1)) >= 0:
        yield Piece(kind="name", text=text[place:start])
        yield Piece(kind="value", text=text[start : end + 1])
        place = end + 1
    yield Piece(kind="tag", text=text[place:])
