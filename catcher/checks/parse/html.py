"""An HTML part, parsed once for all checks, with source positions.

Offsets count characters of the text with every line break as one "\\n", as both parsers do, so that one function turns
any of them into line and column.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice

import turbohtml

from catcher.checks.model import FindingPlace

MAX_HTML = 2_000_000
"""Characters of an HTML part that are examined."""
MAX_ELEMENTS = 25_000
"""Elements of an HTML part that are examined: about what 2 MB of a real newsletter have."""
MAX_ATTRIBUTES = 500
"""Attributes of one element that are examined."""

_LINE_BREAK = re.compile(r"\r\n?")
_EXCERPT = 80
# possessive: otherwise comments at the start cause exponential backtracking
_DOCTYPE = re.compile(r"(?:\s|\ufeff|<!--(?:(?!-->).)*+-->)*+<!(doctype[^>]*)>", re.IGNORECASE | re.DOTALL)
# start of a comment, including bogus comments (HTML §13.2.5.42, §13.2.5.7)
_COMMENT = re.compile(r"<!(?!doctype)|</(?![a-z])", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class HtmlPart:
    """One HTML part: text, tree and places.

    text: at most `MAX_HTML` characters, line breaks as "\\n". is_cut: whether a limit was reached.
    size: characters of the whole part. sent: returns `SentLines.of_text` of the part.
    """

    def __init__(self, part_id: str, text: str, sent: Callable[[], Sequence[int]] = tuple) -> None:
        self.part_id = part_id
        self._sent = sent
        self.size = len(text)
        self.text = _LINE_BREAK.sub("\n", text[:MAX_HTML])
        self.is_cut = self.size > MAX_HTML

    @cached_property
    def tree(self) -> turbohtml.Document:
        """The document as a browser without scripts builds it."""
        return turbohtml.parse(self.text, source_locations=True)

    @cached_property
    def elements(self) -> tuple[turbohtml.Element, ...]:
        """The elements in document order, at most `MAX_ELEMENTS`; their indexes are `FindingPlace.element`."""
        found = tuple(islice(self.tree.iter_elements(), MAX_ELEMENTS + 1))
        self.is_cut = self.is_cut or len(found) > MAX_ELEMENTS
        return found[:MAX_ELEMENTS]

    @cached_property
    def attributes(self) -> tuple[dict[str, str], ...]:
        """`attributes_of` each element."""
        return tuple(attributes_of(element) for element in self.elements)

    @cached_property
    def _lines(self) -> list[int]:
        starts = [0]
        starts.extend(match.end() for match in re.finditer("\n", self.text))
        return starts

    @cached_property
    def _sent_lines(self) -> Sequence[int]:
        return self._sent()

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of a character."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def place(self, offset: int, element: int = -1) -> FindingPlace:
        """Return the place of a character, and of the element with that index."""
        line, column = self.position(offset)
        return FindingPlace(
            part_id=self.part_id,
            line=line,
            column=column,
            element=element,
            tag=self.elements[element].tag if element >= 0 else "",
            sent_line=self._sent_line(line),
            excerpt=excerpt(self.text[offset : offset + 4 * _EXCERPT]),
        )

    def whole(self) -> FindingPlace:
        """Return the part as a whole."""
        return FindingPlace(part_id=self.part_id, sent_line=self._sent_line(1))

    def _sent_line(self, line: int) -> int:
        """Return the line as sent of a line of the text; the first of the part when only that is known."""
        lines = self._sent_lines
        return lines[line - 1] if line <= len(lines) else lines[0] if lines else 0

    def start_of(self, element: int) -> int:
        """Return the offset of the element's start tag; for an implied element that of the previous explicit one."""
        for index in range(element, -1, -1):
            location = self.elements[index].source_location
            if location is not None:
                return location.start_tag.start_offset
        return 0

    def inside_of(self, element: int) -> int:
        """Return the offset after the element's start tag, 0 for an implied element."""
        location = self.elements[element].source_location
        return location.start_tag.end_offset if location is not None else 0

    def attribute(self, element: int, name: str) -> "Attribute":
        """Return the position of the element's attribute."""
        location = self.elements[element].source_location
        span = location.attrs.get(name) if location is not None else None
        if span is None:
            return Attribute(self.start_of(element), 0, "")
        raw = self.text[span.start_offset : span.end_offset]
        return Attribute(span.start_offset, *_value_of(raw))

    def comments(self) -> Iterator[tuple[int, str]]:
        """Yield offset and text of each comment, including conditional ones.

        The tokenizer does not know foreign content: CDATA inside SVG may be reported as a comment.
        """
        if not _COMMENT.search(self.text):
            return  # most mails: no need to tokenize
        for token in turbohtml.tokenize(self.text):
            if token.type == turbohtml.TokenType.COMMENT:
                yield self._lines[token.line - 1] + token.col, token.data or ""

    @cached_property
    def doctype(self) -> str:
        """The document type declaration as written, without angle brackets; "" without one."""
        match = _DOCTYPE.match(self.text[:10_000])
        return match[1] if match else ""


class Attribute:
    """Position of an attribute in the source, and of each character of its value.

    start: offset of its name.
    """

    def __init__(self, start: int, value_start: int, raw: str) -> None:
        self.start = start
        self._value_start = start + value_start
        self._raw = raw

    def offset(self, index: int) -> int:
        """Return the source offset of character `index` of the decoded value."""
        if "&" not in self._raw:
            return self._value_start + min(index, len(self._raw))
        shift = 0
        for match in _REFERENCE.finditer(self._raw):
            if match.start() - shift >= index:
                break
            shift += len(match[0]) - len(turbohtml.unescape(match[0]))
        return self._value_start + min(index + shift, len(self._raw))


def _value_of(raw: str) -> tuple[int, str]:
    """Return offset and source of the value in `name = "value"`."""
    match = re.match(r"[^=]*=\s*([\"']?)", raw)
    if match is None:
        return 0, ""
    value = raw[match.end() :]
    return match.end(), value[:-1] if match[1] and value.endswith(match[1]) else value


def attributes_of(element: turbohtml.Element) -> dict[str, str]:
    """Return the element's attributes, names in lower case, values decoded; {} above `MAX_ATTRIBUTES`."""
    attributes = element.attrs
    if not len(attributes):
        return {}
    if len(attributes) > MAX_ATTRIBUTES:
        return {}
    return {
        name: value if isinstance(value, str) else (" ".join(value) if value else "")
        for name, value in attributes.copy().items()
    }


def excerpt(text: str) -> str:
    """Return one line of at most 80 characters from the start of `text`, without control characters."""
    line = _CONTROLS.sub("\ufffd", _SPACES.sub(" ", text[: 4 * _EXCERPT])).strip()
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"
