"""Requests made from the OpenAPI document against a real server: no failure, and nothing outside of the document."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from catcher.intake import deliver_now
from catcher.testing import running_catcher
from tests.depth import examples
from tests.web.api.mails import MIXED, envelope, plain

pytestmark = pytest.mark.slow

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(scope="module")
def document() -> Iterator[schemathesis.BaseSchema]:
    """The document of a catcher that holds some mail."""
    with running_catcher() as running:
        deliver_now(running.store, [(envelope(), content) for content in (MIXED, plain(1), b"\xff\x00")])
        yield schemathesis.openapi.from_url(f"{running.url}api/v1/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_responses_follow_the_document(document: schemathesis.BaseSchema, mode: GenerationMode) -> None:
    """For any request, valid or not, status, media type, header fields and schema are documented, and none is 5xx."""
    operations = [result.ok() for result in document.get_all_operations() if isinstance(result, Ok)]
    operations = [operation for operation in operations if operation.path != "/api/v1/events"]  # it never ends
    operations.sort(key=lambda operation: operation.method == "delete")  # last, so that the others find mail
    if mode is GenerationMode.NEGATIVE:  # a path is never invalid: any text is one
        operations = [operation for operation in operations if list(operation.query) or list(operation.body)]
    assert len(operations) > 20
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=examples(3), suppress_health_check=list(HealthCheck))
        def answer(case: Case[Any]) -> None:
            _hurry(case)
            case.call_and_validate(checks=CHECKS)
            if "id" in case.path_parameters:
                case.path_parameters["id"] = "latest"  # there is one, so the rest of the request is looked at
                case.call_and_validate(checks=CHECKS)

        answer()


def _hurry(case: Case[Any]) -> None:
    """No message will arrive: no long waits, unless the length itself is invalid."""
    if case.path == "/api/v1/wait":
        given = case.query.get("timeout")
        if given is None or (isinstance(given, int | float) and 0 <= given <= 600):
            case.query["timeout"] = 0
