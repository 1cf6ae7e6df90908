"""Tests of the benchmark: that it runs, and that its budgets are judged."""

import json
from pathlib import Path

import pytest

from bench.__main__ import PARTS, main
from bench.budgets import Budget, judge, read_budgets

pytestmark = pytest.mark.slow


def test_the_smallest_run_measures_and_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures of the catcher and of plain aiosmtpd, printed with their ratio and saved."""
    monkeypatch.delenv("MAILPIT_BIN", raising=False)
    file = tmp_path / "figures.json"
    assert main(["start", "reads", "--stored", "20", "--rounds", "1", "--scale", "0.001", "--json", str(file)]) == 0
    table = json.loads(file.read_text())["table"]
    assert table["start: SMTP greets, ms"].keys() == {"catcher", "aiosmtpd"}
    assert table["one message, 20 stored: p50 ms"]["catcher"] > 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(table)
    assert printed[0].count("(") == 1


def test_a_run_with_an_exceeded_budget_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit status is 1, and the line of the budget begins with FAIL."""
    monkeypatch.setitem(PARTS, "start", lambda options: iter([("start: CPU ms", {"catcher": 60.0, "aiosmtpd": 1.0})]))
    assert main(["start", "--check"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("FAIL")
    monkeypatch.setitem(PARTS, "start", lambda options: iter([("start: CPU ms", {"catcher": 3.0, "aiosmtpd": 1.0})]))
    assert main(["start", "--check"]) == 0


def test_every_budget_is_a_limit_of_a_part_with_a_reason() -> None:
    """One bound each, and one sentence why."""
    budgets = read_budgets()
    assert {budget.part for budget in budgets} <= PARTS.keys()
    for budget in budgets:
        assert (budget.at_least is None) != (budget.at_most is None), budget
        assert not (budget.than and budget.than_row), budget
        assert budget.why.endswith("."), budget


TABLE = {
    "rate": {"catcher": 30.0, "mailpit": 20.0},
    "small": {"catcher": 2.0},
    "large": {"catcher": 6.0},
    "lost": {"catcher": 0.0},
}


@pytest.mark.parametrize(
    ("limit", "ratio", "is_kept"),
    [
        ({"row": "rate", "than": "mailpit", "at_least": 1.5}, 1.5, True),
        ({"row": "rate", "than": "mailpit", "at_least": 1.6}, 1.5, False),
        ({"row": "large", "than_row": "small", "at_most": 3.0}, 3.0, True),
        ({"row": "large", "than_row": "small", "at_most": 2.9}, 3.0, False),
        ({"row": "lost", "at_most": 0.0}, 0.0, True),
        ({"row": "l[ao]*", "at_most": 6.0}, 6.0, True),
        ({"row": "rate", "than": "maildev", "at_most": 1.0}, None, True),
        ({"row": "rate", "than": "aiosmtpd", "at_most": 1.0}, None, False),
        ({"row": "missing", "at_most": 1.0}, None, False),
    ],
)
def test_a_budget_is_judged_as_a_ratio(limit: dict[str, object], ratio: float | None, is_kept: bool) -> None:
    """To another server or to another figure. A figure that is missing exceeds it, unless a peer was not measured."""
    verdicts = judge(TABLE, [Budget(part="x", why="x.", **limit)], server="catcher")  # type: ignore[arg-type]
    assert verdicts[0].ratio == ratio
    assert all(verdict.is_kept for verdict in verdicts) is is_kept
