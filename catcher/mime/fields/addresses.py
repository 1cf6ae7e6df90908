"""Tolerant, single-pass parser of address fields. Source: RFC 5322 §3.4, §4.4."""

import re
from collections.abc import Iterator
from itertools import islice

from catcher.mime.fields.words import decode_words, one_line
from catcher.mime.model import Address

MAX_TEXT = 1_000_000
"""Characters of an address field that are parsed."""

# An encoded-word is one piece even if it contains raw specials, which RFC 2047 forbids but senders write.
_PIECE = re.compile(r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?\s]{0,1000}\?=|[,;:<>()\"=]|[^,;:<>()\"=]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_PAREN = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"(?<!\s)\s*([@.])\s*")
_COMMENT_MARK = re.compile(r'"(?:[^"\\]|\\.)*+"|\\.|[()]', re.DOTALL)
_ROUTE = re.compile(r"\s*@[^:<>\"]*+:")
# One mailbox in the plainest form, which covers nearly every From field.
_SIMPLE = re.compile(
    r"([^\"(),:;<>@\[\]\\=?]*+)<([^\s\"(),:;<>\[\]\\]++)>\s*+$"  # a name without special characters, <addr-spec>
    r"|([^\s\"(),:;<>@\[\]\\=?]++@[^\s\"(),:;<>@\[\]\\]++)$"  # an addr-spec by itself
)


def parse_addresses(text: str, *, limit: int = 20_000) -> tuple[Address, ...]:
    """Parse the mailboxes of an address field's body; groups are flattened, control characters become spaces.

    Tolerates what senders write: comments (the last one is the name if there is no other), source routes, quoted local
    parts, special characters in unquoted names, missing commas between mailboxes. A word without "@" is the address of
    a local user; a phrase without one is a name without an address. At most `limit` mailboxes of the first `MAX_TEXT`
    characters; linear time; never raises.
    """
    text = one_line(text[:MAX_TEXT])
    if simple := _SIMPLE.match(text):
        name, spec, bare = simple.groups()
        if name and ("  " in name or not name.isascii()):
            name = _SPACE.sub(" ", name)
        return (Address(display_name=name.strip() if name else "", addr_spec=spec or bare),)
    found = (address for address in _Reader(text).mailboxes() if address.display_name or address.addr_spec)
    return tuple(islice(found, limit))


class _Reader:
    """Parser state: the words collected since the last separator."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words: list[tuple[str, bool]] = []  # the word with surrounding white space, and whether it was quoted
        self._comment = ""
        self._angle: str | None = None
        self._is_address = False  # the words so far cannot be the name of a group
        self._open = {'"': True, "(": True, "<": True}  # False: the rest of the text has no matching closer

    def mailboxes(self) -> Iterator[Address]:
        text, at, end = self._text, 0, len(self._text)
        in_group = False
        while at < end:
            piece = _PIECE.match(text, at)
            if piece is None:
                break
            mark, at = piece[0], piece.end()
            if mark == '"':
                at = self._quoted(at)
            elif mark == "(":
                at = self._parenthesis(at)
            elif mark == "<":
                if self._angle is not None:
                    yield from self._take()  # missing comma
                at = self._bracket(at)
            elif mark == "," or (mark == ";" and not in_group):
                yield from self._take()
            elif mark == ";":
                in_group = False
                yield from self._take()
            elif mark == ":" and not in_group and not self._is_address:
                in_group = True
                self._clear()
            elif mark not in ")>":
                if self._angle is not None and not mark.isspace():
                    yield from self._take()
                self._words.append((mark, False))
                self._is_address |= "@" in mark
        yield from self._take()

    def _quoted(self, at: int) -> int:
        found = _QUOTED.match(self._text, at - 1) if self._open['"'] else None
        if found is None:
            self._open['"'] = False
            return at
        self._words.append((found[1], True))
        return found.end()

    def _parenthesis(self, at: int) -> int:
        """Skip a comment, which may be nested; an unclosed parenthesis is not a comment."""
        depth, begin = 1, at
        if self._open["("]:
            for found in _PAREN.finditer(self._text, at):
                depth += {"(": 1, ")": -1}.get(found[0], 0)
                if not depth:
                    self._comment = _ESCAPED.sub(r"\1", self._text[begin : found.start()])
                    self._words.append((" ", False))  # it separates, as white space does
                    return found.end()
            self._open["("] = False
        return at

    def _bracket(self, at: int) -> int:
        """Consume an angle-addr; ">" inside a quoted local part does not end it."""
        close = self._text.find(">", at) if self._open["<"] else -1
        if close < 0:
            self._open["<"] = False
            return at
        spec = self._text[at:close]
        if (
            '"' in spec
            and (quoted := _QUOTED.match(self._text, at + len(spec) - len(spec.lstrip())))
            and quoted.end() > close
        ):
            close = self._text.find(">", quoted.end())
            if close < 0:
                return at
            spec = self._text[at:close]
        if "(" in spec:
            spec = _without_comments(spec)
        if route := _ROUTE.match(spec):
            spec = spec[route.end() :]
        spec = spec.strip().lstrip("<")
        if spec[:7].lower() == "mailto:":
            spec = spec[7:]
        self._angle = _one_word(spec) if '"' not in spec else spec
        self._is_address = True
        return close + 1

    def _clear(self) -> None:
        self._words, self._comment, self._angle, self._is_address = [], "", None, False

    def _take(self) -> Iterator[Address]:
        """Yield the mailboxes in the collected words: none, one, or several if commas are missing."""
        words, comment, angle = self._words, self._comment, self._angle
        self._clear()
        if angle is not None:
            name = decode_words(_phrase(words))
            if name or angle:
                yield Address(display_name=name or decode_words(comment).strip(), addr_spec=decode_words(angle))
            return
        spec = _bare_spec(words)
        if not spec:
            return
        if _SPACE.search(spec) and '"' not in spec:
            yield from _loose_words(decode_words(spec), comment)
        elif spec.startswith('"') and "@" not in spec:
            yield Address(display_name=decode_words(_phrase(words)), addr_spec="")
        else:
            yield from _lone(decode_words(spec), comment)


def _without_comments(spec: str) -> str:
    """Replace comments, which may be nested, by spaces; an unclosed parenthesis and what follows it stay."""
    kept: list[str] = []
    depth = at = 0
    for mark in _COMMENT_MARK.finditer(spec):
        if mark[0] == "(":
            if not depth:
                kept.append(spec[at : mark.start()])
                at = mark.start()
            depth += 1
        elif mark[0] == ")" and depth:
            depth -= 1
            if not depth:
                kept.append(" ")
                at = mark.end()
    return "".join(kept) + spec[at:]


def _one_word(spec: str) -> str:
    """Return an addr-spec without the white space that RFC 5322 §4.4 allows, and without other words beside it."""
    words = _AROUND.sub(r"\1", spec).split()
    return words[0] if len(words) == 1 else next((word for word in words if "@" in word), " ".join(words))


def _phrase(words: list[tuple[str, bool]]) -> str:
    text = "".join([_ESCAPED.sub(r"\1", word) if quoted else word for word, quoted in words])
    return _SPACE.sub(" ", text).strip()


def _bare_spec(words: list[tuple[str, bool]]) -> str:
    """Return an addr-spec without brackets: quotes of a local part kept, white space around "@" and "." removed."""
    out = "".join(f'"{word}"' if quoted else word for word, quoted in words).strip()
    return _AROUND.sub(r"\1", out) if "@" in out and '"' not in out and out.count(" ") < 10 else out


def _lone(spec: str, comment: str) -> Iterator[Address]:
    if inner := _mailbox_in(spec):
        yield inner
    elif "@" not in spec and not spec.isascii():
        yield Address(display_name=spec, addr_spec="")
    else:
        yield Address(display_name=decode_words(comment).strip(), addr_spec=spec)


def _loose_words(spec: str, comment: str) -> Iterator[Address]:
    """Yield the mailboxes in unbracketed words: a word with "@" is an address, the words before it its name."""
    if inner := _mailbox_in(spec):
        yield inner
        return
    name: list[str] = []
    found = False
    for word in spec.split():
        if "@" in word.strip("@"):
            found = True
            yield Address(display_name=" ".join(name) or decode_words(comment).strip(), addr_spec=word)
            name = []
        else:
            name.append(word)
    if name and not found:
        yield Address(display_name=" ".join(name), addr_spec="")


def _mailbox_in(text: str) -> Address | None:
    """Return the mailbox if the decoded text is one: some programs put name and address in one encoded-word."""
    name, bracket, rest = text.rpartition("<")
    spec = rest.rstrip()
    if not bracket or not spec.endswith(">") or "@" not in spec[1:-2] or _SPACE.search(spec):
        return None
    return Address(display_name=name.strip('" '), addr_spec=spec[:-1])
