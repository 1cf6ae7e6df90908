"""`parser`: the grammar, its errors, and the meaning of unreadable terms."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.errors import QueryError
from catcher.store.search import TERMS, has_condition, matches, model, parse
from tests.store.search.strategies import ANY, MAILBOXES

NOW = datetime(2024, 1, 31, 12, tzinfo=UTC)


def asked(text: str) -> model.Query:
    return parse(text, now=NOW)


def lenient(text: str) -> model.Query:
    return parse(text, now=NOW, lenient=True)


def word(text: str) -> model.Query:
    return model.Contains(column="any", text=text)


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", model.Anything()),
        ("  \t\n", model.Anything()),
        ("A b", model.And((A, B))),
        ("a OR b", model.Or((A, B))),
        ("a b OR c", model.Or((model.And((A, B)), C))),
        ("a (b OR c)", model.And((A, model.Or((B, C))))),
        ("-a", model.Not(A)),
        ("!a", model.Not(A)),
        ("--a", model.Not(word("-a"))),
        ("-", word("-")),
        ("-(a b)", model.Not(model.And((A, B)))),
        ("-(-a)", A),
        ("a a", A),
        ("a or b", model.And((A, word("or"), B))),
        ('a "OR" b', model.And((A, word("or"), B))),
        ('"a b"', word("a b")),
        ('a"b c"d', word("ab cd")),
        ('"a b', word("a b")),
        ('"<a@b.c>"', word("a@b.c")),
        ('"Hello,\tWorld!"', word("hello world!")),
        (":)", word(":")),
        ("f(x)", word("f x")),
        ("(f(x) OR a)", model.Or((word("f x"), A))),
        (r"-header:a\=b=c", model.Not(model.HeaderHas(name="a=b", text="c"))),
        (
            "from:(a to:(b))",
            model.And((model.Contains(column="from_", text="a"), model.Contains(column="to", text="b"))),
        ),
        ("-(f(x) b)", model.Not(model.And((word("f x"), B)))),
        ("a)", A),
        ("a)(b)c", word("a b c")),
        (
            "-reverse-path:(a b)",
            model.Not(
                model.And(
                    (model.Contains(column="reverse_path", text="a"), model.Contains(column="reverse_path", text="b"))
                )
            ),
        ),
        ("x" * 1_000, word("x" * 1_000)),
        ("to:" + "x" * 1_000, model.Contains(column="to", text="x" * 1_000)),
        ("http://example.com", word("http://example.com")),
        ("12:30", word("12:30")),
        (r"C:\temp", word(r"c:\temp")),
        (r"\-5", word("-5")),
        (r"\"a", word("a")),
        (r"subject\:a", word("subject:a")),
        (r'"subject\:a b"', word("subject:a b")),
        ("100%_*?", word("100%_*?")),
        ("subject:a", model.Contains(column="subject", text="a")),
        ('subject:"A b"', model.Contains(column="subject", text="a b")),
        ('"subject:A b"', model.Contains(column="subject", text="a b")),
        ('"-a b"', model.Not(word("a b"))),
        ("SUBJECT:a", model.Contains(column="subject", text="a")),
        ("from:a", model.Contains(column="from_", text="a")),
        ('to:="A@b.c"', model.Contains(column="to", text="a@b.c", whole=True)),
        (r"to:\=a", model.Contains(column="to", text="=a")),
        ("reply-to:a", model.Contains(column="reply_to", text="a")),
        ("addressed:a", model.Contains(column="addressed", text="a")),
        (
            "from:(a OR -b)",
            model.Or((model.Contains(column="from_", text="a"), model.Not(model.Contains(column="from_", text="b")))),
        ),
        ("from:(a to:b)", model.And((model.Contains(column="from_", text="a"), model.Contains(column="to", text="b")))),
        ("message-id:<a@b>", model.Contains(column="message_id", text="a@b")),
        ("filename:a.pdf", model.Contains(column="file_names", text="a.pdf")),
        ("type:image/", model.Contains(column="media_types", text="image/")),
        ("user:a", model.Contains(column="user", text="a")),
        ("ip:10.0.0.", model.Contains(column="ip", text="10.0.0.")),
        ("return-path:a", model.Contains(column="reverse_path", text="a")),
        ("header:X-A", model.HeaderHas(name="x-a", text="")),
        ("header:X-A=B=c", model.HeaderHas(name="x-a", text="b=c")),
        ('header:x-a=="b c"', model.HeaderHas(name="x-a", text="b c", whole=True)),
        (r"header:x-a=\=b", model.HeaderHas(name="x-a", text="=b")),
        ('tag:"Two Words"', model.HasTag(name="two words")),
        ("tag:Größe", model.HasTag(name="grösse")),
        ("is:UNREAD", model.Is(state="unread")),
        ("-is:read", model.Not(model.Is(state="read"))),
        ("has:attachments", model.Is(state="attachment")),
        ("has:inline", model.Is(state="inline")),
        ("has:html", model.Contains(column="media_types", text="text/html", whole=True)),
        ("id:2Qx7hT0aB3dE5fG7hJ9kLm", model.HasId(store_id="2Qx7hT0aB3dE5fG7hJ9kLm")),
        ("larger:500", model.Size(larger=True, octets=500)),
        ("larger:1.5M", model.Size(larger=True, octets=1_572_864)),
        ('smaller:"20 kB"', model.Size(larger=False, octets=20_480)),
        ("-larger:1k", model.Size(larger=False, octets=1_024)),
        ("after:15m", model.Received(after=True, moment=NOW - timedelta(minutes=15))),
        ("before:yesterday", model.Received(after=False, moment=datetime(2024, 1, 30, tzinfo=UTC))),
        ("-before:2024", model.Received(after=True, moment=datetime(2024, 1, 1, tzinfo=UTC))),
        ("-(before:2024)", model.Not(model.Received(after=False, moment=datetime(2024, 1, 1, tzinfo=UTC)))),
        ("()", model.Anything()),
        ("-()", model.Nothing()),
        ('a ","', A),
        ('""', model.Anything()),
    ],
)
def test_the_grammar_by_example(text: str, query: model.Query) -> None:
    """A readable query means the same strictly and leniently. Mailpit compatibility: Search language."""
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
        ("larger:٢k", 0),
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
        ("to:" + "x" * 1_001, 0),
        ("a " * 201, 400),
        ("(" * 11 + "a" + ")" * 11, 10),
        ("a" * 100_001, 100_000),
    ],
)
def test_an_unreadable_term_is_an_error_at_its_position(text: str, position: int) -> None:
    """The API and the page show the position; the message is one short line that names the term."""
    with pytest.raises(QueryError) as caught:
        asked(text)
    assert caught.value.position == position
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("before:garbage", model.Nothing()),
        ("-before:garbage", model.Nothing()),
        ("a before:garbage", model.Nothing()),
        ("a OR before:garbage", A),
        ("-(a before:garbage)", model.Not(A)),
        ("-(a OR before:garbage)", model.Nothing()),
        ("-(a -before:garbage)", model.Not(A)),
        ("-(-(a before:garbage))", model.Nothing()),
        ("to:", model.Nothing()),
        ("-to:", model.Nothing()),
        ('-","', model.Nothing()),
        ("a" * 100_001, model.Nothing()),
        ("(", model.Nothing()),
        ("a (", model.Nothing()),
        ("(a OR b", model.Or((A, B))),
        ("OR", word("or")),
        ("a OR", model.And((A, word("or")))),
    ],
)
def test_an_unreadable_term_never_widens_a_lenient_query(text: str, query: model.Query) -> None:
    """Without the term, a deletion could take the whole mailbox. Mailpit compatibility: Differences."""
    assert lenient(text) == query
    assert has_condition(lenient(text))


@pytest.mark.slow
@given(
    subjects=MAILBOXES,
    before=ANY,
    after=ANY,
    shape=st.sampled_from(["{} {} {}", "{} OR {} {}", "-({} {}) {}", "{} -{} {}"]),
)
def test_a_lenient_query_finds_no_more_than_with_any_readable_term(
    subjects: list[model.Subject], before: str, after: str, shape: str
) -> None:
    """A result with an unreadable term is a result with every readable term in its place."""
    first, last = (f'"{text}"'.replace("\\", "") if text.count('"') % 2 == 0 else "a" for text in (before, after))
    broken = lenient(shape.format(first, "before:garbage", last))
    for readable in ("()", "-()", "is:read", "a"):
        repaired = lenient(shape.format(first, readable, last))
        for subject in subjects:
            assert not matches(broken, subject) or matches(repaired, subject)


@given(st.text(st.sampled_from('ab "\\-!:=()OR<>\n'), max_size=30))
def test_any_text_is_a_query_or_an_error_with_a_position(text: str) -> None:
    """No other error is raised, and leniently none."""
    query = lenient(text)
    try:
        strict = asked(text)
    except QueryError as error:
        position = error.position
    else:
        position = 0
        assert strict == query
    assert 0 <= position <= len(text)


@pytest.mark.slow
def test_hostile_lengths_are_read_in_linear_time() -> None:
    """A query of 100,000 characters, the limit, is read whatever it consists of."""
    for piece in ("(", ")", '"', "\\", "-", "a ", "to:(", "OR ", "header:=", "-(", "=" * 100, "\\="):
        assert isinstance(
            lenient((piece * 100_000)[:100_000]),
            model.Nothing | model.Contains | model.Not | model.Or | model.And | model.Anything,
        )


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_term_has_a_help_and_a_readable_example(term: object) -> None:
    """The help of the pages is made from the table: name, one sentence, an example."""
    assert term.help.endswith(".")  # type: ignore[attr-defined]
    assert term.example.startswith(f"{term.name}:")  # type: ignore[attr-defined]
    assert has_condition(asked(term.example))  # type: ignore[attr-defined]
    for name in (term.name, *term.aliases):  # type: ignore[attr-defined]
        assert asked(term.example.replace(term.name, name, 1)) == asked(term.example)  # type: ignore[attr-defined]
