"""The coverage of each room, from the data of `make coverage`: statements, those that ran, per cent."""

from collections import defaultdict
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Print a line for each room, the least covered first."""
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    statements: dict[str, int] = defaultdict(int)
    run: dict[str, int] = defaultdict(int)
    for path in sorted((ROOT / "catcher").rglob("*.py")):
        _, lines, _, missing, _ = coverage.analysis2(str(path))
        room = path.relative_to(ROOT / "catcher").parts[0].removesuffix(".py")
        for name in (room, "all"):
            statements[name] += len(lines)
            run[name] += len(lines) - len(missing)
    shares = {name: run[name] / count for name, count in statements.items() if count}
    for name in sorted(shares, key=lambda name: shares[name]):
        print(f"{name:<14} {statements[name]:>6} {run[name]:>6} {shares[name]:>7.1%}")  # noqa: T201


if __name__ == "__main__":
    main()
