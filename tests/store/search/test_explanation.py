"""`explanation`: sentences on why a message does not match."""

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from catcher.envelope import Client
from catcher.store.search import Subject, entries, envelope_texts, failures, parse

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def subject() -> Subject:
    """A message with a subject, a recipient and a header field."""
    texts = envelope_texts(Client(user="app"), reverse_path="bounce@example.com", recipients=("ann@example.com",))
    texts = msgspec.structs.replace(
        texts, subject="goodbye", header="\nx-mailer: php\n", text="so long", reply_to=entries(["help@example.com"])
    )
    return Subject(
        store_id="x",
        received_at=NOW,
        size=500,
        attachments=0,
        inlines=0,
        is_read=False,
        tags=("blue",),
        texts=texts,
        inboxes=("mine",),
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("subject:welcome", ["subject:welcome did not match 'goodbye'"]),
        ("welcome", ["welcome did not match 'goodbye so long'"]),
        ("subject:goodbye to:bob", ["to:bob did not match 'ann@example.com'"]),
        ("subject:a to:bob", ["subject:a did not match 'goodbye'", "to:bob did not match 'ann@example.com'"]),
        ("-subject:good", ["-subject:good was not so: 'goodbye'"]),
        ("header:x-mailer=perl", ["header:x-mailer=perl did not match 'php'"]),
        ("header:x-other", ["header:x-other did not match (no such field)"]),
        ("addressed:bob", ["addressed:bob did not match 'bounce@example.com ann@example.com help@example.com'"]),
        ("user:other", ["user:other did not match 'app'"]),
        ("tag:red", ["tag:red did not match 'blue'"]),
        ("inbox:other", ["inbox:other did not match 'mine'"]),
        ("larger:1k", ["larger:1024 did not match 500 octets"]),
        ("after:2027-01-01", ["after:2027-01-01T00:00:00Z did not match 2026-11-22T00:00:00+00:00"]),
        ("is:read", ["is:read did not match"]),
        ("subject:x OR subject:z", ["subject:x OR subject:z did not match"]),
        ("subject:goodbye", []),
        ("", []),
    ],
)
def test_each_failing_condition_is_a_sentence(subject: Subject, query: str, expected: list[str]) -> None:
    """The condition in the search language, and the message's value."""
    assert list(failures(parse(query, now=NOW, zone=UTC), subject)) == expected


def test_unfolded_values_are_shown_if_they_are_given(subject: Subject) -> None:
    """They replace the folded texts; long ones are cut."""
    query = parse("subject:welcome", now=NOW)
    assert failures(query, subject, shown={"subject": "Good Bye"}) == ("subject:welcome did not match 'Good Bye'",)
    (sentence,) = failures(query, subject, shown={"subject": "x" * 500})
    assert len(sentence) < 150


def test_every_field_of_the_name_is_shown(subject: Subject) -> None:
    """A header field may be present several times."""
    several = replace(subject, texts=msgspec.structs.replace(subject.texts, header="\nx-a: one\nx-b: no\nx-a: two\n"))
    assert failures(parse("header:x-a=three", now=NOW), several) == ("header:x-a=three did not match 'one; two'",)
