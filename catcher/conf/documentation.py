"""The table of settings in README.md; `python -m catcher.conf.documentation` writes it there."""

import re
import sys
from pathlib import Path

from catcher.conf.settings import SECTIONS, Option

BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"


def table() -> str:
    """Return the settings as a Markdown table."""
    rows = ["| flag | environment | default | meaning |", "|---|---|---|---|"]
    for title, options in SECTIONS:
        rows.append(f"| **{title}** | | | |")
        rows.extend(_row(option) for option in options)
    return "\n".join(rows)


def with_table(text: str) -> str:
    """Return the text of README.md with the current table between the two markers."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{table()}\n{END}", text, flags=re.DOTALL)


def _row(option: Option) -> str:
    short = f"`-{option.short}` " if option.short else ""
    flag = f"{option.flag} {option.kind.metavar}".rstrip().replace("|", "\\|")
    default = option.kind.show(option.default)
    shown = f"`{default}`" if default else ""
    return f"| {short}`{flag}` | `{option.variable}` | {shown} | {option.help} |"


if __name__ == "__main__":
    readme = Path(sys.argv[1] if len(sys.argv) > 1 else "README.md")
    readme.write_text(with_table(readme.read_text("utf-8")), "utf-8")
