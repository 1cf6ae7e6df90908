"""The comparison with a Mailpit that MAILPIT_BIN names."""

import os

import pytest

from tests.clients.compare_mailpit import compare, unknown

MAILPIT = os.environ.get("MAILPIT_BIN", "")


@pytest.mark.skipif(not MAILPIT, reason="MAILPIT_BIN names no Mailpit to compare with")
def test_every_difference_is_documented() -> None:
    """The same mails and requests give the same responses, but for what the compatibility page lists."""
    assert unknown(compare(MAILPIT)) == []
