"""Canonical forms of header fields and bodies."""

import pytest

from catcher.checks.auth.canonical import (
    canonical_body,
    canonical_field,
)


@pytest.mark.parametrize(
    ("body", "simple", "relaxed"),
    [
        (b"", b"\r\n", b""),
        (b"\r\n\r\n", b"\r\n", b""),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C \r\nD \t E\r\n", b" C\r\nD E\r\n"),
        (b"no end", b"no end\r\n", b"no end\r\n"),
        (b" \t\r\n", b" \t\r\n", b""),
    ],
)
def test_bodies_are_made_canonical(body: bytes, simple: bytes, relaxed: bytes) -> None:
    """RFC 6376 §3.4.3, §3.4.4, §3.4.5."""
    assert canonical_body(body, "simple") == simple
    assert canonical_body(body, "relaxed") == relaxed


def test_header_fields_are_made_canonical() -> None:
    """The example of RFC 6376 §3.4.5."""
    assert canonical_field(b"A: X\r\n", "relaxed") == b"a:X\r\n"
    assert canonical_field(b"B : Y\t\r\n\tZ  \r\n", "relaxed") == b"b:Y Z\r\n"
    assert canonical_field(b"B : Y\t\r\n\tZ  \r\n", "simple") == b"B : Y\t\r\n\tZ  \r\n"
