"""Tokens that are bound to an inbox: they see and change that one, and nothing of what they might ask for besides."""

import base64
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from catcher.envelope import Client, Envelope
from catcher.intake import deliver_now
from catcher.store.records.tokens import Scope
from catcher.testing import RunningCatcher, running_catcher
from tests.served import command
from tests.web.api.mails import envelope

MINE, FOREIGN = "Mine", "foreign"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningCatcher]:
    """A catcher that lets nobody in without a token, with a message in either inbox."""
    with running_catcher(require_token=True, enable_prometheus=True, database=str(tmp_path / "mail.db")) as running:
        for inbox in (MINE, FOREIGN):
            put(running, inbox)
        yield running


def put(site: RunningCatcher, inbox: str) -> str:
    """A message into an inbox; its store id."""
    given = envelope()
    sender = Envelope(
        reverse_path=given.reverse_path,
        forward_paths=given.forward_paths,
        received_at=given.received_at,
        client=Client(address="127.0.0.1", port=5, protocol="ESMTP", user=inbox),
    )
    return deliver_now(site.store, [(sender, f"Subject: {inbox}\r\nX-Tags: {inbox}\r\n\r\nbody\r\n".encode())])[0]


@pytest.fixture
def secret(site: RunningCatcher) -> str:
    """A token of everything, bound to one inbox, whose name is in another letter case."""
    return site.store.tokens.make("bound", Scope.ADMIN, now=datetime.now(UTC), inbox="mine")[1]


def admin(site: RunningCatcher) -> str:
    """A token of all inboxes."""
    return site.store.tokens.make("admin", Scope.ADMIN, now=datetime.now(UTC))[1]


def bearer(secret: str) -> dict[str, str]:
    """The header field."""
    return {"Authorization": f"Bearer {secret}"}


def basic(user: str, password: str) -> dict[str, str]:
    """The header field."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def api(site: RunningCatcher, secret: str) -> Iterator[httpx2.Client]:
    """A client with the bound token."""
    with httpx2.Client(base_url=site.url, headers=bearer(secret), timeout=30) as client:
        yield client


@pytest.mark.parametrize("asked", ["", "?inbox=mine", "?inbox=MINE"])
def test_lists_show_the_inbox_of_the_token(api: httpx2.Client, asked: str) -> None:
    """The parameter need not be given."""
    told = api.get(f"api/v1/messages{asked}").json()
    assert ([each["Subject"] for each in told["messages"]], told["total"], told["tags"]) == ([MINE], 1, [MINE])


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["inbox=foreign", "inbox=", "inbox=foreign&inbox=mine", "inbox=mine&inbox=foreign"])
def test_another_inbox_is_refused(site: RunningCatcher, api: httpx2.Client, secret: str, asked: str) -> None:
    """A test that waits in the wrong inbox must not be answered with mail of the token's own."""
    for path in ("wait?timeout=0&", "messages?", "search?query=body&", "message/latest?", "tags?"):
        assert api.get(f"api/v1/{path}{asked}").status_code == 403, path
    assert api.delete(f"api/v1/messages?{asked}").status_code == 403
    assert api.post(f"api/v1/send?{asked}", json={}).status_code == 403
    with pytest.raises(InvalidStatus):
        connect(f"{site.url.replace('http', 'ws', 1)}api/events?{asked}", additional_headers=bearer(secret))
    assert len(site.store.page().messages) == 2


def test_searches_tags_and_waits_are_of_the_inbox(api: httpx2.Client) -> None:
    """As all that takes the parameter."""
    assert [each["Subject"] for each in api.get("api/v1/search?query=body").json()["messages"]] == [MINE]
    assert api.get("api/v1/tags").json() == [MINE]
    assert [each["Subject"] for each in api.get("api/v1/wait?count=2&timeout=0").json()["messages"]] == [MINE]


def test_messages_of_other_inboxes_are_not_there(site: RunningCatcher, api: httpx2.Client) -> None:
    """404 for every route of one message; one's own are all there."""
    ids = {each.subject: each.store_id for each in site.store.page().messages}
    for rest in ("", "/headers", "/raw", "/extract", "/checks"):
        assert api.get(f"api/v1/message/{ids[FOREIGN]}{rest}").status_code == 404
        assert api.get(f"api/v1/message/{ids[MINE]}{rest}").status_code == 200
    assert api.get("api/v1/message/latest").json()["Subject"] == MINE
    assert api.get(f"view/{ids[FOREIGN]}.html").status_code == 404
    assert api.post(f"api/v1/message/{ids[FOREIGN]}/release", json={"To": ["a@example.com"]}).status_code == 404


def test_changes_reach_the_inbox_alone(site: RunningCatcher, api: httpx2.Client) -> None:
    """Marking, tagging and deleting everything leaves what is foreign as it was."""
    ids = [each.store_id for each in site.store.page().messages]
    api.put("api/v1/messages", json={"Read": True})
    api.put("api/v1/tags", json={"IDs": ids, "Tags": ["x"]})
    found = {each.subject: each for each in site.store.page().messages}
    assert (found[MINE].is_read, found[MINE].tags) == (True, ("x",))
    assert (found[FOREIGN].is_read, found[FOREIGN].tags) == (False, (FOREIGN,))
    api.request("DELETE", "api/v1/messages", json={"IDs": ids})
    api.delete("api/v1/messages")
    assert [each.subject for each in site.store.page().messages] == [FOREIGN]


def test_inboxes_are_one(site: RunningCatcher, api: httpx2.Client) -> None:
    """Its own can be looked at and deleted; others are not there, and none can be made."""
    assert [each["name"] for each in api.get("api/v1/inboxes").json()["inboxes"]] == [MINE]
    assert api.get("api/v1/inboxes/foreign").status_code == api.delete("api/v1/inboxes/foreign").status_code == 404
    assert api.post("api/v1/inboxes", json={}).status_code == 403
    assert api.get("api/v1/inboxes/MINE").status_code == api.delete("api/v1/inboxes/mine").status_code == 200
    assert [each.subject for each in site.store.page().messages] == [FOREIGN]


def test_all_that_cannot_be_limited_is_refused(site: RunningCatcher, api: httpx2.Client) -> None:
    """Every operation of the document that does not take `inbox`, the pages and their files: 403, even for an admin."""
    document = httpx2.get(site.url + "api/v1/openapi.json", headers=bearer(admin(site)), timeout=30).json()
    refused = 0
    for path, methods in document["paths"].items():
        if path in ("/livez", "/readyz"):
            continue
        for method, operation in methods.items():
            if not any(each["name"] == "inbox" for each in operation.get("parameters", ())):
                answer = api.request(method.upper(), path.replace("{id}", "latest"))
                assert answer.status_code == 403, (method, path)
                refused += 1
    assert refused > 20
    for page in ("", "search?q=x", "view/latest", "events", "static/app.css", "settings"):
        assert api.get(page).status_code == 403, page


def test_news_are_of_the_inbox(site: RunningCatcher, api: httpx2.Client, secret: str) -> None:
    """The socket sends events of it alone."""
    with connect(f"{site.url.replace('http', 'ws', 1)}api/events", additional_headers=bearer(secret)) as news:
        put(site, FOREIGN)
        store_id = put(site, MINE)
        frame = {"Type": "stats"}
        while frame["Type"] == "stats":
            frame = json.loads(news.recv(timeout=30))
    assert frame["Data"]["ID"] == store_id  # type: ignore[index]


def test_an_inbox_that_is_none_is_refused_at_the_socket(site: RunningCatcher) -> None:
    """An empty name is no name for all."""
    with pytest.raises(InvalidStatus):
        connect(f"{site.url.replace('http', 'ws', 1)}api/events?inbox=", additional_headers=bearer(admin(site)))


@pytest.mark.parametrize("asked", ["", "?inbox=mine"])
def test_what_is_sent_in_is_put_into_the_inbox(site: RunningCatcher, api: httpx2.Client, asked: str) -> None:
    """Whatever recipients and header say, which would put it into another one."""
    octets = b"To: b+foreign@example.com\r\nX-Catcher-Inbox: foreign\r\nSubject: octets\r\n\r\nbody\r\n"
    sent = api.post(f"api/v1/send{asked}", content=octets, headers={"Content-Type": "message/rfc822"})
    assert site.store.get(sent.json()["ID"]).summary.inboxes == ("mine",)
    body = {"From": {"Email": "a@example.com"}, "To": [{"Email": "x@foreign.inbox.test"}], "Subject": "json"}
    sent = api.post(f"api/v1/send{asked}", json=body)
    assert site.store.get(sent.json()["ID"]).summary.inboxes == ("mine",)
    assert api.get("api/v1/messages").json()["total"] == 3


def test_a_token_limits_its_request_where_nobody_is_asked_for_one(tmp_path: Path) -> None:
    """Who sends it asks for no more than it allows; one that is not known any more does not open everything."""
    with running_catcher(database=str(tmp_path / "mail.db")) as site, httpx2.Client(base_url=site.url) as anybody:
        mine, foreign = (put(site, inbox) for inbox in (MINE, FOREIGN))
        _, secret = site.store.tokens.make("reader", Scope.READ, now=datetime.now(UTC), inbox=MINE)
        assert anybody.get("api/v1/messages").json()["total"] == 2
        for field in (bearer(secret), basic("anybody", secret)):
            assert [each["ID"] for each in anybody.get("api/v1/messages", headers=field).json()["messages"]] == [mine]
            assert anybody.get(f"api/v1/message/{foreign}", headers=field).status_code == 404
            assert anybody.delete("api/v1/messages", headers=field).status_code == 403
            assert anybody.get("", headers=field).status_code == 403
        assert anybody.get("api/v1/messages", headers=bearer(secret[:-1] + "!")).status_code == 401
        assert anybody.get("api/v1/messages", headers=bearer("of-another-server")).status_code == 401
        assert anybody.get("api/v1/messages", headers=basic("ann", "secret")).json()["total"] == 2


@pytest.mark.slow
def test_a_token_of_an_inbox_is_made_by_command(site: RunningCatcher, tmp_path: Path) -> None:
    """`--inbox` binds it."""
    made = command("token", "create", "--scope", "read", "--inbox", "mine", "-d", str(tmp_path / "mail.db"))
    secret = subprocess.run(made, capture_output=True, text=True, check=True).stdout.strip()
    listed = httpx2.get(f"{site.url}api/v1/messages", headers=bearer(secret), timeout=30).json()
    assert [message["Subject"] for message in listed["messages"]] == [MINE]
