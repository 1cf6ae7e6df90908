"""`sql.condition` against a real SQLite file with a full-text index, and against the plain filter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from catcher.store.search import (
    And,
    Anything,
    Contains,
    HeaderHas,
    Is,
    Not,
    Nothing,
    Query,
    Received,
    SearchTexts,
    Subject,
    condition,
    entries,
    matches,
    parse,
    sql,
)
from catcher.store.search import filter as plain
from tests.depth import examples
from tests.store.search.mailbox import Mailbox, SqliteMailbox
from tests.store.search.strategies import ANY, MAILBOXES, QUERIES, START

EMPTY = SearchTexts(
    **dict.fromkeys(
        ("subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", "media_types", "header", "client", "text"), ""
    )
)


def message(store_id: str, **texts: str) -> Subject:
    return Subject(
        store_id=store_id,
        received_at=START,
        size=100,
        attachments=0,
        inlines=0,
        is_read=False,
        tags=(),
        texts=replace(EMPTY, **texts),
    )


def asked(text: str) -> Query:
    return parse(text, now=START)


QUICK = settings(max_examples=examples(40))


@pytest.mark.slow
@QUICK
@given(subjects=MAILBOXES, query=QUERIES)
def test_the_database_finds_what_the_plain_filter_finds(
    mailbox: Mailbox, subjects: list[Subject], query: Query
) -> None:
    """One meaning for lists, rules and webhooks: SQL with and without the index agrees with `matches` on any query."""
    mailbox.fill(subjects)
    expected = [subject.store_id for subject in subjects if matches(query, subject)]
    assert mailbox.found(query) == expected
    assert mailbox.found(query, index=mailbox.without_index) == expected


@pytest.mark.slow
@QUICK
@given(subjects=MAILBOXES, text=st.lists(ANY, max_size=5).map(" ".join))
def test_any_text_typed_finds_the_same_in_both(mailbox: Mailbox, subjects: list[Subject], text: str) -> None:
    """Readable or not, it means the same to the database and to the plain filter."""
    mailbox.fill(subjects)
    query = parse(text, now=START, lenient=True)
    assert mailbox.found(query) == [subject.store_id for subject in subjects if matches(query, subject)]


def test_percent_and_underscore_stand_for_themselves(mailbox: Mailbox) -> None:
    """LIKE's wildcards leak into other catchers' searches. Mailpit compatibility: Differences."""
    mailbox.fill([message("1", subject="100% sure"), message("2", subject="100 sure"), message("3", subject="a_b axb")])
    assert mailbox.found(asked("100%")) == ["1"]
    assert mailbox.found(asked("subject:a_b")) == ["3"]
    assert mailbox.found(asked("subject:x_b")) == []


def test_a_field_and_its_text_must_be_on_one_line(mailbox: Mailbox) -> None:
    """`header:name=value` tests every field of that name and no other."""
    header = "\nreceived: from a\nx-mailer: b\nreceived: from c\n"
    mailbox.fill([message("1", header=header)])
    assert [text for text in "abc" if mailbox.found(asked(f"header:received={text}"))] == ["a", "c"]
    assert mailbox.found(asked('header:received=="from c"')) == ["1"]
    assert mailbox.found(asked("header:received==from")) == []
    assert mailbox.found(asked("header:x-mailer")) == ["1"]
    assert mailbox.found(asked("header:x-mail")) == []


def test_a_regular_expression_in_a_value_is_plain_text(mailbox: Mailbox) -> None:
    """Header texts are compared by a regular expression; its operators mean nothing in a query."""
    mailbox.fill([message("1", header="\nx-a: a+b [c] $\n"), message("2", header="\nx-a: aab c\n")])
    assert mailbox.found(asked("header:x-a=a+b")) == ["1"]
    assert mailbox.found(asked("header:x-a=a.b")) == []
    assert mailbox.found(asked("header:x-a=[c]")) == ["1"]


def test_the_index_query_is_implied_by_the_query(sqlite_mailbox: SqliteMailbox) -> None:
    """Only indexed texts that every match contains narrow the search."""
    sqlite_mailbox.index.asked.clear()
    for text in (
        "alpha",
        "ab",
        "-gamma",
        "delta OR is:read",
        "epsilon OR to:zeta",
        "header:x=eta",
        "ip:theta is:unread",
    ):
        condition(asked(text), sqlite_mailbox.index)
    assert sqlite_mailbox.index.asked == ["alpha", "epsilon", "zeta", "theta"]


def test_a_rare_word_is_looked_up_in_the_index(sqlite_mailbox: SqliteMailbox) -> None:
    """With candidates from the index, SQLite reads their rows by number and does not scan the table."""
    sqlite_mailbox.fill([message(str(number), text="hello") for number in range(6)])
    plan = sqlite_mailbox.plan(asked("hello"))
    assert "search_index VIRTUAL TABLE" in plan
    assert "SEARCH search USING INTEGER PRIMARY KEY" in plan


def test_without_candidates_the_list_is_walked_newest_first(sqlite_mailbox: SqliteMailbox) -> None:
    """Texts are read by arrival number and nothing is sorted, so that the walk can stop at a full page."""
    plan = sqlite_mailbox.plan(asked("hello"), index=sqlite_mailbox.without_index)
    assert "SEARCH search USING INTEGER PRIMARY KEY" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.slow
def test_the_largest_query_still_runs(mailbox: Mailbox) -> None:
    """200 terms, the limit of `parse`, are within SQLite's limits on depth and variables."""
    mailbox.fill([message("1", text="word199")])
    words = [f"word{number}" for number in range(200)]
    assert mailbox.found(asked(" OR ".join(words))) == ["1"]
    assert mailbox.found(asked(" ".join(words))) == []
    assert mailbox.found(asked("header:(" + " OR ".join(f"a=b{number}" for number in range(200)) + ")")) == []


def test_the_deepest_query_still_runs(mailbox: Mailbox) -> None:
    """Nesting at its limit, each level with as many terms as the limit on terms leaves."""
    mailbox.fill([message("1", text="word199")])
    for level in ("addressed:a OR b OR header:c=d OR -(h is:read ", "user:a OR -(b ", "tag:a -(has:html "):
        query = asked("word199 OR " + level * 10 + "x" + ")" * 10)
        assert mailbox.found(query) == ["1"]
        assert mailbox.found(query, index=mailbox.without_index) == ["1"]


def test_filter_and_database_have_the_same_states(mailbox: Mailbox) -> None:
    """A state that only one of them has would match nothing in the other."""
    assert plain.STATES.keys() == sql.STATES.keys()
    mailbox.fill([message("1")])
    assert mailbox.found(Is(state="unknown")) == []
    assert not matches(Is(state="unknown"), message("1"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [(Anything(), ["1"]), (Nothing(), []), (Not(Anything()), []), (And((Anything(), Nothing())), [])],
)
def test_everything_and_nothing_are_conditions_too(mailbox: Mailbox, query: Query, expected: list[str]) -> None:
    """Queries built in code need not be in simplest form."""
    mailbox.fill([message("1")])
    assert mailbox.found(query) == expected


def test_moments_are_compared_to_the_microsecond(mailbox: Mailbox) -> None:
    """Both bounds belong to the range, and no digit is lost in the database. Mailpit compatibility: Search language."""
    mailbox.fill([message("1")])
    for after in (True, False):
        assert mailbox.found(Received(after=after, moment=START)) == ["1"]
    assert mailbox.found(asked("after:2024-01-31T12:00:00.000001Z")) == []


def test_a_whole_entry_is_not_a_part_of_one(mailbox: Mailbox) -> None:
    """`to:="a@b.c"` does not find aa@b.c or a@b.com, and finds names and addresses alike."""
    mailbox.fill([message("1", to=entries(["Ann", "a@b.c"])), message("2", to=entries(["aa@b.c", "a@b.com"]))])
    assert mailbox.found(asked('to:="A@B.c"')) == ["1"]
    assert mailbox.found(asked("to:=ann")) == ["1"]
    assert mailbox.found(asked("to:a@b.c")) == ["1", "2"]
    assert mailbox.found(Contains(column="subject", text="a", whole=True)) == []
    assert mailbox.found(HeaderHas(name="to", text="")) == []
