"""The mail programs that one reader cares about: findings about others are left out of what the checks say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from catcher.web.ui.pages import Choice

if TYPE_CHECKING:
    from catcher.checks import Report


def families(chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Every family of mail programs that the checks know, by name, and whether it is among the chosen."""
    from catcher.checks.features.caniemail import knowledge

    names = {program.family: program.family_name for program in knowledge().programs.values()}
    made = (Choice(value=key, label=name, is_chosen=key in chosen) for key, name in names.items())
    return tuple(sorted(made, key=lambda choice: choice.label.casefold()))


def narrowed(reports: "Sequence[Report]", chosen: Sequence[str]) -> "tuple[Report, ...]":
    """The reports without what concerns other mail programs alone; all of them when none is chosen.

    A finding that names no programs concerns every reader. Scores stay those of all programs.
    """
    if not chosen:
        return tuple(reports)
    from catcher.checks.features.caniemail import knowledge

    wanted = {program.name for program in knowledge().programs.values() if program.family in chosen}
    made = []
    for report in reports:
        found = [replace(one, clients=tuple(n for n in one.clients if n in wanted)) for one in report.findings]
        pairs = zip(report.findings, found, strict=True)
        made.append(replace(report, findings=tuple(new for old, new in pairs if new.clients or not old.clients)))
    return tuple(made)
