r"""Grammar and parser of the search language.

Grammar (ABNF, RFC 5234; `ws` is white space of any kind, `char` any other character but quotation mark, backslash and,
at the end of a word inside a group, the closing parenthesis):

    query    = [ws] [any-of] [ws]
    any-of   = all-of *( ws %s"OR" ws all-of )        ; binds least
    all-of   = *( [ws] unit )                         ; juxtaposition; white space ends a unit's text
    unit     = [sign] ( group / term / word )
    sign     = "-" / "!"                              ; not
    group    = [name ":"] "(" [ws] [any-of] [ws] ")"  ; a name applies to each word inside
    term     = name ":" ["="] text                    ; = matches a whole entry
    word     = text                                   ; matches texts, addresses, file names, message id
    text     = 1*( char / quoted / escape )
    quoted   = DQUOTE *( char / ws / "(" / ")" / escape ) DQUOTE
    escape   = "\" ( DQUOTE / "\" / "-" / "!" / ":" / "=" / "(" / ")" )
    name     = the names and aliases in `terms.TERMS`, in any letter case

Quotation marks only group characters: they may be anywhere in a text, `"subject:a b"` is `subject:"a b"`, and one
that is not closed extends to the end. A backslash makes the next character plain: `\-5`, `subject\:x`, `\"`; before
other characters it is literal. A term with an unknown name is a word: `http://example.com`, `12:30`.
`-` alone is a word. A word that is empty when cleaned, such as `","`, is skipped; beside OR or a sign it
is an error. `()` matches everything, `-()` nothing.

`%`, `_`, `*` and `?` are literal. Words are compared after `folding.clean`, tags after `folding.fold`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from catcher.errors import QueryError
from catcher.store.search.logic import all_of, any_of, none_of, opposite
from catcher.store.search.model import Anything, Nothing, Query
from catcher.store.search.readers import Clock, UnreadableValue, Value, read_word
from catcher.store.search.terms import BY_NAME, read_term
from catcher.store.search.tokens import Piece, pieces

MAX_LENGTH = 100_000
"""Maximum length of a query in characters."""

MAX_TERMS = 200
MAX_DEPTH = 10
"""SQLite reads expressions of 1,000 levels and 100 open parentheses; see `sql`."""


def parse(text: str, *, now: datetime, zone: tzinfo = UTC, lenient: bool = False, known_names: bool = False) -> Query:
    """Parse a query into its simplest form (see `logic.simplify`); an empty text gives Anything.

    now: aware, the base of relative dates. zone: of dates without one. known_names: whether a term with an unknown name
    is an error and no word, so that a misspelt name is noticed.
    Raises QueryError with the position of the first unreadable term, and for a text beyond the limits above. With
    `lenient` nothing raises: such a term is undecided, and the query matches what it would match for every meaning
    of the term. So it narrows and never widens, under negation and beside OR too. Unclosed parentheses end at the end,
    an OR without a side is a word, and a text beyond the limits matches nothing.
    """
    clock = Clock(now=now, zone=zone)
    try:
        found = _checked(text, lenient=lenient)
        if known_names:
            _check_names(text)
        return _Parser(found, clock=clock, lenient=lenient).query()
    except QueryError:
        if lenient:
            return Nothing()
        raise


def _checked(text: str, *, lenient: bool) -> list[Piece]:
    """Return the pieces of a text within the limits, with every OR between two sides."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query is longer than {MAX_LENGTH} characters", position=MAX_LENGTH)
    found: list[Piece] = []
    depth = terms = 0
    for piece in pieces(text):
        terms += piece.kind == "word"
        depth += (piece.kind == "open") - (piece.kind == "close")
        if terms > MAX_TERMS:
            raise QueryError(f"the query has more than {MAX_TERMS} terms", position=piece.start)
        if depth > MAX_DEPTH:
            raise QueryError(f"parentheses are nested deeper than {MAX_DEPTH}", position=piece.start)
        found.append(piece)
    return _with_sound_ors(found, lenient=lenient)


def unknown_names(text: str) -> list[tuple[str, str, int]]:
    """Return the unknown names in a query, each with the most similar known one or "", and its position.

    A name has two letters or more and is followed by a colon that is neither quoted nor escaped. URLs have none.
    """
    import difflib  # late: hardly any query needs it

    return [
        (name, next(iter(difflib.get_close_matches(name.lower(), BY_NAME, n=1)), ""), piece.start + piece.negated)
        for piece in pieces(text[:MAX_LENGTH])
        if (name := _unknown_name(piece))
    ]


def _unknown_name(piece: Piece) -> str:
    name = piece.text[: max(piece.colon, 0)]
    is_name = len(name) > 1 and name.isascii() and name.replace("-", "").isalpha() and name.lower() not in BY_NAME
    return name if is_name and not piece.text.startswith("//", piece.colon + 1) else ""


def _check_names(text: str) -> None:
    for name, known, position in unknown_names(text):
        hint = f"did you mean {known}:?" if known else f'write "{name}:" in quotation marks to look for the text'
        raise QueryError(f"there is no search term {name}:, {hint}", position=position)


def _with_sound_ors(found: list[Piece], *, lenient: bool) -> list[Piece]:
    for index, piece in enumerate(found):
        if piece.kind != "or":
            continue
        before = found[index - 1].kind if index else "open"
        after = found[index + 1].kind if index + 1 < len(found) else "close"
        if before in ("open", "or") or after in ("close", "or"):
            if not lenient:
                raise QueryError(
                    'OR: expected a term on both sides; "OR" in quotation marks is the word', position=piece.start
                )
            found[index] = replace(piece, kind="word", text="OR")
    return found


class _Parser:
    """Recursive-descent parser over the pieces. None stands for skipped words.

    `denied` is whether an odd number of signs applies: there, an unreadable term counts as Anything, so that
    its negation is Nothing.
    """

    def __init__(self, found: Sequence[Piece], *, clock: Clock, lenient: bool) -> None:
        self._pieces = found
        self._index = 0
        self._clock = clock
        self._lenient = lenient

    def query(self) -> Query:
        return self._any_of(name="", denied=False) or Anything()

    def _peek(self) -> str:
        return self._pieces[self._index].kind if self._index < len(self._pieces) else "end"

    def _next(self) -> Piece:
        self._index += 1
        return self._pieces[self._index - 1]

    def _any_of(self, *, name: str, denied: bool) -> Query | None:
        first = self._all_of(name=name, denied=denied)
        if self._peek() != "or":
            return first
        sides = [self._needed(first, self._pieces[self._index].start, denied=denied)]
        while self._peek() == "or":
            sign = self._next()
            sides.append(self._needed(self._all_of(name=name, denied=denied), sign.start, denied=denied))
        return any_of(sides)

    def _all_of(self, *, name: str, denied: bool) -> Query | None:
        units: list[Query | None] = []
        while self._peek() in ("word", "open"):
            units.append(self._unit(name=name, denied=denied))
        found = [unit for unit in units if unit is not None]
        return None if units and not found else all_of(found)

    def _unit(self, *, name: str, denied: bool) -> Query | None:
        piece = self._next()
        denied ^= piece.negated
        if piece.kind == "open":
            query = self._group(piece, name=piece.text.rstrip(":") or name, denied=denied)
        else:
            query = self._word(piece, name=name, denied=denied)
        if not piece.negated:
            return query
        needed = self._needed(query, piece.start, denied=denied)
        return none_of(needed) if piece.kind == "open" else opposite(needed)

    def _group(self, opening: Piece, *, name: str, denied: bool) -> Query | None:
        query = self._any_of(name=name, denied=denied)
        if self._peek() == "close":
            self._next()
        elif not self._lenient:
            raise QueryError("(: expected a closing parenthesis", position=opening.start)
        elif query is None or isinstance(query, Anything):
            return self._needed(None, opening.start, denied=denied)
        return query

    def _word(self, piece: Piece, *, name: str, denied: bool) -> Query | None:
        colon = piece.text.find(":")
        prefix = piece.text[: max(colon, 0)].lower()
        if prefix in BY_NAME and not any(index <= colon for index in piece.escaped):
            name = prefix
        else:
            colon = -1
        try:
            if name:
                return read_term(BY_NAME[name], _value(piece, colon + 1), clock=self._clock)
            return read_word(piece.text)
        except UnreadableValue as error:
            if self._lenient:
                return Anything() if denied else Nothing()
            raise QueryError(f"{_shown(piece.text)}: {error}", position=piece.start) from None

    def _needed(self, query: Query | None, position: int, *, denied: bool) -> Query:
        """Return the query; a skipped word that is required counts as unreadable."""
        if query is not None:
            return query
        if self._lenient:
            return Anything() if denied else Nothing()
        raise QueryError("expected something to look for", position=position)


def _value(piece: Piece, start: int) -> Value:
    """Return the value after the colon, without a leading =."""
    whole = piece.text.startswith("=", start) and start not in piece.escaped
    start += whole
    return Value(text=piece.text[start:], whole=whole, escaped=frozenset(index - start for index in piece.escaped))


def _shown(text: str) -> str:
    """Return the start of a term, for a one-line error text."""
    shown = " ".join(text.split()).rstrip(":")
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
