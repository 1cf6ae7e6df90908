"""Index of the cues in the lines of one source, computed on demand."""

from collections.abc import Iterator

from catcher.extract.lines import Line
from catcher.extract.words import Cue, Sense, cues

NEAR = 3
"""Lines before and after a line that are near it."""


class CueIndex:
    """Lines of the subject, of a text or of an HTML part, with their cues."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self._cues: dict[int, tuple[Cue, ...]] = {}
        self._senses: dict[int, frozenset[Sense]] = {}

    def cues(self, index: int) -> tuple[Cue, ...]:
        """Return the cues of a line."""
        found = self._cues.get(index)
        if found is None:
            found = self._cues[index] = cues(self.lines[index].text)
        return found

    def senses(self, index: int) -> frozenset[Sense]:
        """Return the senses of the cues of a line."""
        found = self._senses.get(index)
        if found is None:
            found = self._senses[index] = frozenset(cue.sense for cue in self.cues(index))
        return found

    def before(self, index: int) -> Iterator[int]:
        """Yield the indexes of the nearest lines before a line, nearest first, without empty ones."""
        return self._filled(range(index - 1, max(-1, index - 30), -1))

    def after(self, index: int) -> Iterator[int]:
        """Yield the indexes of the nearest lines after a line, nearest first, without empty ones."""
        return self._filled(range(index + 1, min(len(self.lines), index + 30)))

    def near(self, index: int) -> frozenset[Sense]:
        """Return the senses of the lines around a line."""
        around = (*self.before(index), *self.after(index))
        return frozenset().union(*(self.senses(each) for each in around))

    def _filled(self, indexes: range) -> Iterator[int]:
        number = 0
        for index in indexes:
            if self.lines[index].text:
                yield index
                number += 1
                if number == NEAR:
                    return
