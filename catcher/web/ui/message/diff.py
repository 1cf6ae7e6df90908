"""Differences between two texts, by line and by word, for people. Pure, and bounded.

Ids, dates and tokens differ in every message of an application; masked, they count as equal.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from turbohtml import TokenType, tokenize

MAX_LINES = 2000
"""Lines of a side that are compared; the time of difflib grows with their product."""
MAX_WORDS = 4000
LINE_CHARACTERS = 2000
WORDS_IN_LINE = 200
CONTEXT = 3
"""Equal lines around a difference; longer runs are folded."""

SAME, REMOVED, ADDED, MASKED = "same", "removed", "added", "masked"

# Each begins and ends at a word boundary, so that no character is visited more than a few times.
_VOLATILE = re.compile(
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
_DECORATION = "*_#>|-=•·~+"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffSpan:
    """A span of a line. is_changed: it differs from the other side."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line. kind: SAME, REMOVED (only left), ADDED (only right), or MASKED (differs in ids, dates or tokens)."""

    kind: str
    spans: tuple[DiffSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffBlock:
    """Consecutive lines. is_folded: equal ones, far from any difference."""

    lines: tuple[DiffLine, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All differences. removed, added: numbers of lines or words. is_cut: a side was too long to be compared whole."""

    blocks: tuple[DiffBlock, ...]
    removed: int
    added: int
    is_cut: bool = False


def compare_lines(left: Sequence[str], right: Sequence[str], *, is_masked: bool = True) -> Difference:
    """Return the differences between two sequences of lines."""
    is_cut = max(len(left), len(right)) > MAX_LINES
    left = [line[:LINE_CHARACTERS] for line in left[:MAX_LINES]]
    right = [line[:LINE_CHARACTERS] for line in right[:MAX_LINES]]
    key: Callable[[str], str] = masked if is_masked else str
    lines: list[DiffLine] = []
    for tag, start, end, begin, stop in SequenceMatcher(None, [*map(key, left)], [*map(key, right)]).get_opcodes():
        if tag == "equal":
            lines += [_kept(*pair) for pair in zip(left[start:end], right[begin:stop], strict=True)]
        else:
            lines += _changed(left[start:end], right[begin:stop])
    return _difference(lines, is_cut=is_cut)


def compare_fields(
    left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]], *, is_masked: bool = True
) -> Difference:
    """Return the differences between two header sections, regardless of the order of their fields.

    Fields that are unique to each message (Message-ID, Date, trace) count as masked.
    """
    is_cut = max(len(left), len(right)) > MAX_LINES
    sides = [_by_name(left[:MAX_LINES]), _by_name(right[:MAX_LINES])]
    lines: list[DiffLine] = []
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        here, there = sides[0].get(name, []), sides[1].get(name, [])
        if is_masked and name in _UNIQUE and len(here) == len(there):
            lines += [_kept(*pair) for pair in zip(here, there, strict=True)]
            continue
        key: Callable[[str], str] = masked if is_masked else str
        counted = Counter(map(key, here)) & Counter(map(key, there))
        only = [_beyond(side, counted, key) for side in (here, there)]
        lines += [DiffLine(kind=SAME, spans=(DiffSpan(text=line),)) for line in there if line not in only[1]]
        lines += _changed(*only)
    return _difference(lines, is_cut=is_cut, context=len(lines))


def compare_words(left: str, right: str) -> Difference:
    """Return the differences between the words of two texts, without layout, case, decoration and link addresses."""
    sides = [list(_words(left)), list(_words(right))]
    is_cut = max(map(len, sides)) > MAX_WORDS
    here, there = (side[:MAX_WORDS] for side in sides)
    matcher = SequenceMatcher(None, [word[0] for word in here], [word[0] for word in there])
    lines: list[DiffLine] = []
    removed = added = 0
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            lines.append(_words_line(SAME, here[start:end]))
        else:
            lines += [_words_line(REMOVED, here[start:end])] if end > start else []
            lines += [_words_line(ADDED, there[begin:stop])] if stop > begin else []
            removed, added = removed + end - start, added + stop - begin
    return Difference(blocks=(DiffBlock(lines=tuple(lines)),), removed=removed, added=added, is_cut=is_cut)


def masked(line: str) -> str:
    """Return the line with a placeholder for ids, dates, times, tokens and long numbers."""
    return _VOLATILE.sub("‹…›", line)


def html_lines(html: str) -> list[str]:
    """Return the source in normal form: one tag, text or style rule a line, attributes sorted, white space folded."""
    lines: list[str] = []
    for token in tokenize(html):
        if len(lines) > MAX_LINES:
            break
        if token.type == TokenType.TEXT:
            text = " ".join((token.data or "").split())
            if lines and lines[-1].startswith("<style"):
                lines += [f"{rule.strip()}}}" for rule in text.split("}") if rule.strip()]
            elif text:
                lines.append(text)
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


def _kept(left: str, right: str) -> DiffLine:
    return DiffLine(kind=SAME if left == right else MASKED, spans=(DiffSpan(text=right),))


def _changed(left: Sequence[str], right: Sequence[str]) -> Iterator[DiffLine]:
    """Yield lines that replace each other; equal numbers of them are compared by words."""
    pairs = [_paired(*pair) for pair in zip(left, right, strict=False)] if len(left) == len(right) else []
    for number, line in enumerate(left):
        yield DiffLine(kind=REMOVED, spans=pairs[number][0] if pairs else (DiffSpan(text=line),))
    for number, line in enumerate(right):
        yield DiffLine(kind=ADDED, spans=pairs[number][1] if pairs else (DiffSpan(text=line),))


def _paired(left: str, right: str) -> tuple[tuple[DiffSpan, ...], tuple[DiffSpan, ...]]:
    here, there = (re.findall(r"\w+|\W", line)[: WORDS_IN_LINE + 1] for line in (left, right))
    if max(len(here), len(there)) > WORDS_IN_LINE:
        return (DiffSpan(text=left),), (DiffSpan(text=right),)
    spans: tuple[list[DiffSpan], list[DiffSpan]] = ([], [])
    for tag, start, end, begin, stop in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        for side, words in ((0, here[start:end]), (1, there[begin:stop])):
            if words:
                spans[side].append(DiffSpan(text="".join(words), is_changed=tag != "equal"))
    return tuple(spans[0]), tuple(spans[1])


def _by_name(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, body in fields:
        found.setdefault(name.lower(), []).append(f"{name}: {body[:LINE_CHARACTERS]}")
    return found


def _beyond(lines: Sequence[str], common: Counter[str], key: Callable[[str], str]) -> list[str]:
    """Return the lines that the other side lacks."""
    left = Counter(common)
    only = []
    for line in lines:
        if left[key(line)] > 0:
            left[key(line)] -= 1
        else:
            only.append(line)
    return only


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word as it is compared and as it is shown; the last one of a paragraph ends with a line break."""
    for paragraph in re.split(r"\n\s*\n", text):
        words = [(_bare(word), word) for word in paragraph.split()]
        words = [(bare, word) for bare, word in words if bare and not bare.startswith(("http://", "https://"))]
        for number, (bare, word) in enumerate(words, 1):
            yield bare, word + ("\n" if number == len(words) else " ")


def _bare(word: str) -> str:
    return word.strip(_DECORATION + "()[]<>.,:;!?").casefold()


def _words_line(kind: str, words: Sequence[tuple[str, str]]) -> DiffLine:
    return DiffLine(kind=kind, spans=(DiffSpan(text="".join(word for _, word in words)),))


def _difference(lines: Sequence[DiffLine], *, is_cut: bool, context: int = CONTEXT) -> Difference:
    counts = Counter(line.kind for line in lines)
    blocks = tuple(_folded(lines, context))
    return Difference(blocks=blocks, removed=counts[REMOVED], added=counts[ADDED], is_cut=is_cut)


def _folded(lines: Sequence[DiffLine], context: int) -> Iterator[DiffBlock]:
    """Yield the lines in blocks, visible and folded ones in turn."""
    is_near = [False] * len(lines)
    for number, line in enumerate(lines):
        if line.kind in {REMOVED, ADDED}:
            start, end = max(number - context, 0), min(number + context + 1, len(lines))
            is_near[start:end] = [True] * (end - start)
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or is_near[number] != is_near[start]:
            yield DiffBlock(lines=tuple(lines[start:number]), is_folded=not is_near[start])
            start = number
