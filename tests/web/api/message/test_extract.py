"""Tests of codes and links over HTTP."""

import math
import smtplib
from collections.abc import Callable

import httpx2
import msgspec
import pytest

from catcher.errors import SettingError
from catcher.extract import CodeKind, LinkKind, MatchSource
from catcher.schema.extract import Extraction
from catcher.testing import running_catcher
from tests.mime.text.url_table import ENDS

Put = Callable[..., list[str]]

SIGN_IN = b"""\
From: Acme <hello@acme.example>\r
To: ann@example.com\r
Subject: Sign in to Acme\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=b\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
\r
Hello Ann,\r
\r
your sign-in code is 482 913. It expires in 10 minutes.\r
\r
Or follow https://acme.example/login?token=Xk29dLq81mVt to sign in.\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<html><body>\r
<p>Hello Ann, your sign-in code:</p>\r
<p style="font-size: 32px"><b>482 913</b></p>\r
<p><a href="https://acme.example/login?token=Xk29dLq81mVt" class="button">Sign in</a></p>\r
<p><small><a href="https://acme.example/unsubscribe">Unsubscribe</a> Acme Inc., 12345 Springfield</small></p>\r
</body></html>\r
--b--\r
"""
PLAIN = b"Subject: Lunch\r\n\r\nAt the usual place? I am there from 12:30 on.\r\n"


def test_codes_and_links_come_with_the_primary_of_each(api: httpx2.Client, put: Put) -> None:
    """The code as it is typed, the link to follow, their kinds, and places as in the parts of the message."""
    (store_id,) = put(SIGN_IN)
    answer = api.get(f"/api/v1/message/{store_id}/extract").raise_for_status().json()
    assert [code["value"] for code in answer["codes"]] == ["482913"]
    assert answer["code"] == answer["codes"][0]
    assert (answer["code"]["shown"], answer["code"]["kind"]) == ("482 913", "sign-in")
    assert answer["code"]["place"] == {"source": "html", "part_id": "2", "line": 3, "element": 5}
    assert answer["code"]["confidence"] > 0.9
    assert answer["link"] == answer["links"][0]
    assert (answer["link"]["url"], answer["link"]["text"]) == (
        "https://acme.example/login?token=Xk29dLq81mVt",
        "Sign in",
    )
    assert (answer["link"]["kind"], answer["link"]["is_button"]) == ("sign-in", True)
    assert [link["kind"] for link in answer["links"]] == ["sign-in", "unsubscribe"]
    assert answer["is_cut"] is False


def test_latest_works_and_a_message_without_any_has_nulls(api: httpx2.Client, put: Put) -> None:
    """`latest` with a query finds the newest that matches; missing ones are null, lists are empty."""
    put(SIGN_IN, PLAIN)
    answer = api.get("/api/v1/message/latest/extract", params={"query": "subject:lunch"}).raise_for_status().json()
    assert answer == {"codes": [], "links": [], "code": None, "link": None, "is_cut": False}
    assert api.get("/api/v1/message/latest/extract", params={"query": "subject:sign"}).json()["code"] is not None


def test_the_features_of_each_come_on_request(api: httpx2.Client, put: Put) -> None:
    """`explain=1` says which features count for and against a code or link; the rest of the answer is the same."""
    (store_id,) = put(SIGN_IN)
    plain = api.get(f"/api/v1/message/{store_id}/extract").json()
    explained = api.get(f"/api/v1/message/{store_id}/extract", params={"explain": "1"}).raise_for_status().json()
    for name in ("code", "link"):
        features = explained[name].pop("features")
        assert explained[name] == plain[name]
        assert len(features) > 1
        assert all(each["points"] and each["feature"] for each in features)
        points = sum(each["points"] for each in features)
        assert 1 / (1 + math.exp(-points)) == pytest.approx(plain[name]["confidence"], abs=0.02)
    assert "button" in [each["feature"] for each in explained["links"][0]["features"]]


def test_rules_of_the_settings_decide() -> None:
    """Messages that the query matches have the code and link of the patterns, in waits too; others have their own."""
    rule = {"match": "subject:sign", "code": "in ([0-9]+) minutes", "link": "unsubscribe"}
    with running_catcher(extract_rules=[rule]) as running, httpx2.Client(base_url=running.url) as api:
        for octets in (SIGN_IN, SIGN_IN.replace(b"Subject: Sign in to Acme", b"Subject: Acme")):
            with smtplib.SMTP(running.smtp_host, running.smtp_port) as client:
                client.sendmail("hello@acme.example", ["ann@example.com"], octets)
        waited = api.get("/api/v1/wait", params={"query": "subject:sign", "since": "0"}).raise_for_status().json()
        ruled = api.get("/api/v1/message/latest/extract", params={"query": "subject:sign"}).json()
        other = api.get("/api/v1/message/latest/extract", params={"query": "!subject:sign"}).json()
    assert (ruled["code"]["value"], ruled["link"]["url"]) == ("10", "https://acme.example/unsubscribe")
    assert waited["messages"][0]["extract"] == ruled
    assert other["code"]["value"] == "482913"


@pytest.mark.parametrize(
    "rule", [{"match": "(", "link": "x"}, {"match": "subject:x", "code": "("}, {"match": "subject:x"}]
)
def test_an_invalid_rule_stops_the_start(rule: dict[str, str]) -> None:
    """A setting that cannot be applied is not ignored."""
    with pytest.raises(SettingError, match="extract"), running_catcher(extract_rules=[rule]):
        pass


def test_extracting_does_not_mark_read(api: httpx2.Client, put: Put) -> None:
    """A program that reads a code leaves the message unread."""
    (store_id,) = put(SIGN_IN)
    api.get(f"/api/v1/message/{store_id}/extract").raise_for_status()
    assert api.get("/api/v1/messages").json()["unread"] == 1


def test_an_unknown_message_is_404(api: httpx2.Client, put: Put) -> None:
    """As for every route about one message."""
    put(PLAIN)
    assert api.get("/api/v1/message/nosuchmessage/extract").status_code == 404
    assert api.get("/api/v1/message/latest/extract", params={"query": "subject:nothing"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "value"), [("query", "("), ("query", "before:nonsense"), ("tz", "Mars"), ("inbox", "")]
)
def test_invalid_input_is_refused_with_the_parameter(api: httpx2.Client, put: Put, name: str, value: str) -> None:
    """400 with the parameter's name, in the format of our own errors."""
    put(PLAIN)
    refused = api.get("/api/v1/message/latest/extract", params={name: value})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith(f"{name}: ")


def test_the_documented_kinds_are_those_of_the_extraction() -> None:
    """The schema lists every kind of code and link and every source, and no others."""
    _, schemas = msgspec.json.schema_components([Extraction])
    documented = {
        name: schemas[name]["properties"][field]["enum"]
        for name, field in (("Code", "kind"), ("Link", "kind"), ("ExtractPosition", "source"))
    }
    assert documented == {
        "Code": sorted(CodeKind),
        "Link": sorted(LinkKind),
        "ExtractPosition": sorted(MatchSource),
    }


def test_an_address_in_text_ends_where_a_reader_sees_it_end(api: httpx2.Client, put: Put) -> None:
    """The table that text, HTML and pages are tested with, in one message. RFC 3986, appendix C."""
    body = "\r\n\r\n".join(text.replace("\r", "").replace("\n", "\r\n") for text, _ in ENDS.values())
    (store_id,) = put(f"Subject: Links\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode())
    answer = api.get(f"/api/v1/message/{store_id}/extract").raise_for_status().json()
    # addresses that differ in a final slash are one, and some texts have a second address
    expected = {url.lower().rstrip("/") for _, url in ENDS.values()} | {"https://b.example"}
    assert {link["url"].lower().rstrip("/") for link in answer["links"]} == expected
