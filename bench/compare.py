"""Comparison of two runs: `python -m bench.compare OLD.json NEW.json`.

Machines differ from run to run. If plain aiosmtpd was measured too, the ratio to it is compared, marked
"x"; other figures are compared directly.
"""

import json
import sys
from pathlib import Path

from bench.servers import PLAIN

Table = dict[str, dict[str, float]]


def main() -> None:
    """Print the changes from the first file to the second."""
    old, new = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    print(f"{old['commit']} -> {new['commit']}")
    print_changes(old["table"], new["table"])


def print_changes(old: Table, new: Table) -> None:
    """Print a line for each figure that both runs have."""
    for row, figures in new.items():
        for name in figures:
            before, unit = _figure(old, row, name)
            after, _ = _figure(new, row, name)
            if name != PLAIN.name and before and after is not None:
                print(f"{row}, {name}: {before:,.2f}{unit} -> {after:,.2f}{unit} ({after / before:.2f})")


def _figure(table: Table, row: str, name: str) -> tuple[float | None, str]:
    figures = table.get(row, {})
    value, plain = figures.get(name), figures.get(PLAIN.name)
    return (value / plain, "x") if value is not None and plain else (value, "")


if __name__ == "__main__":
    main()
