"""Tests of catcher.lru."""

from catcher.lru import LruCache


def test_the_least_recently_used_value_is_evicted() -> None:
    """Reading a value counts as use, and so does replacing it."""
    cache: LruCache[str, int] = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    cache.put("a", 4)
    cache.put("d", 5)
    assert [cache.get(key) for key in "acd"] == [4, None, 5]


def test_clear_removes_all_values() -> None:
    """Nothing is left."""
    cache: LruCache[str, int] = LruCache(2)
    cache.put("a", 1)
    cache.clear()
    assert cache.get("a") is None
