"""Prints the table of settings that stands in README.md; `python -m catcher.conf.documentation` writes it there."""

import re
import sys
from pathlib import Path

from catcher.conf.table import SECTIONS, Setting

BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"


def table() -> str:
    """The settings as a Markdown table."""
    rows = ["| flag | environment | default | meaning |", "|---|---|---|---|"]
    for title, settings in SECTIONS:
        rows.append(f"| **{title}** | | | |")
        rows.extend(_row(setting) for setting in settings)
    return "\n".join(rows)


def with_table(text: str) -> str:
    """The text of README.md with the present table between the two markers."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{table()}\n{END}", text, flags=re.DOTALL)


def _row(setting: Setting) -> str:
    short = f"`-{setting.short}` " if setting.short else ""
    metavar = f" {setting.kind.metavar}".replace("|", "\\|") if setting.kind.metavar else ""
    default = setting.kind.show(setting.default)
    shown = f"`{default}`" if default else ""
    return f"| {short}`{setting.flag}{metavar}` | `{setting.variable}` | {shown} | {setting.help} |"


if __name__ == "__main__":
    readme = Path(sys.argv[1] if len(sys.argv) > 1 else "README.md")
    readme.write_text(with_table(readme.read_text("utf-8")), "utf-8")
