"""Assertions over HTTP."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.assertions.mails import invoice, welcome

Put = Callable[..., list[str]]


def test_every_assertion_has_an_outcome(api: httpx2.Client, put: Put) -> None:
    """Outcomes are in the order of the assertions; the status is 200 even if some fail."""
    (store_id,) = put(invoice().as_bytes(), recipients=("ann@example.com",))
    asked: list[dict[str, Any]] = [
        {"assert": "recipients", "exactly": ["ann@example.com"]},
        {"assert": "subject", "equals": "Goodbye"},
        {"assert": "text", "contains": "482913"},
        {"assert": "attachment", "name": "invoice.pdf", "type": "application/pdf"},
        {"assert": "link", "host": "example.com"},
        {"assert": "no-template-variables"},
        {"assert": "text-is-html"},
        {"assert": "html", "contains": "x"},
        {"assert": "list-unsubscribe"},
        {"assert": "checks", "fail_on": "error"},
    ]
    answer = api.post(f"/api/v1/message/{store_id}/assert", json={"assertions": asked}).raise_for_status().json()
    assert answer["id"] == store_id
    assert answer["passed"] is False
    assert [each["assert"] for each in answer["outcomes"]] == [each["assert"] for each in asked]
    assert [each["passed"] for each in answer["outcomes"]] == [
        True, False, True, True, False, True, False, False, False, True,
    ]  # fmt: skip
    assert answer["outcomes"][1]["message"] == "the subject is 'Welcome, Ann', expected 'Goodbye'"
    assert api.get(f"/api/v1/message/{store_id}?peek=1").json()["Read"] is False


def test_checks_can_be_asserted_to_reach_a_score(api: httpx2.Client, put: Put) -> None:
    """The findings are in the outcome."""
    put(welcome("Hello {{ name }}\n").as_bytes())
    asked = [{"assert": "checks", "min_score": 99}, {"assert": "subject", "contains": "Ann"}]
    answer = api.post("/api/v1/message/latest/assert", json={"assertions": asked}).raise_for_status().json()
    assert [each["passed"] for each in answer["outcomes"]] == [False, True]
    assert "[template-variable]" in answer["outcomes"][0]["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"assertions": [{"assert": "colour"}]}, "colour"),
        ({"assertions": [{"assert": "text"}]}, "contains"),
        ({"assertions": [{"equals": "x"}]}, "assert"),
        ({}, "assertions"),
        ({"assertions": [{"assert": "text-is-html"}] * 101}, "1 to 100"),
        # what asserts nothing would hold of every message
        ({"assertions": []}, "1 to 100"),
        ({"assertions": [{"assert": "subject"}]}, "equals"),
        ({"assertions": [{"assert": "subject", "is": "Welcome"}]}, "unknown field `is`"),
        ({"assertions": [{"assert": "text", "contains": " "}]}, "contains"),
        ({"assertions": [{"assert": "html", "contains": ""}]}, "contains"),
        ({"assertions": [{"assert": "checks", "min_score": 101}]}, "min_score"),
    ],
)
def test_an_invalid_assertion_is_refused(api: httpx2.Client, put: Put, body: object, said: str) -> None:
    """400 with the reason, in the format of our own errors."""
    put(welcome().as_bytes())
    answer = api.post("/api/v1/message/latest/assert", json=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_an_unknown_message_is_404(api: httpx2.Client) -> None:
    """No assertion is evaluated."""
    answer = api.post("/api/v1/message/nothing/assert", json={"assertions": [{"assert": "text-is-html"}]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")
