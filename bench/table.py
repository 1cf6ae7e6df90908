"""Rows of figures by server, and their medians."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bench.servers import Recipe

Row = tuple[str, dict[str, float]]
"""Name of what was measured, and the figure of each server."""


class Named(Protocol):
    """Something that belongs to a server. name: the server's."""

    @property
    def name(self) -> str:
        """The server's name."""
        ...


Target = TypeVar("Target", bound=Named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a part measures with. servers: the catcher first. rounds: of which the median counts.

    stored: sizes of the mailboxes that are read. scale: factor for the numbers of messages and requests.
    """

    servers: Sequence[Recipe]
    rounds: int
    stored: Sequence[int]
    scale: float

    def scaled(self, number: int) -> int:
        """Return the number of messages or requests for this run, at least 10."""
        return max(10, round(number * self.scale))

    def with_mailpit_api(self) -> list[Recipe]:
        """Return the servers that have Mailpit's API."""
        return [recipe for recipe in self.servers if recipe.has_mailpit_api]


def alternate(
    targets: Sequence[Target], rounds: int, measure: Callable[[Target], Mapping[str, float]]
) -> Iterator[Row]:
    """Measure the targets in turn, for a number of rounds; yield the medians of what `measure` returns."""
    outcomes: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for target in targets:
            for row, value in measure(target).items():
                outcomes.setdefault(row, {}).setdefault(target.name, []).append(value)
    for row, figures in outcomes.items():
        yield row, {name: statistics.median(values) for name, values in figures.items()}


def quantile(seconds: Sequence[float], percent: int) -> float:
    """Return the percentile of the times, in milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000
