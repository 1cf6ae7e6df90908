"""One command, one table: `python -m bench`, `python -m bench --only ingest --peer 'mailpit=…'`.

All figures of a run come from one machine, peers in turn with catcher, and are meaningful as ratios only: the
machine is never idle. `--json` saves the figures, `--against FILE` prints the changes since an earlier run, and
`python -m bench.compare OLD NEW` those between two runs.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import checks, fixture, measures, pages, waiting
from bench.compare import Table, print_changes
from bench.filling import fill_file
from bench.servers import CATCHER, PLAIN, Recipe, Running, started


def main() -> None:
    """Run the selected measurements and print the table."""
    options = _options()
    recipes = [CATCHER, *map(_recipe, options.peer)]
    table: Table = {}
    for part in options.only or PARTS:
        PARTS[part](table, recipes, options)
    _print(table, [*(recipe.name for recipe in recipes), PLAIN.name])
    if options.against:
        print("\nchange since the earlier run")
        print_changes(json.loads(Path(options.against).read_text())["table"], table)
    if options.json:
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
        Path(options.json).write_text(json.dumps({"commit": _commit(), "machine": machine, "table": table}, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="another server with Mailpit's API, {smtp} and {http} for its ports, {dir} for its directory; "
        "NAME!=COMMAND for one without the API",
    )
    parser.add_argument("--only", action="append", choices=list(PARTS), help="measure just this; may be repeated")
    parser.add_argument(
        "--stored",
        type=int,
        action="append",
        help="size of the mailbox that is read; may be repeated (default 1,000 and 100,000)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each ingest load; the median counts")
    parser.add_argument("--json", metavar="FILE", help="keep the figures here")
    parser.add_argument("--against", metavar="FILE", help="figures of an earlier run to compare with")
    return parser.parse_args()


def _recipe(text: str) -> Recipe:
    name, _, command = text.partition("=")
    return Recipe(name=name.rstrip("!"), command=command, has_api=not name.endswith("!"))


def _ingest(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    with contextlib.ExitStack() as stack:
        servers: list[Running] = [stack.enter_context(started(recipe)) for recipe in (*recipes, PLAIN)]
        table.update(measures.ingest(servers, measures.INGEST, rounds=options.rounds))


def _each(table: Table, recipes: list[Recipe], measure: Callable[[Recipe], measures.Figures]) -> None:
    for recipe in recipes:
        if recipe.has_api:
            for name, value in measure(recipe).items():
                table.setdefault(name, {})[recipe.name] = value


def _freshness(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    def measure(recipe: Recipe) -> measures.Figures:
        with started(recipe) as server:
            return measures.freshness(server)

    _each(table, recipes, measure)


def _reads(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    def measure(recipe: Recipe) -> measures.Figures:
        figures: measures.Figures = {}
        for stored in sorted(options.stored or (1_000, 100_000)):
            with _filled(recipe, stored) as server:
                figures |= measures.reads(server, stored)
        return figures

    _each(table, recipes, measure)


@contextlib.contextmanager
def _filled(recipe: Recipe, stored: int) -> Iterator[Running]:
    """Run the server with `stored` messages: in the database of this checkout's catcher, sent to other servers."""
    with TemporaryDirectory(prefix="bench-") as name:
        if recipe.is_ours:
            fill_file(Path(name) / "catcher.db", stored)
        with started(recipe, directory=Path(name)) as server:
            measures.fill(server, stored)
            yield server


def _busy(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    def measure(recipe: Recipe) -> measures.Figures:
        with _filled(recipe, 1_000) as server:
            return measures.list_while_large_arrive(server)

    _each(table, recipes, measure)


def _pages(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    for stored in sorted(options.stored or (1_000, 100_000)):
        with _filled(CATCHER, stored) as server:
            for name, value in pages.pages(server, stored).items():
                table.setdefault(name, {})[CATCHER.name] = value


def _start_up(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    def measure(recipe: Recipe) -> measures.Figures:
        with _filled(recipe, 10_000) as server:
            server.process.terminate()
            server.process.wait()
            return measures.start_up(recipe, server.directory)

    _each(table, recipes, measure)


def _fixture(table: Table, recipes: list[Recipe], options: argparse.Namespace) -> None:
    for name, value in fixture.start_of_fixture().items():
        table[name] = {CATCHER.name: value}


PARTS: dict[str, Callable[[Table, list[Recipe], argparse.Namespace], None]] = {
    "ingest": _ingest,
    "freshness": _freshness,
    "reads": _reads,
    "busy": _busy,
    "pages": _pages,
    "start-up": _start_up,
    "fixture": _fixture,
    "memory": lambda table, recipes, _: _each(table, recipes, measures.memory),
    "disk": lambda table, recipes, _: _each(table, recipes, measures.size_on_disk),
    "checks": lambda table, recipes, _: _each(table, recipes, checks.heavy),
    "waiting": lambda table, recipes, _: _each(table, recipes, waiting.waiting),
    "kill": lambda table, recipes, _: _each(table, recipes, measures.lost_to_kill),
}


def _print(table: Table, names: list[str]) -> None:
    """Print the figures, with the ratio to plain aiosmtpd in brackets."""
    width = max(map(len, table), default=0)
    print(" " * width, *(f"{name:>20}" for name in names))
    for row, figures in table.items():
        plain = figures.get(PLAIN.name)
        cells = []
        for name in names:
            value = figures.get(name)
            ratio = f" ({value / plain:.2f}x)" if value is not None and plain and name != PLAIN.name else ""
            cells.append(f"{'' if value is None else f'{value:,.2f}' + ratio:>20}")
        print(f"{row:<{width}}", *cells)


def _commit() -> str:
    """Return the measured commit, "" outside a checkout."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
