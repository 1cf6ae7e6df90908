"""Rendering of reports as text, JSON, JUnit XML and SARIF. The same reports give the same bytes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from msgspec import Struct

from catcher.checks.model import Finding, FindingPlace, Report, Severity, overall_score
from catcher.checks.sources import address_of
from catcher.checks.verdict import Requirements

_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "·"}
_NOT_XML = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_NOT_TERMINAL = dict.fromkeys((*range(32), *range(127, 160)), "�")


def to_text(reports: Sequence[Report], *, subject: str = "") -> str:
    """Return text for a terminal: each check with its findings. Control characters from the message are replaced."""
    lines = [_plain(subject)] if subject else []
    for report in reports:
        score = "" if report.score is None else f"  {report.score:g}/100"
        lines.append(f"{report.title}{score}")
        if report.error:
            lines.append(f"  ? {_plain(report.error)}")
        lines.extend(line for finding in report.findings for line in _text_lines(finding))
        if report.is_cut:
            lines.append("  ? The message is too large to be examined whole; there may be more.")
    overall = overall_score(reports)
    if overall is not None:
        lines.append(f"Score: {overall:g}/100")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return text.translate(_NOT_TERMINAL)


def _text_lines(finding: Finding) -> list[str]:
    times = f" ({finding.count} times)" if finding.count > 1 else ""
    lines = [f"  {_MARKS[finding.severity]} {_plain(finding.text)}{times} [{finding.rule}]"]
    where = _where(finding.place)
    if where or finding.advice:
        lines.append("    " + _plain(": ".join(piece for piece in (where, finding.advice) if piece)))
    return lines


def _where(place: FindingPlace | None) -> str:
    if place is None or not (place.line or place.part_id):
        return ""
    part = f"part {place.part_id}" if place.part_id else "header section"
    if place.line:
        return f"{part}, line {place.line}, column {place.column}"
    return f"{part}, line {place.sent_line} of the message" if place.sent_line else part


def to_value(value: Any) -> Any:
    """Return reports, findings and facts as JSON values; dataclasses and structs become objects."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Struct):
        return {name: to_value(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {str(key): to_value(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [to_value(inner) for inner in value]
    return value


def to_json(reports: Sequence[Report], *, subject: str = "") -> str:
    """Return all reports with their facts as JSON."""
    value = {"subject": subject, "score": overall_score(reports), "reports": to_value(tuple(reports))}
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def to_junit(reports: Sequence[Report], *, subject: str = "", demand: Requirements = Requirements()) -> str:  # noqa: B008
    """Return JUnit XML: one test suite, in which each check is a test case that fails if it violates the requirements.

    Findings that violate none are the output of their case.
    """
    failures = [_failures(report, demand) for report in reports]
    score = overall_score(reports)
    for report, failed in zip(reports, failures, strict=True):
        if demand.min_score is not None and score is not None and score < demand.min_score and report.score == score:
            failed.append(f"The score is {score:g}, less than {demand.min_score:g}.")
    counts = {
        "tests": str(len(reports)),
        "failures": str(sum(map(bool, failures))),
        "errors": str(sum(bool(report.error) for report in reports)),
    }
    root = ElementTree.Element("testsuites", {"name": "catcher", **counts})
    suite = ElementTree.SubElement(root, "testsuite", root.attrib)
    if subject:
        properties = ElementTree.SubElement(suite, "properties")
        ElementTree.SubElement(properties, "property", {"name": "subject", "value": subject.translate(_NOT_XML)})
    for report, failed in zip(reports, failures, strict=True):
        _add_case(suite, report, failed, demand)
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _failures(report: Report, demand: Requirements) -> list[str]:
    return ["\n".join(_text_lines(finding)) for finding in report.findings if demand.forbids(finding)]


def _add_case(suite: ElementTree.Element, report: Report, failures: list[str], demand: Requirements) -> None:
    case = ElementTree.SubElement(suite, "testcase", {"classname": "catcher.checks", "name": report.title})
    if report.error:
        ElementTree.SubElement(case, "error", {"message": report.error.translate(_NOT_XML)})
    if failures:
        failure = ElementTree.SubElement(case, "failure", {"message": f"{len(failures)} findings"})
        failure.text = "\n".join(failures).translate(_NOT_XML)
    others = [line for each in report.findings if not demand.forbids(each) for line in _text_lines(each)]
    if others:
        ElementTree.SubElement(case, "system-out").text = "\n".join(others).translate(_NOT_XML)


def to_sarif(
    reports: Sequence[Report],
    *,
    uri: str = "message.eml",
    version: str = "0",
    demand: Requirements = Requirements(),  # noqa: B008
) -> str:
    """Return SARIF 2.1.0 with one run. uri: path or address of the message; any character is allowed.

    What the requirements forbid has the level "error", whatever its severity.
    The line of a region is that of the message as sent; the logical location has the place in the decoded part.
    """
    address = quote(uri, safe="/:@!$&'()*+,;=~")
    if ":" in address.partition("/")[0] and "://" not in address:
        address = f"./{address}"  # else the text before the colon would be a scheme (RFC 3986 §4.2)
    rules = {f"{report.check}/{f.rule}": f for report in reports for f in report.findings}
    names = sorted(rules)
    results = [
        _sarif_result(
            report,
            finding,
            index=names.index(f"{report.check}/{finding.rule}"),
            uri=address,
            level="error" if demand.forbids(finding) else _SARIF_LEVELS[finding.severity],
        )
        for report in reports
        for finding in report.findings
    ]
    driver = {
        "name": "catcher",
        "version": version,
        "rules": [_sarif_rule(name, rules[name]) for name in names],
    }
    notes = [
        {"level": "error", "message": {"text": f"{report.title}: {report.error}"}} for report in reports if report.error
    ]
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not notes, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return (
        json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"
    )


def _sarif_rule(name: str, finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": name, "shortDescription": {"text": finding.rule.replace("-", " ")}}
    if finding.advice:
        rule["help"] = {"text": finding.advice}
    if address := address_of(finding.source):
        rule["helpUri"] = address
    return rule


def _sarif_result(report: Report, finding: Finding, *, index: int, uri: str, level: str) -> dict[str, Any]:
    places = [place for place in (finding.place, *finding.others) if place is not None]
    return {
        "ruleId": f"{report.check}/{finding.rule}",
        "ruleIndex": index,
        "level": level,
        "message": {"text": finding.text},
        "locations": [_sarif_location(place, uri) for place in places] or [_sarif_location(FindingPlace(), uri)],
    }


def _sarif_location(place: FindingPlace, uri: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if place.sent_line:
        physical["region"] = {"startLine": place.sent_line}
        if place.line and not place.part_id:
            physical["region"]["startColumn"] = place.column
        if place.excerpt:
            physical["region"]["snippet"] = {"text": place.excerpt}
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.part_id:
        within = {"name": f"part {place.part_id}", "kind": "object"}
        location["logicalLocations"] = [within | ({"fullyQualifiedName": _where(place)} if place.line else {})]
    return location


FORMATS: dict[str, Callable[[Sequence[Report]], str]] = {
    "text": to_text,
    "json": to_json,
    "junit": to_junit,
    "sarif": to_sarif,
}
"""Renderers by format."""
