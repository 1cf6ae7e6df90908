"""Which inboxes a message belongs to."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.mime import parse
from catcher.store.labels.inbox_names import MAX_LENGTH, clean_inbox, clean_inboxes
from catcher.store.labels.inbox_routing import MAX_INBOXES, InboxRouting


def inboxes(
    *recipients: str,
    user: str = "",
    header: str = "",
    routing: InboxRouting = InboxRouting(),  # noqa: B008 a value without state
) -> tuple[str, ...]:
    """The inboxes of a message to these recipients."""
    envelope = Envelope(
        reverse_path="app@example.com",
        forward_paths=tuple(ForwardPath(addr_spec=one) for one in recipients),
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        client=Client(user=user),
    )
    return routing.inboxes(user, envelope.recipients, parse(f"{header}\r\n\r\n".encode()))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (("staging",), inboxes("ann+x@example.com", user="staging", header="X-Catcher-Inbox: h")),
        (("signup",), inboxes("ann+signup@a.inbox.test", "bob@b.inbox.test", header="X-Catcher-Inbox: h")),
        (("a", "b"), inboxes("ann@A.inbox.test", "bob@b.inbox.test", "c@inbox.test", header="X-Catcher-Inbox: h")),
        (("my box",), inboxes("ann@example.com", header="x-catcher-inbox:  my  box ")),
        (("ann@example.com", "bob@example.com"), inboxes("Ann@Example.com", "bob@example.com", "ann@example.com")),
        ((), inboxes()),
        ((), inboxes("ann@example.com", user="u", routing=InboxRouting(sources=()))),
        (
            ("ann@example.com",),
            inboxes("ann@example.com", user="u", routing=InboxRouting(sources=("recipient", "user"))),
        ),
    ],
)
def test_the_first_source_with_a_name_decides_the_inboxes(expected: tuple[str, ...], found: tuple[str, ...]) -> None:
    """In the order of the sources; an unusable name leaves it to the next."""
    assert found == expected


def test_the_number_of_inboxes_of_a_message_is_limited() -> None:
    """The first ones; a client cannot create rows without limit."""
    names = inboxes(*(f"r{number}@example.com" for number in range(3 * MAX_INBOXES)))
    assert names == tuple(f"r{number}@example.com" for number in range(MAX_INBOXES))


@given(st.lists(st.text(), max_size=5))
def test_any_text_becomes_a_usable_name_or_none(texts: list[str]) -> None:
    """One line, bounded, storable, and cleaning it again changes nothing."""
    for name in clean_inboxes(texts):
        assert name == clean_inbox(name) == " ".join(name.split())
        assert 0 < len(name) <= MAX_LENGTH
        name.encode()
