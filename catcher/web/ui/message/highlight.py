"""Syntax highlighting of HTML source, by a tokenizer and not by regular expressions: time is linear in its length."""

from collections.abc import Iterator
from dataclasses import dataclass

from turbohtml import Token, TokenType, tokenize

_KINDS = {
    TokenType.START_TAG: "tag",
    TokenType.END_TAG: "tag",
    TokenType.COMMENT: "comment",
    TokenType.DOCTYPE: "comment",
    TokenType.CHARACTER_REFERENCE: "reference",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceToken:
    """A piece of source. kind: "tag", "name", "value", "comment", "reference", "mark", or "" for text."""

    kind: str
    text: str


def highlighted(source: str, *, limit: int = 20_000) -> Iterator[SourceToken]:
    """Yield the source as tokens; after `limit` tokens the rest as one of plain text.

    The tokens together are the source, character by character.
    """
    position = count = 0
    for token in tokenize(source, capture_source=True, resolve_references=False):
        text = (token.source if token.type != TokenType.TEXT else token.data) or ""
        if not text or not source.startswith(text, position):  # a NUL was replaced: stop here, so that nothing is lost
            break
        for piece in _tokens(token, text):
            yield piece
            count += 1
        position += len(text)
        if count >= limit:
            break
    if position < len(source):
        yield SourceToken(kind="", text=source[position:])


def _tokens(token: Token, text: str) -> Iterator[SourceToken]:
    if token.type != TokenType.START_TAG or not token.attrs:
        yield SourceToken(kind=_KINDS.get(token.type, ""), text=text)
        return
    head = 1 + len(token.tag or "")
    yield SourceToken(kind="tag", text=text[:head])
    for quote in ('"', "'"):
        if quote in text and not (quote == "'" and '"' in text):
            yield from _attributes(text, head, quote)
            return
    yield SourceToken(kind="name", text=text[head:])


def _attributes(text: str, position: int, quote: str) -> Iterator[SourceToken]:
    """Yield the attributes of a tag whose values are in quotes of one kind."""
    while (start := text.find(quote, position)) >= 0 and (end := text.find(quote, start + 1)) >= 0:
        yield SourceToken(kind="name", text=text[position:start])
        yield SourceToken(kind="value", text=text[start : end + 1])
        position = end + 1
    yield SourceToken(kind="tag", text=text[position:])
