"""The client filter: hides findings about mail clients that the reader does not support."""

from collections.abc import Sequence
from dataclasses import replace

from catcher import checks
from catcher.web.ui.pages.layout import Choice


def families(chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return every family of mail clients that the checks know, by name, and whether it is chosen."""
    names = {program.family: program.family_name for program in checks.knowledge().programs.values()}
    made = (Choice(value=key, label=name, is_chosen=key in chosen) for key, name in names.items())
    return tuple(sorted(made, key=lambda choice: choice.label.casefold()))


def filtered(reports: "Sequence[checks.Report]", chosen: Sequence[str]) -> "tuple[checks.Report, ...]":
    """Return the reports without findings about other mail clients only; all of them when none is chosen.

    A finding that names no client concerns every reader. Scores stay those of all clients.
    """
    if not chosen:
        return tuple(reports)
    wanted = {program.name for program in checks.knowledge().programs.values() if program.family in chosen}
    made = []
    for report in reports:
        findings = [
            replace(finding, clients=tuple(name for name in finding.clients if name in wanted))
            for finding in report.findings
            if not finding.clients or wanted.intersection(finding.clients)
        ]
        made.append(replace(report, findings=tuple(findings)))
    return tuple(made)
