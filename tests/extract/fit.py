"""Fit of the weights of codes and links to labelled mails: `python -m tests.extract.fit` writes weights.toml.

Ridge-regularised logistic regression by Newton's method, in pure Python and without chance, so that equal mails give
equal weights. The mails are those of `senders`, without the styles that are held out, and the hand-written ones in
data/tuning. The report is by cross-validation: each style, each language and each file of hand-written mails is judged
by weights that were fitted to the others. `--report` reports only.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import catcher.extract.scoring
from catcher.extract import extract
from catcher.extract.links import may_be_primary
from catcher.extract.model import LIKELY, SPECIAL_KINDS
from catcher.extract.scoring import weights
from catcher.mime import parse
from tests.extract.corpus import corpus
from tests.extract.senders import HELD_OUT, STYLES, sender_mails

PATH = Path(catcher.extract.scoring.__file__).with_name("weights.toml")
ROUNDS = 4
"""The weights decide which occurrence of a code counts, so that the fit is repeated."""
RIDGE = {"code": 2.0, "link": 2.0}
"""Strength of the pull towards zero, against too much confidence in mails made by a rule."""
STEPS = 12

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """A candidate. is_right: whether it is one of the codes, or the link, that the label has. may_lead: be primary."""

    key: str
    features: Mapping[str, float]
    is_right: bool
    may_lead: bool


@dataclass(frozen=True)
class Example:
    """A labelled mail. groups: names of the folds it belongs to. code, link: the primary ones, "" for none."""

    name: str
    language: str
    groups: tuple[str, ...]
    octets: bytes
    code: str
    link: str
    codes: frozenset[str]
    weight: float = 1.0


def key_of(code: str) -> str:
    """Return a code as it is compared: without grouping and letter case."""
    return "".join(filter(str.isalnum, code)).casefold()


def examples(*, rounds: int = 2) -> list[Example]:
    """Return the mails that the weights are fitted to."""
    styles = tuple(name for name in STYLES if name not in HELD_OUT)
    return [*_of_senders(styles, rounds), *_by_hand("tuning")]


def held_out() -> list[Example]:
    """Return the mails that took no part in the fit."""
    return [*_of_senders(HELD_OUT, 1), *_by_hand("heldout")]


def _of_senders(styles: tuple[str, ...], rounds: int) -> Iterable[Example]:
    for mail in sender_mails(styles=styles, rounds=rounds):
        yield Example(
            name=mail.name,
            language=mail.language,
            groups=(f"style {mail.style}", f"language {mail.language}"),
            octets=mail.octets,
            code=key_of(mail.code),
            link=mail.link,
            codes=frozenset(map(key_of, mail.codes)),
        )


def _by_hand(part: str) -> Iterable[Example]:
    for mail in corpus(part):
        codes = [key_of(value) for value, kind in mail.codes if kind not in SPECIAL_KINDS]
        yield Example(
            name=mail.name,
            language="by hand",
            groups=(f"file {mail.name.partition(':')[0]}",),
            octets=mail.octets,
            code=codes[0] if codes else "",
            link=mail.link[0] if mail.link else "",
            codes=frozenset(key_of(value) for value, _ in mail.codes),
            weight=3.0,
        )


def rows_of(example: Example) -> dict[str, list[Row]]:
    """Return the candidates of a mail, with their labels."""
    found = extract(example.octets, parse(example.octets), least=0.0)
    codes = [
        Row(key_of(code.value), code.evidence, key_of(code.value) in example.codes, code.kind not in SPECIAL_KINDS)
        for code in found.codes
    ]
    links = [
        Row(link.url, link.evidence, same_address(link.url, example.link), may_be_primary(link)) for link in found.links
    ]
    return {"code": codes, "link": links}


def same_address(one: str, other: str) -> bool:
    """Return whether two addresses are equal but for a final slash."""
    return bool(other) and one.rstrip("/") == other.rstrip("/")


def fitted(rows: Sequence[tuple[Row, float]], ridge: float) -> dict[str, float]:
    """Return the weights with the least penalised log loss. rows: with the weights of their mails."""
    names = sorted({name for row, _ in rows for name in row.features})
    place = {name: number for number, name in enumerate(names)}
    data = [
        ([(place[name], value) for name, value in row.features.items() if value], float(row.is_right), weight)
        for row, weight in rows
    ]
    found = [0.0] * len(names)
    for _ in range(STEPS):
        gradient = [-ridge * each for each in found]
        curvature = [[ridge * (one == other) for other in range(len(names))] for one in range(len(names))]
        for features, right, weight in data:
            points = sum(found[number] * value for number, value in features)
            chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, points))))
            error, slope = weight * (right - chance), max(weight * chance * (1 - chance), 1e-6)
            for number, value in features:
                gradient[number] += error * value
                line, scaled = curvature[number], slope * value
                for other, other_value in features:
                    line[other] += scaled * other_value
        step = _solved(curvature, gradient)
        longest = max(map(abs, step))
        found = [old + change * min(1.0, 2.0 / longest) for old, change in zip(found, step, strict=True)]
        if longest < 1e-6:
            break
    return {name: round(found[number], 2) for name, number in place.items()}


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve the positive definite system by elimination."""
    size = len(right)
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for pivot in range(size):
        head = lines[pivot]
        for line in lines[pivot + 1 :]:
            if factor := line[pivot] / head[pivot]:
                for column in range(pivot, size + 1):
                    line[column] -= factor * head[column]
    solution = [0.0] * size
    for row in range(size - 1, -1, -1):
        rest = sum(lines[row][column] * solution[column] for column in range(row + 1, size))
        solution[row] = (lines[row][size] - rest) / lines[row][row]
    return solution


def chance_of(row: Row, known: Weights) -> float:
    """Return the confidence of a candidate."""
    points = sum(known.get(name, 0.0) * value for name, value in row.features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, points))))


def primary(rows: Iterable[Row], known: Weights) -> tuple[str, float]:
    """Return the primary candidate, "" for none, and the confidence of the best one."""
    best = max(((chance_of(row, known), row.key) for row in rows if row.may_lead), default=(0.0, ""))
    return (best[1] if best[0] >= LIKELY else "", best[0])


@dataclass
class Score:
    """Counts of one group of mails. wrong: what was expected and found instead."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    empty: int = 0
    rightly_empty: int = 0

    def add(self, expected: str, found: str, *, is_same: bool) -> None:
        """Count a mail."""
        self.empty += not expected
        self.rightly_empty += not expected and not found
        self.hits += bool(expected) and is_same
        self.false += bool(found) and not is_same
        self.missed += bool(expected) and not is_same

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.hits + self.missed)

    @property
    def null(self) -> float:
        return self.rightly_empty / max(1, self.empty)

    def __str__(self) -> str:
        counts = f"({self.hits + self.missed}/{self.empty})"
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  null {self.null:.3f}  {counts}"


class Report:
    """Scores by group, the mails that are wrong, and how often confidences are right."""

    def __init__(self) -> None:
        self.scores: dict[str, Score] = defaultdict(Score)
        self.wrong: list[str] = []
        self.bins: dict[int, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, table: str, example: Example, rows: Sequence[Row], known: Weights) -> None:
        """Judge one mail."""
        expected = example.code if table == "code" else example.link
        found, _ = primary(rows, known)
        is_same = same_address(found, expected) if table == "link" else found == expected and bool(found)
        for group in ("all", example.language, *example.groups):
            self.scores[group].add(expected, found, is_same=is_same)
        if (found or expected) and not is_same:
            self.wrong.append(f"{example.name}: expected {expected or 'none'}, found {found or 'none'}")
        for row in rows:
            if not row.may_lead:
                continue
            tally = self.bins[min(9, int(chance_of(row, known) * 10))]
            tally[0] += 1
            tally[1] += row.is_right

    def show(self, write: Callable[[str], object]) -> None:
        """Write it."""
        for group, score in sorted(self.scores.items(), key=lambda item: (item[0] != "all", item[0])):
            write(f"  {group:28} {score}")
        write("  confidence: candidates, share that is right")
        for number, (count, right) in sorted(self.bins.items()):
            write(f"    {number / 10:.1f}-{number / 10 + 0.1:.1f}  {count:6}  {right / count:.2f}")
        write(f"  {len(self.wrong)} wrong:")
        for each in self.wrong:
            write(f"    {each}")


Judged = list[tuple[Example, dict[str, list[Row]]]]


def judged(mails: Iterable[Example]) -> Judged:
    """Return the mails with their candidates, found with the weights of the package."""
    return [(mail, rows_of(mail)) for mail in mails]


def fit(data: Judged, table: str, *, without: str = "") -> dict[str, float]:
    """Fit the weights of a table to the mails that are not in the group."""
    rows = [(row, mail.weight) for mail, tables in data if without not in mail.groups for row in tables[table]]
    return fitted(rows, RIDGE[table])


def cross_validated(data: Judged, table: str, kind: str) -> Report:
    """Judge each group of a kind ("style", "language", "file") by weights that were fitted without it."""
    report = Report()
    groups = sorted({group for mail, _ in data for group in mail.groups if group.startswith(kind)})
    for group in groups:
        known = fit(data, table, without=group)
        for mail, tables in data:
            if group in mail.groups:
                report.add(table, mail, tables[table], known)
    return report


def write(tables: Mapping[str, Weights]) -> None:
    """Write the weights, the heaviest first."""
    lines = [
        "# Weights of the features of codes and links, in the unit of the logistic function: 0 are 0.5, 2.2 are 0.9.",
        "# Written by `python -m tests.extract.fit`; do not edit.",
    ]
    for table, known in tables.items():
        lines += ["", f"[{table}]"]
        lines += [
            f'"{name}" = {weight}' for name, weight in sorted(known.items(), key=lambda item: (-item[1], item[0]))
        ]
    PATH.write_text("\n".join(lines) + "\n", "utf-8")
    weights.cache_clear()


def main(arguments: Sequence[str]) -> None:
    """Fit, and report by cross-validation."""
    say = print
    mails = examples()
    if "--report" not in arguments:
        for _ in range(ROUNDS):
            data = judged(mails)
            write({table: fit(data, table) for table in RIDGE})
    data = judged(mails)
    for table in RIDGE:
        for kind in ("style", "language", "file"):
            say(f"{table}, cross-validated by {kind}")
            cross_validated(data, table, kind).show(say)
    if "--held-out" in arguments:
        for table in RIDGE:
            report = Report()
            for mail, tables in judged(held_out()):
                report.add(table, mail, tables[table], weights(table))
            say(f"{table}, held out")
            report.show(say)


if __name__ == "__main__":
    main(sys.argv[1:])
