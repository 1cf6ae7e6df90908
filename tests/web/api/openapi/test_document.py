"""The OpenAPI document and the names and types that existing clients expect of the answers."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.web.api.mails import MIXED

Put = Callable[..., list[str]]

ADDRESS = {"Name": str, "Address": str}
FILE = {
    "PartID": str, "FileName": str, "ContentType": str, "ContentID": str, "Size": int,
    "Checksums": {"MD5": str, "SHA1": str, "SHA256": str},
}  # fmt: skip
SUMMARY = {
    "ID": str, "MessageID": str, "Read": bool, "From": ADDRESS, "To": [ADDRESS], "Cc": [ADDRESS], "Bcc": [ADDRESS],
    "ReplyTo": [ADDRESS], "Subject": str, "Created": str, "Username": str, "Tags": [str], "Size": int,
    "Attachments": int, "Snippet": str,
}  # fmt: skip
LIST = {
    "total": int, "unread": int, "count": int, "messages_count": int, "messages_unread": int, "start": int,
    "tags": [str], "messages": [SUMMARY],
}  # fmt: skip
MESSAGE = {
    "ID": str, "MessageID": str, "From": ADDRESS, "To": [ADDRESS], "Cc": [ADDRESS], "Bcc": [ADDRESS],
    "ReplyTo": [ADDRESS], "ReturnPath": str, "Subject": str, "Date": str, "Tags": [str], "Username": str, "Text": str,
    "HTML": str, "Size": int, "Inline": [FILE], "Attachments": [FILE],
    "ListUnsubscribe": {"Header": str, "Links": [str], "Errors": str, "HeaderPost": str},
}  # fmt: skip
INFO = {
    "Version": str, "LatestVersion": str, "Database": str, "DatabaseSize": int, "Messages": int, "Unread": int,
    "Tags": dict,
    "RuntimeStats": {
        "Uptime": int, "Memory": int, "MessagesDeleted": int, "SMTPAccepted": int, "SMTPAcceptedSize": int,
        "SMTPRejected": int, "SMTPIgnored": int,
    },
}  # fmt: skip
WEBUI = {
    "Label": str, "SpamAssassin": bool, "ChaosEnabled": bool, "DuplicatesIgnored": bool, "HideDeleteAllButton": bool,
    "MessageRelay": {
        "Enabled": bool, "SMTPServer": str, "ReturnPath": str, "AllowedRecipients": str, "BlockedRecipients": str,
        "OverrideFrom": str, "PreserveMessageIDs": bool, "RecipientAllowlist": str,
    },
}  # fmt: skip
"""Names and types as clients of the reference know them; answers may have more keys."""


def differences(value: Any, expected: Any, place: str = "") -> list[str]:
    """Where a value does not have the names and types that are expected."""
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            return [f"{place}: {value!r} is no object"]
        return [
            difference
            for key, inner in expected.items()
            for difference in (
                differences(value[key], inner, f"{place}.{key}") if key in value else [f"{place}.{key} is missing"]
            )
        ]
    if isinstance(expected, list):
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no list"]
        return [
            each for index, item in enumerate(value) for each in differences(item, expected[0], f"{place}[{index}]")
        ]
    return [] if type(value) is expected else [f"{place}: {value!r} is no {expected.__name__}"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/messages", LIST),
        ("/api/v1/search?query=Anna", LIST),
        ("/api/v1/message/latest", MESSAGE),
        ("/api/v1/info", INFO),
        ("/api/v1/webui", WEBUI),
        ("/api/v1/tags", [str]),
    ],
)
def test_responses_have_the_keys_and_types_clients_expect(
    api: httpx2.Client, put: Put, path: str, expected: Any
) -> None:
    """The schemas of Mailpit's description, filled from a message that has everything."""
    put(MIXED, recipients=("hidden@example.com",))
    answer = api.get(path).json()
    assert differences(answer, expected) == []
    assert differences({"messages": None}, LIST), "the comparison finds differences"


def test_exactly_the_documented_operations_exist(api: httpx2.Client) -> None:
    """The document is generated from the operations, and swagger.json is another name of it."""
    document = api.get("/api/v1/openapi.json").json()
    assert document == api.get("/api/v1/swagger.json").json()
    assert document["openapi"] == "3.1.0"
    operations = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert operations == {
        "POST /api/v1/message/{id}/assert", "GET /api/v1/message/{id}/checks", "GET /api/v1/message/{id}/checks/links",
        "GET /api/v1/message/{id}/html-check", "GET /api/v1/message/{id}/link-check",
        "GET /api/v1/message/{id}/sa-check", "GET /api/v1/message/{id}/extract",
        "GET /api/v1/message/{id}/part/{part_id}/thumb", "GET /metrics",
        "GET /api/v1/sessions", "GET /api/v1/wait", "GET /api/v1/events", "GET /api/v1/inboxes", "POST /api/v1/inboxes",
        "GET /api/v1/inboxes/{inbox}", "DELETE /api/v1/inboxes/{inbox}",
        "GET /api/v1/tokens", "POST /api/v1/tokens", "DELETE /api/v1/tokens/{number}",
        "GET /api/v1/outgoing", "GET /api/v1/webhooks", "POST /api/v1/webhooks/{name}/test",
        "GET /api/v1/faults", "PUT /api/v1/faults", "POST /api/v1/faults", "DELETE /api/v1/faults",
        "DELETE /api/v1/faults/{number}", "GET /api/v1/chaos", "PUT /api/v1/chaos",
        "POST /api/v2/jim", "PUT /api/v2/jim", "DELETE /api/v2/jim",
        "GET /api/v1/messages", "PUT /api/v1/messages", "DELETE /api/v1/messages",
        "GET /api/v1/messages/{id}", "DELETE /api/v1/messages/{id}",
        "GET /api/v2/messages", "GET /api/v2/search", "GET /api/v2/jim",
        "GET /api/v1/search", "DELETE /api/v1/search",
        "GET /api/v1/message/{id}", "GET /api/v1/message/{id}/headers", "GET /api/v1/message/{id}/raw",
        "GET /api/v1/message/{id}/part/{part_id}", "POST /api/v1/message/{id}/release", "GET /api/v1/relays",
        "GET /api/v1/tags", "PUT /api/v1/tags", "PUT /api/v1/tags/{tag}", "DELETE /api/v1/tags/{tag}",
        "POST /api/v1/send", "GET /api/v1/info", "GET /api/v1/webui", "GET /api/v1/ca.pem", "GET /livez", "GET /readyz",
        "GET /view/{id}.html", "GET /view/{id}.txt", "GET /api/v1/openapi.json", "GET /api/v1/swagger.json",
    }  # fmt: skip
    names = [inner["operationId"] for methods in document["paths"].values() for inner in methods.values()]
    assert len(names) == len(set(names))


def test_every_reference_of_the_document_resolves(api: httpx2.Client) -> None:
    """Every referenced schema exists, and every operation has a summary."""
    answer = api.get("/api/v1/openapi.json")
    document = answer.json()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known
    assert all(inner["summary"] for methods in document["paths"].values() for inner in methods.values())


def references(value: Any) -> list[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for inner in value.values() for each in references(inner)]
    return [each for inner in value for each in references(inner)] if isinstance(value, list) else []
