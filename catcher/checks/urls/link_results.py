"""Results of links, and their cache."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from catcher.lru import LruCache
from catcher.net import Hop


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """The result of one address.

    status: of the last response, 0 without one. reason: its phrase, or why there is none. hops: all responses.
    media_type: of the last one. is_refused: the address is internal or never fetched. is_skipped: it looks as if it
    works only once.
    """

    url: str
    status: int = 0
    reason: str = ""
    hops: tuple[Hop, ...] = ()
    media_type: str = ""
    is_refused: bool = False
    is_skipped: bool = False


class LinkCache:
    """Results by everything they depend on. size: maximum of entries; seconds: their lifetime. clock: for tests."""

    def __init__(
        self, *, size: int = 1_000, seconds: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._answers: LruCache[tuple[object, ...], tuple[float, LinkStatus]] = LruCache(size)
        self._seconds = seconds
        self._clock = clock

    def get(self, key: tuple[object, ...]) -> LinkStatus | None:
        """Return the cached result, None when there is none or it has expired."""
        kept = self._answers.get(key)
        if kept is None or self._clock() - kept[0] > self._seconds:
            return None
        return kept[1]

    def put(self, key: tuple[object, ...], answer: LinkStatus) -> None:
        """Store a result; the least recently used one is evicted."""
        self._answers.put(key, (self._clock(), answer))
