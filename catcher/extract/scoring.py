"""Confidence as a logistic regression: the weights of features, which were fitted to labelled mails.

A feature is a property of a candidate with a value, mostly 1. The points of a candidate are the sum of its features'
values, each multiplied by its weight; the confidence is the logistic function of the points. `tests/extract/fit.py`
fits the weights and writes weights.toml.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Features = dict[str, float]
"""Values by the names of features, which are the keys in weights.toml."""


@dataclass(frozen=True, slots=True)
class Share:
    """A feature of a candidate and its points, negative if it counts against it."""

    feature: str
    points: float


@cache
def weights(table: str) -> Mapping[str, float]:
    """Return the weights of "code" or "link" by the names of their features."""
    tables = tomllib.loads(Path(__file__).with_name("weights.toml").read_text("utf-8"))
    return {name: float(weight) for name, weight in tables[table].items()}


def points_of(table: str, features: Mapping[str, float]) -> float:
    """Return the points of a candidate."""
    known = weights(table)
    return sum(known.get(name, 0.0) * value for name, value in features.items())


def shares_of(table: str, features: Mapping[str, float]) -> tuple[Share, ...]:
    """Return the features that have points, the largest amounts first."""
    known = weights(table)
    shares = (Share(name, round(known.get(name, 0.0) * value, 2)) for name, value in features.items())
    return tuple(sorted((each for each in shares if each.points), key=lambda each: (-abs(each.points), each.feature)))


def confidence_of(points: float) -> float:
    """Return the confidence for points: the logistic function, two digits."""
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, points)))), 2)
