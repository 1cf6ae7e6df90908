"""How many examples the tests with generated input try: `CATCHER_TEST_DEPTH` times as many as usual."""

import os

DEPTH = int(os.environ.get("CATCHER_TEST_DEPTH", "1"))
"""With 1 the examples are the same in every run; with more they are also others each time."""


def examples(usual: int) -> int:
    """The number of examples for a test that usually tries this many."""
    return usual * DEPTH
