"""`parser`: the grammar, its errors, and what becomes of a term that cannot be read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.errors import QueryError
from catcher.store.search import (
    TERMS,
    And,
    Anything,
    Contains,
    HasId,
    HasTag,
    HeaderHas,
    Is,
    Not,
    Nothing,
    Or,
    Query,
    Received,
    Size,
    Subject,
    has_condition,
    matches,
    parse,
)
from tests.store.search.strategies import ANY, MAILBOXES

NOW = datetime(2024, 1, 31, 12, tzinfo=UTC)


def asked(text: str) -> Query:
    return parse(text, now=NOW)


def lenient(text: str) -> Query:
    return parse(text, now=NOW, lenient=True)


def word(text: str) -> Query:
    return Contains(column="any", text=text)


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Anything()),
        ("  \t\n", Anything()),
        ("A b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("-a", Not(A)),
        ("!a", Not(A)),
        ("--a", Not(word("-a"))),
        ("-", word("-")),
        ("-(a b)", Not(And((A, B)))),
        ("-(-a)", A),
        ("a a", A),
        ("a or b", And((A, word("or"), B))),
        ('a "OR" b', And((A, word("or"), B))),
        ('"a b"', word("a b")),
        ('a"b c"d', word("ab cd")),
        ('"a b', word("a b")),
        ('"<a@b.c>"', word("a@b.c")),
        ('"Hello,\tWorld!"', word("hello world!")),
        (":)", word(":")),
        ("f(x)", word("f x")),
        ("(f(x) OR a)", Or((word("f x"), A))),
        ("a)", A),
        ("http://example.com", word("http://example.com")),
        ("12:30", word("12:30")),
        (r"C:\temp", word(r"c:\temp")),
        (r"\-5", word("-5")),
        (r"\"a", word("a")),
        (r"subject\:a", word("subject:a")),
        (r'"subject\:a b"', word("subject:a b")),
        ("100%_*?", word("100%_*?")),
        ("subject:a", Contains(column="subject", text="a")),
        ('subject:"A b"', Contains(column="subject", text="a b")),
        ('"subject:A b"', Contains(column="subject", text="a b")),
        ('"-a b"', Not(word("a b"))),
        ("SUBJECT:a", Contains(column="subject", text="a")),
        ("from:a", Contains(column="from_", text="a")),
        ('to:="A@b.c"', Contains(column="to", text="a@b.c", whole=True)),
        (r"to:\=a", Contains(column="to", text="=a")),
        ("reply-to:a", Contains(column="reply_to", text="a")),
        ("addressed:a", Contains(column="addressed", text="a")),
        ("from:(a OR -b)", Or((Contains(column="from_", text="a"), Not(Contains(column="from_", text="b"))))),
        ("from:(a to:b)", And((Contains(column="from_", text="a"), Contains(column="to", text="b")))),
        ("message-id:<a@b>", Contains(column="message_id", text="a@b")),
        ("filename:a.pdf", Contains(column="file_names", text="a.pdf")),
        ("type:image/", Contains(column="media_types", text="image/")),
        ("user:a", Contains(column="user", text="a")),
        ("ip:10.0.0.", Contains(column="ip", text="10.0.0.")),
        ("return-path:a", Contains(column="reverse_path", text="a")),
        ("header:X-A", HeaderHas(name="x-a", text="")),
        ("header:X-A=B=c", HeaderHas(name="x-a", text="b=c")),
        ('header:x-a=="b c"', HeaderHas(name="x-a", text="b c", whole=True)),
        (r"header:x-a=\=b", HeaderHas(name="x-a", text="=b")),
        ('tag:"Two Words"', HasTag(name="two words")),
        ("tag:Größe", HasTag(name="grösse")),
        ("is:UNREAD", Is(state="unread")),
        ("-is:read", Not(Is(state="read"))),
        ("has:attachments", Is(state="attachment")),
        ("has:inline", Is(state="inline")),
        ("has:html", Contains(column="media_types", text="text/html", whole=True)),
        ("id:2Qx7hT0aB3dE5fG7hJ9kLm", HasId(store_id="2Qx7hT0aB3dE5fG7hJ9kLm")),
        ("larger:500", Size(larger=True, octets=500)),
        ("larger:1.5M", Size(larger=True, octets=1_572_864)),
        ('smaller:"20 kB"', Size(larger=False, octets=20_480)),
        ("-larger:1k", Size(larger=False, octets=1_024)),
        ("after:15m", Received(after=True, moment=NOW - timedelta(minutes=15))),
        ("before:yesterday", Received(after=False, moment=datetime(2024, 1, 30, tzinfo=UTC))),
        ("-before:2024", Received(after=True, moment=datetime(2024, 1, 1, tzinfo=UTC))),
        ("-(before:2024)", Not(Received(after=False, moment=datetime(2024, 1, 1, tzinfo=UTC)))),
        ("()", Anything()),
        ("-()", Nothing()),
        ('a ","', A),
        ('""', Anything()),
    ],
)
def test_the_grammar_by_example(text: str, query: Query) -> None:
    """Strict and lenient agree on what can be read. The module's grammar; Mailpit compatibility: Search language."""
    assert asked(text) == query
    assert lenient(text) == query


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a to:", 2),
        ('a to:""', 2),
        ("a to:=", 2),
        ("before:garbage", 0),
        ("a -after:2024-02-30", 2),
        ("larger:x", 0),
        ("larger:0", 0),
        ("larger:-1", 0),
        ("smaller:1e9", 0),
        ("is:nothing", 0),
        ("has:", 0),
        ("is:=read", 0),
        ("tag:", 0),
        ("id:a/b", 0),
        ("header:", 0),
        ("header:=a", 0),
        ("header:a=", 0),
        ("header:a:b", 0),
        ("a (b OR is:x)", 8),
        ("(a", 0),
        ("OR a", 0),
        ("a OR", 2),
        ("a OR OR b", 2),
        ("a (OR)", 3),
        ('a -","', 2),
        ('a OR ","', 2),
        ("x" * 1_001, 0),
        ("a " * 201, 400),
        ("(" * 11 + "a" + ")" * 11, 10),
        ("a" * 100_001, 100_000),
    ],
)
def test_what_cannot_be_read_is_an_error_at_its_place(text: str, position: int) -> None:
    """Our own API and the page show the place; the message is one short line that names the term."""
    with pytest.raises(QueryError) as caught:
        asked(text)
    assert caught.value.position == position
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("before:garbage", Nothing()),
        ("-before:garbage", Nothing()),
        ("a before:garbage", Nothing()),
        ("a OR before:garbage", A),
        ("-(a before:garbage)", Not(A)),
        ("-(a OR before:garbage)", Nothing()),
        ("to:", Nothing()),
        ("-to:", Nothing()),
        ('-","', Nothing()),
        ("a" * 100_001, Nothing()),
        ("(", Nothing()),
        ("a (", Nothing()),
        ("(a OR b", Or((A, B))),
        ("OR", word("or")),
        ("a OR", And((A, word("or")))),
    ],
)
def test_leniently_read_a_broken_term_never_widens(text: str, query: Query) -> None:
    """Other catchers drop the term, and a delete takes the whole mailbox. Mailpit compatibility: Differences."""
    assert lenient(text) == query
    assert has_condition(lenient(text))


@given(
    subjects=MAILBOXES,
    before=ANY,
    after=ANY,
    shape=st.sampled_from(["{} {} {}", "{} OR {} {}", "-({} {}) {}", "{} -{} {}"]),
)
def test_whatever_the_broken_term_could_have_meant_nothing_more_is_found(
    subjects: list[Subject], before: str, after: str, shape: str
) -> None:
    """The meaning of "narrows": results with a broken term are results with any readable term in its place."""
    first, last = (f'"{text}"'.replace("\\", "") if text.count('"') % 2 == 0 else "a" for text in (before, after))
    broken = lenient(shape.format(first, "before:garbage", last))
    for readable in ("()", "-()", "is:read", "a"):
        repaired = lenient(shape.format(first, readable, last))
        for subject in subjects:
            assert not matches(broken, subject) or matches(repaired, subject)


@given(st.text(st.sampled_from('ab "\\-!:=()OR<>\n'), max_size=30))
def test_any_text_is_a_query_or_an_error_with_a_place_in_it(text: str) -> None:
    """Nothing else is raised, and leniently nothing at all."""
    query = lenient(text)
    try:
        strict = asked(text)
    except QueryError as error:
        position = error.position
    else:
        position = 0
        assert strict == query
    assert 0 <= position <= len(text)


def test_hostile_lengths_are_read_in_linear_time() -> None:
    """Up to its limit of 100,000 characters a query costs little, whatever it is made of."""
    for piece in ("(", ")", '"', "\\", "-", "a ", "to:(", "OR ", "header:=", "-(", "=" * 100, "\\="):
        assert isinstance(lenient((piece * 100_000)[:100_000]), Nothing | Contains | Not | Or | And | Anything)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_term_says_what_it_does_with_an_example_that_works(term: object) -> None:
    """Help is made of the table: name, one sentence, an example of this very term."""
    assert term.help.endswith(".")  # type: ignore[attr-defined]
    assert term.example.startswith(f"{term.name}:")  # type: ignore[attr-defined]
    assert has_condition(asked(term.example))  # type: ignore[attr-defined]
    for name in (term.name, *term.aliases):  # type: ignore[attr-defined]
        assert asked(term.example.replace(term.name, name, 1)) == asked(term.example)  # type: ignore[attr-defined]
