"""Reports for terminals and build servers."""

import json
from xml.etree import ElementTree as ET

import pytest

from catcher.checks import Finding, FindingPlace, Report, Severity
from catcher.checks.render import FORMATS, to_json, to_junit, to_sarif, to_text
from catcher.checks.rules.structure import check_structure
from catcher.checks.verdict import Requirements, violations
from tests.checks.mails import html_mail

FINDING = Finding(
    rule="alt-missing",
    severity=Severity.ERROR,
    text="An image has no alternative text.",
    place=FindingPlace(part_id="1.2", line=3, column=7, element=9, tag="img", sent_line=41, excerpt='<img src="a">'),
    others=(FindingPlace(part_id="1.2", line=4, column=1),),
    count=2,
    clients=("Gmail (iOS)",),
    advice="Say what it shows.",
    source="https://www.w3.org/x",
)
REPORTS = (
    Report(check="accessibility", title="Accessibility", findings=(FINDING,), score=75),
    Report(check="headers", title="Header fields", score=100.0, is_cut=True),
    Report(check="spam", title="Spam filter", error="No spam filter is set up."),
    Report(
        check="size",
        title="Size",
        findings=(Finding(rule="size-heavy", severity=Severity.WARNING, text="It is heavy."),),
        score=95,
    ),
)


def test_text_has_position_and_advice() -> None:
    """For readers at a terminal."""
    assert to_text(REPORTS, subject="Order") == (
        "Order\n"
        "Accessibility  75/100\n"
        "  ✗ An image has no alternative text. (2 times) [alt-missing]\n"
        "    part 1.2, line 3, column 7: Say what it shows.\n"
        "Header fields  100/100\n"
        "  ? The message is too large to be examined whole; there may be more.\n"
        "Spam filter\n"
        "  ? No spam filter is set up.\n"
        "Size  95/100\n"
        "  ! It is heavy. [size-heavy]\n"
        "Score: 75/100\n"
    )


def test_control_characters_of_a_message_do_not_reach_the_terminal() -> None:
    """An escape sequence in a mail does not move the cursor."""
    report = check_structure(html_mail("<p>{{ \x1b[2J\x9b }}</p>"))
    text = to_text([report], subject="\x1b]0;x\x07")
    assert not any((ord(character) < 32 and character != "\n") or 127 <= ord(character) < 160 for character in text)


def test_json_has_everything() -> None:
    """Field names are those of the values."""
    value = json.loads(to_json(REPORTS, subject="Order"))
    assert (value["subject"], value["score"]) == ("Order", 75)
    finding = value["reports"][0]["findings"][0]
    assert (finding["severity"], finding["place"]["element"], finding["clients"]) == ("error", 9, ["Gmail (iOS)"])


def test_junit_is_a_suite_with_a_case_for_each_check() -> None:
    """A check with findings that the requirements forbid fails, one that could not be made is an error."""
    demand = Requirements(fail_on=Severity.WARNING)
    suite = ET.fromstring(to_junit(REPORTS, subject='Order "1" & <2>\x00', demand=demand))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "2", "1")
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == ["Accessibility", "Header fields", "Spam filter", "Size"]
    assert "line 3, column 7" in (cases[0].findtext("failure") or "")
    assert cases[2].find("error") is not None
    assert suite.find("properties/property[@name='subject']") is not None


@pytest.mark.parametrize(
    ("demand", "failing", "levels"),
    [
        (Requirements(), [], ["error", "warning"]),
        (Requirements(fail_on=Severity.ERROR), ["Accessibility"], ["error", "warning"]),
        (Requirements(fail_on=Severity.WARNING), ["Accessibility", "Size"], ["error", "error"]),
        (Requirements(fail_on=Severity.INFO), ["Accessibility", "Size"], ["error", "error"]),
        (Requirements(min_score=80), ["Accessibility"], ["error", "warning"]),
        (Requirements(min_score=75), [], ["error", "warning"]),
    ],
)
def test_failures_are_those_of_the_exit_status(demand: Requirements, failing: list[str], levels: list[str]) -> None:
    """JUnit fails, and SARIF says error, for what the command exits with 1 for; other findings are output."""
    suite = ET.fromstring(to_junit(REPORTS, demand=demand))[0]
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases if case.find("failure") is not None] == failing
    assert suite.get("failures") == str(len(failing))
    assert bool(failing) == bool(violations(REPORTS, demand))
    said = "".join("".join(case.itertext()) for case in cases)
    assert all(finding.text in said for report in REPORTS for finding in report.findings)
    run = json.loads(to_sarif(REPORTS, demand=demand))["runs"][0]
    assert [result["level"] for result in run["results"]] == levels


def test_sarif_points_at_lines() -> None:
    """SARIF 2.1.0: rules, results, regions from 1."""
    run = json.loads(to_sarif(REPORTS, uri="mail.eml", version="1.0"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["accessibility/alt-missing", "size/size-heavy"]
    first, second = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"]
    assert (first["level"], second["level"]) == ("error", "warning")
    region = first["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 41, "snippet": {"text": '<img src="a">'}}
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "part 1.2, line 3, column 7"
    assert len(first["locations"]) == 2
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "mail.eml"
    assert run["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("out box/Grüße.eml", "out%20box/Gr%C3%BC%C3%9Fe.eml"),
        ("100%25.eml", "100%2525.eml"),
        ("10:30.eml", "./10:30.eml"),
        ("/tmp/10:30.eml", "/tmp/10:30.eml"),
        ("http://127.0.0.1:8025/view/x", "http://127.0.0.1:8025/view/x"),
    ],
)
def test_sarif_names_the_file_as_an_address(name: str, uri: str) -> None:
    """artifactLocation.uri is a URI reference: what means something else in one is escaped. SARIF 2.1.0 §3.4.3."""
    run = json.loads(to_sarif(REPORTS, uri=name))["runs"][0]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == uri


@pytest.mark.parametrize("name", FORMATS)
def test_same_reports_give_the_same_bytes(name: str) -> None:
    """Each format is deterministic, and takes an empty list."""
    assert FORMATS[name](REPORTS) == FORMATS[name](REPORTS)
    assert FORMATS[name](())
