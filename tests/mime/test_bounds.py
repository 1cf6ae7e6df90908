"""Hostile messages cost bounded work and memory."""

import tracemalloc

import pytest

from bench.hostile import MESSAGES
from catcher import mime
from catcher.mime.text.readable_text import MAX_SEARCH_TEXT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MESSAGES)
def test_a_hostile_message_is_read_within_the_limits(name: str) -> None:
    """Parse, readable text and bodies neither raise nor recurse, and the result is bounded.

    That they take time linear in the octets is measured by `bench`, part "growth".
    """
    octets = MESSAGES[name](300_000)
    message = mime.parse(octets)
    limits = mime.Limits()
    assert len(message.parts) <= limits.parts
    assert len(message.header) <= limits.fields
    assert len(message.to) <= limits.mailboxes
    assert len(message.defects) <= 100
    assert len(mime.readable_text(octets, message).search_text) <= MAX_SEARCH_TEXT
    bodies = mime.bodies(octets, message)
    assert len(bodies.text) + len(bodies.html) <= 2 * len(octets)
    mime.list_unsubscribe(message)


@pytest.mark.parametrize(
    ("name", "size", "bound"),
    [
        ("parts", 4_000_000, 8_000_000),
        ("base64", 16_000_000, 2_000_000),
        ("one line", 16_000_000, 2_000_000),
        ("lines that begin like a boundary", 16_000_000, 2_000_000),
        ("header lines", 16_000_000, 4 * mime.Limits().header_octets),
    ],
)
def test_a_hostile_message_takes_bounded_memory(name: str, size: int, bound: int) -> None:
    """Beside the octets the parse keeps what the limits allow, and no copy of a large part."""
    octets = MESSAGES[name](size)
    tracemalloc.start()
    try:
        mime.parse(octets)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < bound
