"""One command: `python -m bench`, `python -m bench ingest reads`, `python -m bench --check`.

The servers of a run are measured in turn, since a machine is never idle and only ratios mean anything: in brackets
stands the catcher's figure divided by the other server's. Mailpit takes part if MAILPIT_BIN names its binary.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import checks, fixture, growth, measures, pages, waiting
from bench.budgets import judge, read_budgets
from bench.servers import HERE, catcher, maildev, mailpit
from bench.table import Options, Row

PARTS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "ingest": measures.ingest,
    "reads": measures.reads,
    "start": measures.start,
    "sendmail": measures.sendmail,
    "memory": measures.memory,
    "disk": measures.disk,
    "freshness": measures.freshness,
    "growth": growth.growth,
    "busy": measures.busy,
    "pages": pages.pages,
    "fixture": fixture.fixture,
    "checks": checks.checks,
    "waiting": waiting.waiting,
    "kill": measures.kill,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the selected parts, print each row when it is complete; return 1 if `--check` finds a budget exceeded."""
    given = _arguments(arguments)
    servers = [catcher()]
    if given.against:
        servers.append(catcher(given.against.resolve(), "before"))
    if binary := os.environ.get("MAILPIT_BIN"):
        servers.append(mailpit(binary))
    if given.maildev:
        servers.append(maildev())
    budgets = [budget for budget in read_budgets() if budget.part in (given.part or PARTS)]
    options = Options(
        servers=servers,
        rounds=given.rounds,
        stored=sorted(given.stored or ((1_000, 20_000) if given.check else (1_000, 100_000))),
        scale=given.scale or (0.25 if given.check else 1.0),
    )
    table: dict[str, dict[str, float]] = {}
    checked = dict.fromkeys(budget.part for budget in budgets)
    for part in given.part or (checked if given.check else PARTS):
        for row, figures in PARTS[part](options):
            table[row] = figures
            print(f"{row:<44}", *_cells(figures, servers[0].name), flush=True)
    if given.json:
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
        given.json.write_text(json.dumps({"commit": _commit(), "machine": machine, "table": table}, indent=1))
    verdicts = judge(table, budgets, server=servers[0].name) if given.check else []
    for verdict in verdicts:
        print(verdict)
    return int(not all(verdict.is_kept for verdict in verdicts))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "part", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"what is measured: {', '.join(PARTS)}"
    )
    parser.add_argument("--check", action="store_true", help="judge the ratios by bench/budgets.toml, on small loads")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="measure another checkout's catcher, too")
    parser.add_argument("--maildev", action="store_true", help="measure maildev, too; npm installs it into .cache")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts")
    parser.add_argument("--stored", type=int, action="append", help="size of the mailbox that is read; may be repeated")
    parser.add_argument("--scale", type=float, help="factor for the numbers of messages and requests")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the figures here")
    given = parser.parse_args(arguments)
    if given.against and not (given.against / "catcher").is_dir():
        parser.error(f"--against {given.against}: expected a checkout of catcher")
    return given


def _cells(figures: dict[str, float], ours: str) -> Iterator[str]:
    """Yield the figure of each server, with the ratio to it in brackets."""
    for name, value in figures.items():
        ratio = f" ({figures[ours] / value:.2f})" if name != ours and value and ours in figures else ""
        yield f"{f'{name} {value:,.2f}{ratio}':>24}"


def _commit() -> str:
    """Return the measured commit, "" outside a checkout and without git."""
    command = ["git", "describe", "--always", "--dirty"]
    if shutil.which("git") is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
