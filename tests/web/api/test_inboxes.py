"""`/api/v1/inboxes`, and the parameter `inbox` of everything that is about messages."""

import json
import poplib
import smtplib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from catcher.testing import RunningCatcher, running_catcher
from tests.smtp.scram import scram


@pytest.fixture(scope="module")
def shared_catcher() -> Iterator[RunningCatcher]:
    """A catcher with a POP3 server."""
    with running_catcher(pop3="127.0.0.1:0") as running:
        yield running


def made(api: httpx2.Client, **wanted: Any) -> dict[str, Any]:
    """A new inbox."""
    answer = api.post("api/v1/inboxes", json=wanted)
    assert answer.status_code == 201, answer.text
    inbox: dict[str, Any] = answer.json()
    return inbox


def send(
    catcher: RunningCatcher,
    to: str = "ann@example.com",
    *,
    login: tuple[str, str] | None = None,
    subject: str = "hello",
    tags: str = "",
) -> None:
    """Send a message by SMTP."""
    mail = f"From: app@example.com\r\nTo: {to}\r\nSubject: {subject}\r\nX-Tags: {tags}\r\n\r\nbody\r\n"
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        if login is not None:
            client.login(*login)
        client.sendmail("app@example.com", [to], mail)


def login_of(inbox: dict[str, Any]) -> tuple[str, str]:
    """User name and password."""
    return inbox["username"], inbox["password"]


def subjects(api: httpx2.Client, path: str = "api/v1/messages", **parameters: Any) -> list[str]:
    """Of a list, newest first."""
    return [message["Subject"] for message in api.get(path, params=parameters).json()["messages"]]


def two(api: httpx2.Client, catcher: RunningCatcher) -> tuple[str, str]:
    """Two new inboxes with one message each, "mine" and "foreign"."""
    mine, foreign = made(api), made(api)
    send(catcher, login=login_of(mine), subject="mine", tags="red")
    send(catcher, login=login_of(foreign), subject="foreign", tags="blue")
    return mine["name"], foreign["name"]


def test_a_created_inbox_has_everything_a_test_needs(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """A random name, credentials, addresses, where to connect to, and the cursor to wait from."""
    inbox = made(api, ttl=60, max_messages=5, max_age=3600)
    assert len(inbox["name"]) == 10
    assert inbox["username"] == inbox["name"]
    assert len(inbox["password"]) >= 20
    assert set(inbox["addresses"]) == {f"*@{inbox['name']}.inbox.test", f"*+{inbox['name']}@*"}
    assert inbox["smtp"] == [f"{catcher.smtp_host}:{catcher.smtp_port}"]
    assert (inbox["max_messages"], inbox["max_age"], inbox["is_made"]) == (5, 3600, True)
    assert inbox["expires_at"] > inbox["created_at"]
    assert inbox["cursor"] == api.get("api/v1/messages").json()["cursor"]


def test_names_differ(api: httpx2.Client) -> None:
    """No two inboxes get the same name or password."""
    inboxes = [made(api) for _ in range(20)]
    assert len({inbox["name"] for inbox in inboxes}) == len({inbox["password"] for inbox in inboxes}) == 20


def test_a_taken_name_is_a_conflict(api: httpx2.Client) -> None:
    """409, in any letter case."""
    made(api, name="Taken")
    assert api.post("api/v1/inboxes", json={"name": "taken"}).status_code == 409


@pytest.mark.parametrize(
    "wanted", [{"name": " x"}, {"name": "a\nb"}, {"name": "x" * 201}, {"ttl": 0}, {"ttl": -1}, {"max_messages": -1}]
)
def test_an_invalid_inbox_is_refused(api: httpx2.Client, wanted: dict[str, Any]) -> None:
    """400 that names the field."""
    answer = api.post("api/v1/inboxes", json=wanted)
    assert answer.status_code == 400
    assert next(iter(wanted)) in answer.json()["error"]["message"]


def test_mail_reaches_it_by_login_domain_and_tag(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Each of the ways that the inbox lists."""
    inbox = made(api)
    send(catcher, login=login_of(inbox), subject="login")
    send(catcher, f"anything@{inbox['name']}.inbox.test", subject="domain")
    send(catcher, f"user+{inbox['name']}@example.com", subject="tag")
    send(catcher, subject="foreign")
    assert subjects(api, inbox=inbox["name"]) == ["tag", "domain", "login"]
    assert api.get(f"api/v1/inboxes/{inbox['name']}").json()["messages"] == 3


def logged_in(catcher: RunningCatcher, mechanism: str, user: str, password: str) -> int:
    """The code of the last reply to a login by one of smtplib's mechanisms."""
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        client.ehlo()
        client.user, client.password = user, password
        how = getattr(client, "auth_" + mechanism.lower().replace("-", "_"))
        try:
            return client.auth(mechanism, how)[0]
        except smtplib.SMTPAuthenticationError as refusal:
            return refusal.smtp_code


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_its_password_is_required(catcher: RunningCatcher, api: httpx2.Client, mechanism: str) -> None:
    """Only the right one is accepted, whatever the mechanism."""
    inbox = made(api)
    assert logged_in(catcher, mechanism, *login_of(inbox)) == 235
    assert logged_in(catcher, mechanism, inbox["name"], "wrong") == 535


def test_its_password_is_proven_by_scram(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Though it is not offered to everybody, the server can prove that it knows this password. RFC 7677."""
    inbox = made(api)
    assert scram(catcher.smtp_host, catcher.smtp_port, inbox["name"], inbox["password"]) == 235
    assert scram(catcher.smtp_host, catcher.smtp_port, inbox["name"], "wrong") == 535


@pytest.mark.parametrize("file", ["ann:secret", "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="], ids=["plain", "hashes"])
def test_it_is_logged_in_to_beside_a_password_file(file: str) -> None:
    """What the file holds of the others rules no mechanism out for it; it opens no other name."""
    with running_catcher(smtp_auth=file, smtp_auth_allow_insecure="true") as catcher:
        with httpx2.Client(base_url=catcher.url) as api:
            inbox = made(api)
        for user, password, code in (
            (inbox["name"], inbox["password"], 235),
            (inbox["name"], "wrong", 535),
            ("nobody", inbox["password"], 535),
        ):
            assert logged_in(catcher, "CRAM-MD5", user, password) == code
            assert scram(catcher.smtp_host, catcher.smtp_port, user, password) == code


def test_a_bearer_token_is_no_password(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """XOAUTH2 cannot show the password, so it does not open an inbox that has one."""
    inbox = made(api)
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        client.ehlo()
        response = f"user={inbox['name']}\x01auth=Bearer x\x01\x01"
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.auth("XOAUTH2", lambda challenge=None: response)


def test_other_users_are_not_affected(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """A name without a created inbox is accepted with any password."""
    made(api)
    send(catcher, login=("somebody", "anything"), subject="by use")
    assert subjects(api, inbox="somebody") == ["by use"]


def test_pop3_shows_the_inbox_alone(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Its name and password open its mail; a wrong one opens nothing; other names open everything."""
    mine, foreign = made(api), made(api)
    send(catcher, login=login_of(mine), subject="mine")
    send(catcher, login=login_of(foreign), subject="foreign")
    host, _, port = mine["pop3"][0].rpartition(":")
    assert pop3(host, int(port), *login_of(mine)) == ["mine"]
    assert pop3(host, int(port), "other", "any") == ["mine", "foreign"]
    with pytest.raises(poplib.error_proto, match="AUTH"):
        pop3(host, int(port), mine["name"], "wrong")


def pop3(host: str, port: int, user: str, password: str) -> list[str]:
    """The subjects of a maildrop."""
    client = poplib.POP3(host, port, timeout=30)
    try:
        client.user(user)
        client.pass_(password)
        lines = [client.top(number, 0)[1] for number in range(1, client.stat()[0] + 1)]
        return [line[9:].decode() for some in lines for line in some if line.startswith(b"Subject: ")]
    finally:
        client.close()


def test_deleting_an_inbox_deletes_its_mail(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """The mail of other inboxes stays; the inbox is unknown then."""
    mine, foreign = two(api, catcher)
    assert api.delete(f"api/v1/inboxes/{mine}").json()["deleted"] == 1
    assert subjects(api) == ["foreign"]
    assert api.get(f"api/v1/inboxes/{mine}").status_code == api.delete(f"api/v1/inboxes/{mine}").status_code == 404
    assert [inbox["name"] for inbox in api.get("api/v1/inboxes", params={"inbox": foreign}).json()["inboxes"]] == [
        foreign
    ]


def test_lists_searches_and_tags_are_of_the_inbox(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Messages, totals and tags alike; without the parameter all is as ever."""
    mine, _ = two(api, catcher)
    told = api.get("api/v1/messages", params={"inbox": mine}).json()
    assert (told["total"], told["unread"], told["messages_count"], told["tags"]) == (1, 1, 1, ["red"])
    assert subjects(api, "api/v1/search", query="body", inbox=mine) == ["mine"]
    assert api.get("api/v1/tags", params={"inbox": mine}).json() == ["red"]
    assert (subjects(api), api.get("api/v1/tags").json()) == (["foreign", "mine"], ["blue", "red"])


def test_messages_of_other_inboxes_are_not_found(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """404 for every route of one message; `latest` is the inbox's."""
    mine, foreign = two(api, catcher)
    store_id = api.get("api/v1/message/latest", params={"inbox": foreign}).json()["ID"]
    assert api.get("api/v1/message/latest", params={"inbox": mine}).json()["Subject"] == "mine"
    for rest in ("", "/headers", "/raw", "/extract", "/checks"):
        assert api.get(f"api/v1/message/{store_id}{rest}", params={"inbox": mine}).status_code == 404
        assert api.get(f"api/v1/message/{store_id}{rest}", params={"inbox": foreign}).status_code == 200
    assert api.get(f"view/{store_id}.txt", params={"inbox": mine}).status_code == 404


@pytest.mark.parametrize("how", ["all", "ids", "search"])
def test_marking_and_deleting_stay_within_the_inbox(catcher: RunningCatcher, api: httpx2.Client, how: str) -> None:
    """All messages, those with given ids, or those that a search finds: never those of another inbox."""
    mine, _ = two(api, catcher)
    ids = [message["ID"] for message in api.get("api/v1/messages").json()["messages"]]
    bodies: dict[str, dict[str, Any]] = {"all": {}, "ids": {"IDs": ids}, "search": {"Search": "body"}}
    body = bodies[how]
    assert api.put("api/v1/messages", params={"inbox": mine}, json={"Read": True, **body}).text == "ok"
    assert api.get("api/v1/messages").json()["unread"] == 1
    if how == "search":
        answer = api.delete("api/v1/search", params={"inbox": mine, "query": "body"})
    else:
        answer = api.request("DELETE", "api/v1/messages", params={"inbox": mine}, json=body)
    assert answer.text == "ok"
    assert subjects(api) == ["foreign"]


def test_setting_tags_stays_within_the_inbox(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Ids of other inboxes are ignored like unknown ones."""
    mine, foreign = two(api, catcher)
    ids = [message["ID"] for message in api.get("api/v1/messages").json()["messages"]]
    api.put("api/v1/tags", params={"inbox": mine}, json={"IDs": ids, "Tags": ["new"]})
    assert api.get("api/v1/tags", params={"inbox": foreign}).json() == ["blue"]
    assert api.get("api/v1/tags", params={"inbox": mine}).json() == ["new"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "messages"), ("DELETE", "messages"), ("DELETE", "search?query=x"), ("GET", "tags"), ("DELETE", "faults")],
)
def test_an_inbox_without_a_name_is_never_all_mail(
    catcher: RunningCatcher, api: httpx2.Client, method: str, path: str
) -> None:
    """400, and nothing is deleted: a variable that is not set must not empty the mailbox."""
    two(api, catcher)
    answer = api.request(method, f"api/v1/{path}", params={"inbox": "", "query": "body"})
    assert answer.status_code == 400
    assert len(subjects(api)) == 2


def test_faults_of_an_inbox_affect_its_mail_only(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """A fault of an inbox rejects its mail and no other; it is removed with the inbox."""
    mine, foreign = made(api), made(api)
    fault = {"stage": "content", "code": 451}
    assert api.post("api/v1/faults", params={"inbox": mine["name"]}, json=fault).json()["inbox"] == mine["name"]
    api.post("api/v1/faults", json={**fault, "inbox": "other"})
    with pytest.raises(smtplib.SMTPDataError):
        send(catcher, login=login_of(mine))
    send(catcher, login=login_of(foreign))
    assert len(api.get("api/v1/faults", params={"inbox": mine["name"]}).json()["faults"]) == 1
    api.delete(f"api/v1/inboxes/{mine['name']}")
    assert [fault["inbox"] for fault in api.get("api/v1/faults").json()["faults"]] == ["other"]
    assert api.delete("api/v1/faults", params={"inbox": "other"}).json()["faults"] == []


def test_events_are_limited_to_the_inbox(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """The WebSocket sends arrivals, changes and deletions in its inbox, and no others."""
    mine, foreign = made(api), made(api)
    with connect(f"{catcher.url.replace('http', 'ws', 1)}api/events?inbox={mine['name']}") as socket:
        for inbox, subject in ((foreign, "foreign"), (mine, "mine")):
            send(catcher, login=login_of(inbox), subject=subject)
        ids = {message["Subject"]: message["ID"] for message in api.get("api/v1/messages").json()["messages"]}
        for subject in ("foreign", "mine"):
            api.put("api/v1/messages", json={"IDs": [ids[subject]], "Read": True})
        for subject in ("foreign", "mine"):
            api.request("DELETE", "api/v1/messages", json={"IDs": [ids[subject]]})
        frames: list[dict[str, Any]] = []
        while not any(frame["Type"] == "delete" for frame in frames):
            frames.append(json.loads(socket.recv(timeout=30)))
    news = [(frame["Type"], frame["Data"]["ID"]) for frame in frames if frame["Type"] != "stats"]
    assert news == [("new", ids["mine"]), ("update", ids["mine"]), ("delete", ids["mine"])]
    assert all(frame["Data"]["Total"] <= 1 for frame in frames if frame["Type"] == "stats")


def test_the_event_stream_is_limited_to_the_inbox(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """The same frames as server-sent events; after a lost connection the missed ones come first, without a gap."""
    mine, foreign = made(api), made(api)

    def next_frame(**headers: str) -> dict[str, Any]:
        parameters = {"inbox": mine["name"], "after": mine["cursor"]}
        with api.stream("GET", "api/v1/events", params=parameters, headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            data = next(line for line in answer.iter_lines() if line.startswith("data: "))
        frame: dict[str, Any] = json.loads(data.removeprefix("data: "))
        return frame

    send(catcher, login=login_of(foreign), subject="foreign")
    send(catcher, login=login_of(mine), subject="mine")
    send(catcher, login=login_of(mine), subject="next")
    first = next_frame()
    assert (first["Type"], first["Data"]["Subject"]) == ("new", "mine")
    assert next_frame(**{"Last-Event-ID": str(first["id"])})["Data"]["Subject"] == "next"


def test_every_response_has_a_cursor(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Lists, searches, replies to sending, and inboxes; each is a starting point for a wait."""
    sent = api.post(
        "api/v1/send", json={"From": {"Email": "a@example.com"}, "To": [{"Email": "b@example.com"}], "Text": "x"}
    ).json()
    assert sent["cursor"] == catcher.store.summary(sent["ID"]).arrival
    for path in ("messages", "search?query=x", "search?query=x&limit=0", "inboxes"):
        assert api.get(f"api/v1/{path}").json()["cursor"] == sent["cursor"]
    assert made(api)["cursor"] == sent["cursor"]
