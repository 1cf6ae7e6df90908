"""Budgets: limits of ratios between figures of one run. Absolute times are never judged."""

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct, convert

from bench.servers import PLAIN

FILE = Path(__file__).with_name("budgets.toml")


class Budget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit of the catcher's figure, divided by another one.

    part: that measures it. row: the figure, "*" and "?" as in file names. than: another server's figure of the same
    row. than_row: another row of the catcher. Without either, the figure is itself a ratio or a count.
    why: one sentence.
    """

    part: str
    row: str
    than: str = ""
    than_row: str = ""
    at_least: float | None = None
    at_most: float | None = None
    why: str


class Verdict(Struct, frozen=True, kw_only=True):
    """A judged budget. ratio: None if a figure is missing."""

    budget: Budget
    row: str
    ratio: float | None

    @property
    def is_kept(self) -> bool:
        """Whether the budget is kept; also if it is not judged because a peer was not measured."""
        if self.ratio is None:
            return self.budget.than not in {"", PLAIN.name}
        at_least, at_most = self.budget.at_least, self.budget.at_most
        return (at_least is None or self.ratio >= at_least) and (at_most is None or self.ratio <= at_most)

    def __str__(self) -> str:
        budget = self.budget
        than = budget.than or budget.than_row
        bound = f"at least {budget.at_least:g}" if budget.at_least is not None else f"at most {budget.at_most:g}"
        found = "not measured" if self.ratio is None else f"{self.ratio:.2f}"
        mark = "    " if self.is_kept else "FAIL"
        return f"{mark} {found:>12}, {bound}: {self.row}{f' : {than}' if than else ''}"


def read_budgets(path: Path = FILE) -> Sequence[Budget]:
    """Return the budgets of a TOML file. Raises msgspec.ValidationError."""
    return convert(tomllib.loads(path.read_text())["budget"], list[Budget])


def judge(table: Mapping[str, Mapping[str, float]], budgets: Sequence[Budget], *, server: str) -> list[Verdict]:
    """Return a verdict for each row that a budget is about, or one without a ratio."""
    verdicts = []
    for budget in budgets:
        rows = [row for row in table if fnmatchcase(row, budget.row)] or [budget.row]
        verdicts += [Verdict(budget=budget, row=row, ratio=_ratio(table, budget, row, server)) for row in rows]
    return verdicts


def _ratio(table: Mapping[str, Mapping[str, float]], budget: Budget, row: str, server: str) -> float | None:
    value = table.get(row, {}).get(server)
    if value is None or not (budget.than or budget.than_row):
        return value
    than = table.get(budget.than_row or row, {}).get(budget.than or server)
    return value / than if than else None
