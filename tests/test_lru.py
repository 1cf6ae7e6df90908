"""Tests of what is kept of many values."""

from catcher.lru import Recent


def test_what_was_not_used_for_longest_goes_first() -> None:
    """To ask for a value is to use it, and so is to put it in anew."""
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]
    recent.put("a", 4)
    recent.put("d", 5)
    assert [recent.get(key) for key in "acd"] == [4, None, 5]


def test_everything_can_be_forgotten() -> None:
    """Nothing is left."""
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.clear()
    assert recent.get("a") is None
