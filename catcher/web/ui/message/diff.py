"""What differs between two texts, line by line and word by word, for people to read. Pure, and bounded.

Ids, dates and tokens differ in every mail that an application sends; masked, they count as equal.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from turbohtml import TokenType, tokenize

MOST_LINES = 2000
"""Lines of a side that are compared; difflib takes time with their product."""
MOST_WORDS = 4000
LINE_CHARACTERS = 2000
WORDS_IN_LINE = 200
CONTEXT = 3
"""Equal lines that are shown around a difference; longer runs are folded."""

SAME, REMOVED, ADDED, MASKED = "same", "removed", "added", "masked"

# Each begins where a word begins and runs to its end, so that no character is looked at more than a few times.
_CHANGING = re.compile(
    r"(?<![\w-])(?:"
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # UUID
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"  # ISO 8601
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?(?: [+-]\d{4})?"  # RFC 5322
    r"|\d{1,2}:\d\d(?::\d\d)?"
    r"|\d{5,}"
    r"|(?=[\w-]*\d)[\w-]{16,}"
    r")(?![\w-])",
    re.ASCII,
)
_DRAWN = "*_#>|-=•·~+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a line. is_changed: it is what makes the line another one."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. kind: SAME, REMOVED (only left), ADDED (only right), or MASKED (differs in what always differs)."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines one after the other. is_folded: equal ones, far from any difference."""

    lines: tuple[Line, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs. removed, added: how many lines or words. is_cut: a side was too long to be compared whole."""

    blocks: tuple[Block, ...]
    removed: int
    added: int
    is_cut: bool = False


def compare_lines(left: Sequence[str], right: Sequence[str], *, is_masked: bool = True) -> Difference:
    """What differs between two sequences of lines."""
    is_cut = max(len(left), len(right)) > MOST_LINES
    left = [line[:LINE_CHARACTERS] for line in left[:MOST_LINES]]
    right = [line[:LINE_CHARACTERS] for line in right[:MOST_LINES]]
    key: Callable[[str], str] = masked if is_masked else str
    lines: list[Line] = []
    for tag, start, end, begin, stop in SequenceMatcher(None, [*map(key, left)], [*map(key, right)]).get_opcodes():
        if tag == "equal":
            lines += [_kept(*pair) for pair in zip(left[start:end], right[begin:stop], strict=True)]
        else:
            lines += _changed(left[start:end], right[begin:stop])
    return _difference(lines, is_cut=is_cut)


def compare_fields(
    left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]], *, is_masked: bool = True
) -> Difference:
    """What differs between two header sections, whatever the order of their fields.

    Fields that are another one in each message (Message-ID, Date, trace) count as masked.
    """
    is_cut = max(len(left), len(right)) > MOST_LINES
    sides = [_by_name(left[:MOST_LINES]), _by_name(right[:MOST_LINES])]
    lines: list[Line] = []
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        here, there = sides[0].get(name, []), sides[1].get(name, [])
        if is_masked and name in _UNIQUE and len(here) == len(there):
            lines += [_kept(*pair) for pair in zip(here, there, strict=True)]
            continue
        key: Callable[[str], str] = masked if is_masked else str
        counted = Counter(map(key, here)) & Counter(map(key, there))
        only = [_beyond(side, counted, key) for side in (here, there)]
        lines += [Line(kind=SAME, pieces=(Piece(text=line),)) for line in there if line not in only[1]]
        lines += _changed(*only)
    return _difference(lines, is_cut=is_cut, context=len(lines))


def compare_words(left: str, right: str) -> Difference:
    """What differs in the words of two texts: layout, letter case, drawn lines and addresses of links do not count."""
    sides = [list(_words(left)), list(_words(right))]
    is_cut = max(map(len, sides)) > MOST_WORDS
    here, there = (side[:MOST_WORDS] for side in sides)
    matcher = SequenceMatcher(None, [word[0] for word in here], [word[0] for word in there])
    lines: list[Line] = []
    removed = added = 0
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            lines.append(_running(SAME, here[start:end]))
        else:
            lines += [_running(REMOVED, here[start:end])] if end > start else []
            lines += [_running(ADDED, there[begin:stop])] if stop > begin else []
            removed, added = removed + end - start, added + stop - begin
    return Difference(blocks=(Block(lines=tuple(lines)),), removed=removed, added=added, is_cut=is_cut)


def masked(line: str) -> str:
    """The line with a sign for everything that differs in each mail: ids, dates, times, tokens, long numbers."""
    return _CHANGING.sub("‹…›", line)


def html_lines(html: str) -> list[str]:
    """The source in a form that only what matters can differ in: a tag or text a line, attributes sorted, white space
    folded, style sheets a rule a line.
    """
    lines: list[str] = []
    for token in tokenize(html):
        if len(lines) > MOST_LINES:
            break
        if token.type == TokenType.TEXT:
            text = " ".join((token.data or "").split())
            lines += (
                [f"{rule.strip()}}}" for rule in text.split("}") if rule.strip()]
                if _is_style(lines)
                else [text]
                if text
                else []
            )
        elif token.type == TokenType.START_TAG:
            written = "".join(
                f' {name}="{" ".join((value or "").split())}"' for name, value in sorted(token.attrs or ())
            )
            lines.append(f"<{token.tag}{written}>")
        elif token.type == TokenType.END_TAG:
            lines.append(f"</{token.tag}>")
        elif token.type == TokenType.COMMENT:
            lines.append(f"<!--{' '.join((token.data or '').split())}-->")
    return lines


_UNIQUE = frozenset(
    {
        "message-id",
        "date",
        "received",
        "x-received",
        "dkim-signature",
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
        "authentication-results",
    }
)


def _attribute(pair: tuple[str, str | None]) -> str:
    return f' {pair[0]}="{" ".join((pair[1] or "").split())}"'


def _is_style(lines: Sequence[str]) -> bool:
    return bool(lines) and lines[-1].startswith("<style")


def _kept(left: str, right: str) -> Line:
    return Line(kind=SAME if left == right else MASKED, pieces=(Piece(text=right),))


def _changed(left: Sequence[str], right: Sequence[str]) -> Iterator[Line]:
    """Lines that stand for each other; pairs of them tell which words differ."""
    pairs = [_paired(*pair) for pair in zip(left, right, strict=False)] if len(left) == len(right) else []
    for number, line in enumerate(left):
        yield Line(kind=REMOVED, pieces=pairs[number][0] if pairs else (Piece(text=line),))
    for number, line in enumerate(right):
        yield Line(kind=ADDED, pieces=pairs[number][1] if pairs else (Piece(text=line),))


def _paired(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    here, there = (re.findall(r"\w+|\W", line)[: WORDS_IN_LINE + 1] for line in (left, right))
    if max(len(here), len(there)) > WORDS_IN_LINE:
        return (Piece(text=left),), (Piece(text=right),)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, start, end, begin, stop in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        for side, words in ((0, here[start:end]), (1, there[begin:stop])):
            if words:
                pieces[side].append(Piece(text="".join(words), is_changed=tag != "equal"))
    return tuple(pieces[0]), tuple(pieces[1])


def _by_name(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, body in fields:
        found.setdefault(name.lower(), []).append(f"{name}: {body[:LINE_CHARACTERS]}")
    return found


def _beyond(lines: Sequence[str], common: Counter[str], key: Callable[[str], str]) -> list[str]:
    """The lines that the other side lacks."""
    left = Counter(common)
    only = []
    for line in lines:
        if left[key(line)] > 0:
            left[key(line)] -= 1
        else:
            only.append(line)
    return only


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Each word as it is compared and as it is shown, with the paragraph's end behind its last one."""
    for paragraph in re.split(r"\n\s*\n", text):
        words = [(_bare(word), word) for word in paragraph.split()]
        words = [(bare, word) for bare, word in words if bare and not bare.startswith(("http://", "https://"))]
        for number, (bare, word) in enumerate(words, 1):
            yield bare, word + ("\n" if number == len(words) else " ")


def _bare(word: str) -> str:
    return word.strip(_DRAWN + "()[]<>.,:;!?").casefold()


def _running(kind: str, words: Sequence[tuple[str, str]]) -> Line:
    return Line(kind=kind, pieces=(Piece(text="".join(word for _, word in words)),))


def _difference(lines: Sequence[Line], *, is_cut: bool, context: int = CONTEXT) -> Difference:
    counts = Counter(line.kind for line in lines)
    blocks = tuple(_folded(lines, context))
    return Difference(blocks=blocks, removed=counts[REMOVED], added=counts[ADDED], is_cut=is_cut)


def _folded(lines: Sequence[Line], context: int) -> Iterator[Block]:
    """The lines in blocks, shown and folded in turn."""
    is_near = [False] * len(lines)
    for number, line in enumerate(lines):
        if line.kind in {REMOVED, ADDED}:
            start, end = max(number - context, 0), min(number + context + 1, len(lines))
            is_near[start:end] = [True] * (end - start)
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or is_near[number] != is_near[start]:
            yield Block(lines=tuple(lines[start:number]), is_folded=not is_near[start])
            start = number
