"""What came of asking links, and a memory of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from catcher.lru import LruCache
from catcher.net import Hop


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """What came of one address.

    status: of the last answer, 0 without one. reason: its phrase, or why there is none.
    hops: every answer on the way. media_type: of the last one.
    is_refused: an internal address or one that is never fetched. is_skipped: it looks as if it worked once only.
    """

    url: str
    status: int = 0
    reason: str = ""
    hops: tuple[Hop, ...] = ()
    media_type: str = ""
    is_refused: bool = False
    is_skipped: bool = False


class LinkCache:
    """Answers kept for a while, so that looking twice at a message does not ask twice.

    The key holds everything that an answer depends on. size: answers kept; seconds: how long. clock: for tests.
    """

    def __init__(
        self, *, size: int = 1_000, seconds: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._answers: LruCache[tuple[object, ...], tuple[float, LinkStatus]] = LruCache(size)
        self._seconds = seconds
        self._clock = clock

    def get(self, key: tuple[object, ...]) -> LinkStatus | None:
        """The kept answer, None when there is none or it is too old."""
        kept = self._answers.get(key)
        if kept is None or self._clock() - kept[0] > self._seconds:
            return None
        return kept[1]

    def put(self, key: tuple[object, ...], answer: LinkStatus) -> None:
        """Keep an answer; the one not used for longest goes when there are too many."""
        self._answers.put(key, (self._clock(), answer))
