"""Features of style sheets and style attributes. Source: CSS Syntax 3, Selectors 4, CSS Nesting 1."""

import re
from collections.abc import Iterable, Iterator

from catcher.checks.features import tables
from catcher.checks.features.images import image_features
from catcher.checks.parse.css import Node, NodeKind, tokens_in, urls_in

_PREFIX = re.compile(r"^-(?:webkit|moz|ms|o|khtml)-")
_COMBINATORS = {
    ">": "css-selector-child",
    "+": "css-selector-adjacent-sibling",
    "~": "css-selector-general-sibling",
}

Use = tuple[str, Node]
"""A feature and its node."""


def css_features(items: Iterable[tuple[NodeKind, Node]]) -> Iterator[Use]:
    """Yield every use of a feature in the items of `walk_sheet` or `walk_declarations`, in document order.

    Each feature is yielded once per declaration or selector.
    """
    for kind, node in items:
        if kind is NodeKind.COMMENT:
            yield "css-comments", node
        elif kind is NodeKind.DECLARATION:
            yield from _once(_of_declaration(node))
        elif kind is NodeKind.AT_RULE:
            yield from _once(_of_at_rule(node))
        elif kind is NodeKind.SELECTOR:
            yield from _once(_of_selector(node.prelude))
        elif kind is NodeKind.NESTED_RULE:
            yield "css-nesting", node
            yield from _once(_of_selector(node.prelude))


def _once(uses: Iterator[Use]) -> Iterator[Use]:
    seen: set[str] = set()
    for feature, node in uses:
        if feature not in seen:
            seen.add(feature)
            yield feature, node


def unprefixed(name: str) -> str:
    """Return the name without vendor prefix."""
    return _PREFIX.sub("", name) if name.startswith("-") else name


def _of_declaration(node: Node) -> Iterator[Use]:
    if node.name.startswith("--"):
        yield "css-variables", node
        return
    name = unprefixed(node.lower_name)
    plain = [token for token in node.value if token.type not in ("whitespace", "comment")]
    special = [tables.VALUES.get((name, token.lower_value)) for token in plain if token.type == "ident"]
    if not (name == "display" and any(special)):
        if name == "display":
            yield "css-display", node
        for feature in tables.PROPERTIES.get(name, ()):
            yield feature, node
    for keyword in special:
        if keyword is not None:
            yield keyword, node
    if node.important:
        yield "css-important", node
    for token in tokens_in(node.value):
        found = _of_value(token)
        if found is not None:
            yield found, token
    for url, token in urls_in(node.value):
        for feature in image_features(url):
            yield feature, token


def _of_value(token: Node) -> str | None:
    """Return the feature of one token of a value."""
    if token.type == "dimension":
        return tables.UNITS.get(token.lower_unit)
    if token.type == "percentage":
        return "css-unit-percent"
    if token.type == "function":
        return tables.FUNCTIONS.get(unprefixed(token.lower_name))
    if token.type == "ident":
        return tables.KEYWORDS.get(unprefixed(token.lower_value))
    return None


def _of_at_rule(node: Node) -> Iterator[Use]:
    keyword = unprefixed(node.lower_at_keyword)
    feature = tables.AT_RULES.get(keyword)
    if feature is not None:
        yield feature, node
    if keyword in ("media", "import"):
        for token in tokens_in(node.prelude):
            if token.type == "ident" and (found := tables.MEDIA_FEATURES.get(unprefixed(token.lower_value))):
                yield found, token
            elif token.type == "dimension" and (unit := tables.UNITS.get(token.lower_unit)):
                yield unit, token


class _Selector:
    """State while reading a selector list token by token."""

    def __init__(self) -> None:
        self.simple = 0  # classes, ids and attributes in this compound
        self.has_compound = False
        self.space: Node | None = None  # white space behind a compound: a combinator if another one follows
        self.colons: list[Node] = []

    def end_of_compound(self) -> None:
        self.simple = 0
        self.has_compound = False
        self.space = None


def _of_selector(prelude: list[Node]) -> Iterator[Use]:
    state = _Selector()
    dot: Node | None = None
    for token in prelude:
        literal = token.value if token.type == "literal" else ""
        if token.type == "comment":
            continue
        if token.type == "whitespace":
            state.space = token if state.has_compound else None
        elif literal == ",":
            yield "css-selector-grouping", token
            state.end_of_compound()
        elif literal in _COMBINATORS:
            yield _COMBINATORS[literal], token
            state.end_of_compound()
        elif literal == ":":
            state.colons.append(token)
            if len(state.colons) == 1:
                yield from _joined(state)
            continue
        elif literal == ".":
            dot = token
            continue
        else:
            yield from _simple(token, state, dot)
        state.colons = []
        dot = None


def _joined(state: _Selector) -> Iterator[Use]:
    """Continue or begin a compound; after white space it is a descendant of the previous compound."""
    if state.space is not None:
        yield "css-selector-descendant", state.space
        state.end_of_compound()
    state.has_compound = True


def _simple(token: Node, state: _Selector, dot: Node | None) -> Iterator[Use]:
    if state.colons:
        yield from _pseudo(token, state.colons)
        return
    yield from _joined(state)
    if token.type == "ident" and dot is None:
        yield "css-selector-type", token
        return
    if token.type == "literal":
        if token.value == "*":
            yield "css-selector-universal", token
        return
    if token.type == "ident":
        yield "css-selector-class", dot
    elif token.type == "hash":
        yield "css-selector-id", token
    elif token.type == "[] block":
        yield "css-selector-attribute", token
    else:
        return
    state.simple += 1
    if state.simple == 2:
        yield "css-selector-chaining", dot or token


def _pseudo(token: Node, colons: list[Node]) -> Iterator[Use]:
    if token.type not in ("ident", "function"):
        return
    name = unprefixed(token.lower_value if token.type == "ident" else token.lower_name)
    if name == "input-placeholder":
        name = "placeholder"
    classes = tables.PSEUDO_CLASSES.get(name) if len(colons) == 1 else None
    found = classes or tables.PSEUDO_ELEMENTS.get(name)
    if found is not None:
        yield found, colons[0]
    if token.type == "function" and name in ("not", "has", "is", "where", "matches"):
        yield from _of_selector(token.arguments)
