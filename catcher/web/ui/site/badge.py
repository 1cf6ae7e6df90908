"""How many findings the checks have on a message, for the tab of their view.

The checks take longer than a page may, so a page only says the number when it is known; else its script asks for it
once the reader stays. What was found is kept for the messages looked at last, since a message does not change.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from catcher.lru import LruCache
from catcher.web.ui.pages import FindingCount

if TYPE_CHECKING:
    from catcher.checks import Report

KEPT = 2000


class FindingCounts:
    """The numbers that are known, by store id; the ones not asked for longest go."""

    def __init__(self, *, size: int = KEPT) -> None:
        self._known: LruCache[tuple[str, tuple[str, ...]], FindingCount] = LruCache(size)

    def get(self, store_id: str, clients: tuple[str, ...] = ()) -> FindingCount | None:
        """The number of a message for who cares about these mail programs; None while nobody has asked the checks."""
        return self._known.get((store_id, clients))

    def put(self, store_id: str, clients: tuple[str, ...], reports: "Sequence[Report]") -> FindingCount:
        """Keep what the checks said of a message, to who cares about these mail programs."""
        severities = [finding.severity.value for report in reports for finding in report.findings]
        count = FindingCount(errors=severities.count("error"), warnings=severities.count("warning"))
        self._known.put((store_id, clients), count)
        return count
