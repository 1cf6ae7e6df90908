"""HTML as scored content: its blocks as lines with emphasis, and its links. Parsed by turbohtml."""

from dataclasses import dataclass, replace
from itertools import islice

import turbohtml

from catcher.extract.inline_style import (
    BLOCKS,
    NO_STYLE,
    SILENT,
    InlineStyle,
    hidden_names,
    is_named_button,
    is_small_print,
    strength_of,
    style_of,
)
from catcher.extract.lines import MAX_LINE, MAX_LINES, Line, Run, add_urls, normal
from catcher.extract.model import MatchPlace, MatchSource
from catcher.mime.text.html import ParsedHtml
from catcher.mime.text.urls import url_in_attribute

MAX_HTML = 1_000_000
"""Characters of HTML that are read."""
MAX_STYLES = 50_000
"""Characters of a style sheet that are searched for classes that are not displayed."""
MAX_NODES = 100_000
"""Elements and texts of a part that are read."""
MAX_ANCHORS = 2_000
"""Links of a part that are read; images count."""

_CELLS = frozenset({"td", "th", "div", "button", "span", "center", "p"})
_BUTTON_WORDS = 8


@dataclass(slots=True)
class Anchor:
    """One link of a part. line: index of its first line, -1 for none. image: it shows an image instead of text.

    tag: "a", "area" or "img". is_pixel: an invisible image. is_quiet: small print. is_hidden: not displayed.
    """

    url: str
    tag: str
    text: str
    place: MatchPlace
    line: int = -1
    image: bool = False
    is_button: bool = False
    is_pixel: bool = False
    is_quiet: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class HtmlContent:
    """Lines and links of one HTML part. is_cut: whether a limit was reached."""

    lines: list[Line]
    anchors: list[Anchor]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _State:
    """State that nodes inherit. block: number of the enclosing block element. anchor: that of the link, or -1."""

    block: int = 0
    element: int = 0
    strength: float = 0.0
    anchor: int = -1
    is_silent: bool = False
    is_quiet: bool = False
    is_filled: bool = False
    is_hidden: bool = False


def read_html(html: str, part_id: str) -> HtmlContent:
    """Return the lines and links of an HTML part, in document order. Never raises."""
    reader = _Reader(part_id)
    document = ParsedHtml(html[:MAX_HTML], positions=True).document
    is_cut = reader.read(document) or len(html) > MAX_HTML
    return HtmlContent(_with_joined_cells(reader.lines), reader.anchors, is_cut)


class _Reader:
    """Collects lines and links in one pass over the nodes of a document."""

    def __init__(self, part_id: str) -> None:
        self._part_id = part_id
        self.lines: list[Line] = []
        self.anchors: list[Anchor] = []
        self._states: dict[turbohtml.Node, _State] = {}
        self._element = -1
        self._block = -1
        self._line: Line | None = None
        self._hidden_names: frozenset[str] = frozenset()
        self._raw: list[str] = []

    def read(self, document: turbohtml.Document) -> bool:
        """Read the document; return whether a limit was reached."""
        nodes = iter(document.descendants)
        for node in islice(nodes, MAX_NODES):
            if isinstance(node, turbohtml.Element):
                self._element += 1
                self._open(node)
            elif isinstance(node, turbohtml.Text):
                self._text(node)
            if len(self.lines) >= MAX_LINES or len(self.anchors) >= MAX_ANCHORS:
                return True
        self._end_line()
        return next(nodes, None) is not None

    def _above(self, node: turbohtml.Node) -> _State:
        parent = node.parent
        if parent is None or isinstance(parent, turbohtml.Document):
            return _TOP
        return self._states.get(parent, _UNSEEN)

    def _open(self, element: turbohtml.Element) -> None:
        above, tag = self._above(element), element.tag
        if above.is_silent:
            self._states[element] = above
            return
        if tag in SILENT:
            if tag == "style":
                self._hidden_names |= hidden_names(element.text[:MAX_STYLES])
            self._states[element] = replace(above, is_silent=True)
            return
        if tag in ("br", "hr"):
            self._end_line()
        names = f"{element.attr('class') or ''} {element.attr('id') or ''}" if len(element.attrs) else ""
        style = style_of(element.attr("style") or "") if names else NO_STYLE
        is_block = tag in BLOCKS
        state = _State(
            block=self._element if is_block else above.block,
            element=self._element,
            strength=strength_of(tag, style, names, above=above.strength),
            anchor=above.anchor,
            is_quiet=is_small_print(tag, style, names, above=above.is_quiet),
            is_filled=style.is_filled or bool(names and element.attr("bgcolor")) or (above.is_filled and not is_block),
            is_hidden=above.is_hidden or style.is_hidden or bool(names and self._is_hidden(element, names)),
        )
        if names:
            state = self._link(element, state, above, style, names)
        self._states[element] = state

    def _is_hidden(self, element: turbohtml.Element, names: str) -> bool:
        """Return whether its attribute, its class or its id hides an element."""
        if element.attr("hidden") is not None:
            return True
        return bool(self._hidden_names) and not self._hidden_names.isdisjoint(names.split())

    def _link(self, element: turbohtml.Element, state: _State, above: _State, style: InlineStyle, names: str) -> _State:
        """Return the state inside an element; add its link when it is one."""
        tag = element.tag
        if tag in ("a", "area") and (url := url_in_attribute(element.attr("href") or "")):
            is_button = (
                (style.is_filled and (style.is_padded or above.is_filled))
                or (style.is_padded and "inline-block" in (element.attr("style") or ""))
                or is_named_button(names)
                or element.attr("role") == "button"
            )
            label = (element.attr("aria-label") or element.attr("title") or element.attr("alt") or "")[:200]
            place = self._place(element)
            self.anchors.append(
                Anchor(
                    url,
                    tag,
                    label if tag == "area" else "",
                    place,
                    is_button=is_button,
                    is_quiet=state.is_quiet,
                    is_hidden=state.is_hidden,
                )
            )
            if above.is_filled:
                self._maybe_button(element)
            return replace(state, anchor=len(self.anchors) - 1)
        if tag == "img":
            self._image(element, state)
        return state

    def _maybe_button(self, element: turbohtml.Element) -> None:
        """Mark a link that is alone in a coloured cell as a button, as mail templates draw them."""
        parent = element.parent
        if not isinstance(parent, turbohtml.Element) or parent.tag not in _CELLS:
            return
        filled = (child for child in parent.children if not isinstance(child, turbohtml.Text) or child.data.strip())
        is_coloured = parent.attr("bgcolor") or style_of(parent.attr("style") or "").is_filled
        if is_coloured and len(tuple(islice(filled, 2))) == 1:
            self.anchors[-1].is_button |= len(element.text[:200].split()) <= _BUTTON_WORDS

    def _image(self, element: turbohtml.Element, state: _State) -> None:
        alt = " ".join((element.attr("alt") or "")[:200].split())
        url = url_in_attribute(element.attr("src") or "")
        if state.anchor >= 0:
            anchor = self.anchors[state.anchor]
            if not anchor.text:
                anchor.image = True
                anchor.text = alt
                anchor.line = max(anchor.line, len(self.lines) - 1)
        if url and not url.startswith(("data:", "cid:")):
            sides = ((element.attr(side) or "").strip(" px") for side in ("width", "height"))
            is_pixel = state.is_hidden or any(side in ("0", "1") for side in sides)
            self.anchors.append(
                Anchor(url, "img", alt, self._place(element), line=len(self.lines) - 1, image=True, is_pixel=is_pixel)
            )

    def _text(self, node: turbohtml.Text) -> None:
        state = self._above(node)
        data = node.data
        if state.is_silent or not data:
            return
        if state.block != self._block:
            self._end_line()
            self._block = state.block
        data = data[:MAX_HTML]
        self._raw.append(data)
        text = normal(data)
        words = " ".join(text.split())
        if not words:
            if self._line is not None:
                self._add(" ", state, node)
            return
        lead = " " if text[0].isspace() else ""
        tail = " " if text[-1].isspace() else ""
        self._add(lead + words + tail, state, node)

    def _add(self, text: str, state: _State, node: turbohtml.Text) -> None:
        line = self._line
        if line is None:
            text = text.lstrip()
            if not text:
                return
            place = MatchPlace(
                source=MatchSource.HTML, part_id=self._part_id, line=_source_line(node), element=state.element
            )
            line = self._line = Line("", place, is_quiet=state.is_quiet or state.is_hidden)
        if line.text.endswith(" "):
            text = text.lstrip()
        while len(line.text) + len(text) > MAX_LINE:
            room = MAX_LINE - len(line.text)
            self._append(line, text[:room], state)
            text = text[room:]
            self._end_line()
            if len(self.lines) >= MAX_LINES:
                return
            line = self._line = Line("", line.place, is_quiet=line.is_quiet)
        self._append(line, text, state)

    def _append(self, line: Line, text: str, state: _State) -> None:
        start = len(line.text)
        line.text += text
        end = len(line.text)
        if end == start:
            return
        line.runs.append(Run(start, end, state.element, state.strength, is_hidden=state.is_hidden))
        if state.anchor >= 0:
            anchor = self.anchors[state.anchor]
            anchor.image = False
            if anchor.line < 0:
                anchor.line = len(self.lines)
            if len(anchor.text) < 200:
                anchor.text = (anchor.text + text)[:200]
            line.anchors.append((start, end, state.anchor))

    def _end_line(self) -> None:
        line, self._line = self._line, None
        if line is not None and line.text.strip():
            line.text = line.text.rstrip()
            if "://" in line.text:
                add_urls(line, "".join(self._raw))
            self.lines.append(line)
        self._raw = []

    def _place(self, element: turbohtml.Element) -> MatchPlace:
        line = element.source_line or 0
        return MatchPlace(source=MatchSource.HTML, part_id=self._part_id, line=line, element=self._element)


def _source_line(text: turbohtml.Text) -> int:
    """Return the source line of the element around a text; 0 for an implied element."""
    parent = text.parent
    return (parent.source_line or 0) if isinstance(parent, turbohtml.Element) else 0


_TOP = _State()
_UNSEEN = _State(is_silent=True)  # the content of a template has a parent that is no element


def _with_joined_cells(lines: list[Line]) -> list[Line]:
    """Join lines of a single character each, as in a code with a box for every character, in the first of them.

    Line numbers are kept: the other lines become empty.
    """
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_single(lines[end].text):
            end += 1
        group = lines[start:end]
        if 4 <= len(group) <= 10 and not any(line.text.islower() for line in group):
            first = group[0]
            text = "".join(line.text for line in group)
            lines[start] = Line(text, first.place, [Run(0, len(text), first.place.element, 1.5)])
            lines[start + 1 : end] = [Line("", line.place) for line in group[1:]]
        start = max(end, start + 1)
    return lines


def _is_single(text: str) -> bool:
    return len(text) == 1 and text.isalnum() and text.isascii()
