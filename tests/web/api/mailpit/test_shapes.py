"""Every answer of Mailpit's routes against the shapes of Mailpit's own OpenAPI document: types, and no name missing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from catcher.intake import deliver_now
from catcher.testing import running_catcher
from tests.mail.servers import smtp_server
from tests.web.api.mails import MIXED, envelope

SHAPES = json.loads(Path(__file__).with_name("data").joinpath("mailpit-shapes.json").read_text("utf-8"))
SENT = {"From": {"Email": "a@example.com"}, "To": [{"Email": "b@example.com"}], "HTML": "<p>x</p>"}


@dataclass(frozen=True)
class Ask:
    """A request to one of Mailpit's routes."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    query: dict[str, str] = field(default_factory=dict)


ASKED = {
    "GET /api/v1/chaos": Ask("GET", "/api/v1/chaos"),
    "PUT /api/v1/chaos": Ask("PUT", "/api/v1/chaos", {}),
    "GET /api/v1/info": Ask("GET", "/api/v1/info"),
    "GET /api/v1/message/{ID}": Ask("GET", "/api/v1/message/latest"),
    "GET /api/v1/message/{ID}/headers": Ask("GET", "/api/v1/message/latest/headers"),
    "GET /api/v1/message/{ID}/html-check": Ask("GET", "/api/v1/message/latest/html-check"),
    "GET /api/v1/message/{ID}/link-check": Ask("GET", "/api/v1/message/latest/link-check"),
    "GET /api/v1/message/{ID}/part/{PartID}": Ask("GET", "/api/v1/message/latest/part/2"),
    "GET /api/v1/message/{ID}/part/{PartID}/thumb": Ask("GET", "/api/v1/message/latest/part/2/thumb"),
    "GET /api/v1/message/{ID}/raw": Ask("GET", "/api/v1/message/latest/raw"),
    "POST /api/v1/message/{ID}/release": Ask("POST", "/api/v1/message/latest/release", {"To": ["x@example.org"]}),
    "GET /api/v1/message/{ID}/sa-check": Ask("GET", "/api/v1/message/latest/sa-check"),
    "GET /api/v1/messages": Ask("GET", "/api/v1/messages"),
    "PUT /api/v1/messages": Ask("PUT", "/api/v1/messages", {"Read": True}),
    "DELETE /api/v1/messages": Ask("DELETE", "/api/v1/messages", {"IDs": ["nobody"]}),
    "GET /api/v1/search": Ask("GET", "/api/v1/search", query={"query": "wien"}),
    "DELETE /api/v1/search": Ask("DELETE", "/api/v1/search", query={"query": "subject:nothing"}),
    "POST /api/v1/send": Ask("POST", "/api/v1/send", SENT),
    "GET /api/v1/tags": Ask("GET", "/api/v1/tags"),
    "PUT /api/v1/tags": Ask("PUT", "/api/v1/tags", {"IDs": ["nobody"], "Tags": ["x"]}),
    "PUT /api/v1/tags/{Tag}": Ask("PUT", "/api/v1/tags/apple", {"Name": "pear"}),
    "DELETE /api/v1/tags/{Tag}": Ask("DELETE", "/api/v1/tags/zebra"),
    "GET /api/v1/webui": Ask("GET", "/api/v1/webui"),
    "GET /view/{ID}.html": Ask("GET", "/view/latest.html"),
    "GET /view/{ID}.txt": Ask("GET", "/view/latest.txt"),
}


@pytest.fixture
def api() -> Iterator[httpx2.Client]:
    """A catcher that has one message with everything, and all that the routes want set up."""
    with (
        smtp_server() as sink,
        running_catcher(
            smtp_relay_host="127.0.0.1", smtp_relay_port=sink.port, enable_chaos=True, spamassassin="127.0.0.1:1"
        ) as catcher,
        httpx2.Client(base_url=catcher.url, timeout=60) as client,
    ):
        deliver_now(catcher.store, [(envelope("hidden@example.com"), MIXED)])
        yield client


def missing(value: Any, shape: dict[str, Any], place: str) -> list[str]:
    """Names of the shape that the value lacks, at every depth."""
    if "$ref" in shape:
        shape = SHAPES["definitions"][shape["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, list) and "items" in shape:
        return [each for index, item in enumerate(value) for each in missing(item, shape["items"], f"{place}[{index}]")]
    if not isinstance(value, dict) or "properties" not in shape:
        return []
    found: list[str] = []
    for name, inner in shape["properties"].items():
        found += missing(value[name], inner, f"{place}.{name}") if name in value else [f"{place}.{name}"]
    return found


def test_every_route_of_the_document_is_requested() -> None:
    """No route can be forgotten."""
    assert ASKED.keys() == SHAPES["routes"].keys()


@pytest.mark.slow
@pytest.mark.parametrize("route", sorted(ASKED))
def test_a_response_has_the_schema_of_the_document(api: httpx2.Client, route: str) -> None:
    """Status 200, the media type, every name with its type; a text where the document says so."""
    asked, shape = ASKED[route], SHAPES["routes"][route]["answer"]
    answer = api.request(asked.method, asked.path, json=asked.body, params=asked.query)
    assert answer.status_code == 200, answer.text
    kinds = SHAPES["routes"][route]["produces"]
    if route == "DELETE /api/v1/search":
        kinds = ["text/plain"]  # the document says JSON, the program says the text "ok" like all that change something
    if kinds and not any(kind.startswith(("application/*", "image/*")) for kind in kinds):
        assert answer.headers["content-type"].partition(";")[0] in kinds
    value: Any = answer.json() if "json" in answer.headers["content-type"] else answer.text
    # Rules of a spam filter that could not be asked are null there, whatever the document says.
    if route.endswith("sa-check"):
        value["Rules"] = value["Rules"] or []
    document = {**shape, "definitions": SHAPES["definitions"]}
    assert [error.message for error in jsonschema_rs.Draft4Validator(document).iter_errors(value)] == []
    assert missing(value, shape, "") == []
