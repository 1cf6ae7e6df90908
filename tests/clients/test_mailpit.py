"""The comparison with a Mailpit that MAILPIT_BIN names."""

import os
from pathlib import Path

import pytest

from tests.clients.compare_mailpit import KNOWN, compare, unknown

MAILPIT = os.environ.get("MAILPIT_BIN", "")


@pytest.mark.skipif(not MAILPIT, reason="MAILPIT_BIN names no Mailpit to compare with")
def test_every_difference_is_documented() -> None:
    """The same mails and requests give the same responses, but for what the compatibility page lists."""
    assert unknown(compare(MAILPIT)) == []


@pytest.mark.parametrize("name", sorted({name for _, _, name in KNOWN}))
def test_the_page_names_every_known_difference(name: str) -> None:
    """As a row of its table or as a section."""
    page = (Path(__file__).parents[2] / "docs/mailpit-compatibility.md").read_text(encoding="utf-8")
    assert any(name in line for line in page.splitlines() if line.startswith(("| ", "## ")))
