"""Style sheets and style attributes as a stream of items, bounded in size and depth.

tinycss2 takes about a microsecond per character, and its trees can be as deep as the input; the text is therefore cut
before it is parsed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self, TypeAlias

import tinycss2  # type: ignore[import-untyped]

from catcher.checks.parse.html import HtmlPart, attributes_of

MAX_CSS = 300_000
"""Characters of style sheets and style attributes of a message that are examined; equal attributes count once."""
MAX_TOKENS = 40_000
"""Punctuation characters of them that are examined; these, not words, determine the cost."""
MAX_DEPTH = 60
"""Nested blocks that are examined."""

Node: TypeAlias = Any
"""A node or token of tinycss2, which has no type annotations."""

_BRACKETS = re.compile(r"""/\*(?:.*?\*/|.*)|"(?:[^"\\\n]|\\.)*+|'(?:[^'\\\n]|\\.)*+|\\.|[][{}()]""", re.DOTALL)
_PUNCTUATION = re.compile(r"[^\w\s-]")
_NOT_STYLES = frozenset({"font-face", "page", "counter-style", "property", "font-feature-values", "color-profile"})
_SHEET_TYPES = ("", "text/css")


class NodeKind(Enum):
    """Kind of an item of a style sheet."""

    COMMENT = 1
    AT_RULE = 2
    SELECTOR = 3
    NESTED_RULE = 4
    DECLARATION = 5
    DESCRIPTOR = 6
    """A declaration inside @font-face, @page and the like, which styles no element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleSheet:
    """The examined text of one style element. start: offset of its first character in the text of the part."""

    text: str
    start: int
    element: int


class Budget:
    """Remaining CSS of one message that may be examined. is_spent: whether the limit was reached."""

    def __init__(self, *, characters: int = MAX_CSS, tokens: int = MAX_TOKENS) -> None:
        self._characters = characters
        self._tokens = tokens
        self.is_spent = False

    def copy(self) -> Self:
        """Return an independent copy."""
        made = type(self)(characters=self._characters, tokens=self._tokens)
        made.is_spent = self.is_spent
        return made

    def take(self, text: str) -> str:
        """Return the prefix of `text` that may be parsed: within the budget, and not nested too deep."""
        taken = _shallow(self._within(text[: self._characters]))
        self._characters -= len(taken)
        self.is_spent = self.is_spent or len(taken) < len(text)
        return taken

    def _within(self, text: str) -> str:
        for match in _PUNCTUATION.finditer(text):
            if not self._tokens:
                return text[: match.start()]
            self._tokens -= 1
        return text


def _shallow(text: str) -> str:
    """Return the prefix of `text` before a block that is nested too deep."""
    depth = 0
    for match in _BRACKETS.finditer(text):
        bracket = match[0]
        if bracket in ("{", "(", "["):
            depth += 1
            if depth > MAX_DEPTH:
                return text[: match.start()]
        elif bracket in ("}", ")", "]") and depth:
            depth -= 1
    return text


def sheets_of(part: HtmlPart, budget: Budget) -> tuple[StyleSheet, ...]:
    """Return the CSS style elements of the part, within the budget."""
    return tuple(
        StyleSheet(text=budget.take(element.text), start=part.inside_of(index), element=index)
        for index, element in enumerate(part.elements)
        if element.tag == "style" and attributes_of(element).get("type", "").strip().lower() in _SHEET_TYPES
    )


def walk_sheet(text: str) -> Iterator[tuple[NodeKind, Node]]:
    """Yield the items of a style sheet in document order. The node of SELECTOR is the rule with its prelude.

    Invalid parts are skipped as in a browser. The nodes' `source_line` and `source_column` count from 1.
    """
    # a form feed is a line break in CSS, but not in the line numbers of the HTML
    yield from _walk(tinycss2.parse_stylesheet(text.replace("\f", " "), skip_whitespace=True), parent="")


def walk_declarations(text: str) -> Iterator[tuple[NodeKind, Node]]:
    """Yield the items of a style attribute, like `walk_sheet`."""
    yield from _walk(tinycss2.parse_blocks_contents(text.replace("\f", " "), skip_whitespace=True), parent="style")


def _walk(nodes: list[Node], *, parent: str) -> Iterator[tuple[NodeKind, Node]]:
    for node in nodes:
        if node.type == "comment":
            yield NodeKind.COMMENT, node
        elif node.type == "declaration":
            yield (NodeKind.DESCRIPTOR if parent in _NOT_STYLES else NodeKind.DECLARATION), node
            yield from _comments(node.value)
        elif node.type == "at-rule":
            yield NodeKind.AT_RULE, node
            yield from _walk(_content(node, parent), parent=_below(node.lower_at_keyword, parent))
        elif node.type == "qualified-rule":
            if "keyframes" not in parent:
                yield (NodeKind.NESTED_RULE if parent == "style" else NodeKind.SELECTOR), node
                yield from _comments(node.prelude)
            yield from _walk(tinycss2.parse_blocks_contents(node.content, skip_whitespace=True), parent="style")


def _below(keyword: str, parent: str) -> str:
    """Return the parent of an at-rule's content: that of the rule itself for conditional rules."""
    if "keyframes" in keyword or keyword in _NOT_STYLES:
        return str(keyword)
    return parent


def _content(node: Node, parent: str) -> list[Node]:
    """Return the rules or declarations in an at-rule's block."""
    if node.content is None:
        return []
    if parent == "style" or node.lower_at_keyword in _NOT_STYLES:
        content: list[Node] = tinycss2.parse_blocks_contents(node.content, skip_whitespace=True)
    else:
        content = tinycss2.parse_rule_list(node.content, skip_whitespace=True)
    return content


def _comments(tokens: list[Node]) -> Iterator[tuple[NodeKind, Node]]:
    for token in tokens:
        if token.type == "comment":
            yield NodeKind.COMMENT, token


def tokens_in(tokens: list[Node]) -> Iterator[Node]:
    """Yield all tokens in document order, including those inside functions and blocks."""
    stack = [iter(tokens)]
    while stack:
        token = next(stack[-1], None)
        if token is None:
            stack.pop()
            continue
        yield token
        if token.type == "function":
            stack.append(iter(token.arguments))
        elif token.type in ("() block", "[] block", "{} block"):
            stack.append(iter(token.content))


def urls_in(tokens: list[Node]) -> Iterator[tuple[str, Node]]:
    """Yield the addresses in a value: url(…) with and without quotes, src(), and strings in image-set()."""
    for token in tokens_in(tokens):
        if token.type == "url":
            yield token.value, token
        elif token.type == "function" and token.lower_name in ("url", "src"):
            yield from ((inner.value, token) for inner in token.arguments if inner.type == "string")
        elif token.type == "function" and token.lower_name in ("image-set", "-webkit-image-set"):
            yield from ((inner.value, inner) for inner in token.arguments if inner.type == "string")


class Positions:
    """Offsets of the nodes of one style sheet or style attribute."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def of(self, node: Node) -> int:
        """Return the offset of the node's first character in the text."""
        line = min(node.source_line, len(self._starts))
        return int(self._starts[line - 1] + node.source_column - 1)
