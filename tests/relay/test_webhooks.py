"""Tests of webhooks against a real HTTP server: content, selection, retries, and that no call is lost."""

import base64
import hashlib
import hmac
import json
import queue
import smtplib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from catcher.errors import SettingError
from catcher.relay import outbox
from catcher.relay.webhooks import WebhookEndpoint, signature
from catcher.testing import RunningCatcher, running_catcher
from tests.served import serving
from tests.waiting import wait_until


@dataclass
class Listener:
    """A server that records requests and responds with the given statuses, then with 200."""

    url: str
    statuses: list[int] = field(default_factory=list)
    told: "queue.Queue[tuple[dict[str, str], bytes, str]]" = field(default_factory=queue.Queue)

    def next(self) -> tuple[dict[str, str], dict[str, Any], str]:
        """Header fields in lower case, the body, and the path of the next call."""
        headers, body, path = self.told.get(timeout=20)
        return headers, json.loads(body), path


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener on loopback."""
    kept = Listener(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = kept.statuses.pop(0) if kept.statuses else 200
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            kept.told.put((headers, body, self.path))

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed calls are repeated after milliseconds instead of half a minute."""
    from datetime import timedelta

    quick = outbox.RetryPolicy(first_pause=timedelta(milliseconds=20), max_pause=timedelta(milliseconds=50))
    defaults = outbox.RelayOutbox.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(outbox.RelayOutbox.__init__, "__kwdefaults__", {**defaults, "retries": quick})


def send(host: str, port: int, *subjects: str) -> None:
    """Mails of these subjects, in one session."""
    with smtplib.SMTP(host, port, timeout=30) as client:
        for subject in subjects:
            client.sendmail("a@b.c", ["d@e.f"], f"From: Ann <a@b.c>\r\nSubject: {subject}\r\n\r\nx\r\n".encode())


def caught(catcher: RunningCatcher, *subjects: str) -> None:
    """Mails of these subjects over SMTP."""
    send(catcher.smtp_host, catcher.smtp_port, *subjects)


def jobs(catcher: RunningCatcher, until: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The delivery log, once it has the expected entries."""
    found: list[dict[str, Any]] = []

    def is_so() -> bool:
        found[:] = httpx2.get(f"{catcher.url}api/v1/outgoing").json()["jobs"]
        return until(found)

    wait_until(is_so, said=lambda: f"the log stayed {found}")
    return found


def test_a_webhook_with_an_inbox_gets_only_its_mail(listener: Listener) -> None:
    """With a query, both must match; without one, the inbox decides."""
    hooks = [
        {"name": "all", "url": f"{listener.url}all", "inbox": "Mine"},
        {"name": "some", "url": f"{listener.url}some", "inbox": "mine", "query": "subject:second"},
    ]
    with running_catcher(webhooks=json.dumps(hooks)) as catcher:
        with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
            for subject, inbox in (("first", "foreign"), ("second", "foreign"), ("first", "mine"), ("second", "mine")):
                client.sendmail("a@example.com", [f"x@{inbox}.inbox.test"], f"Subject: {subject}\r\n\r\n")
        told = {(path, body["Subject"]) for _, body, path in (listener.next() for _ in range(3))}
        assert len(jobs(catcher, lambda found: all(job["state"] == "sent" for job in found))) == 3
        assert [each["inbox"] for each in httpx2.get(f"{catcher.url}api/v1/webhooks").json()["webhooks"]] == [
            "Mine",
            "mine",
        ]
    assert told == {("/all", "first"), ("/all", "second"), ("/some", "second")}


def test_the_inbox_of_a_webhook_needs_a_valid_name(listener: Listener) -> None:
    """An impossible name stops the start."""
    with pytest.raises(SettingError, match="inbox"):
        WebhookEndpoint(name="x", url=listener.url, inbox=" ")


def test_the_webhook_of_mailpit_has_mailpits_content(listener: Listener) -> None:
    """The summary of the message, JSON, the label; the same object as in lists. Mailpit compatibility: Webhook."""
    with running_catcher(webhook_url=f"{listener.url}hook", webhook_limit=0, label="staging") as catcher:
        caught(catcher, "news")
        headers, body, path = listener.next()
        (summary,) = httpx2.get(f"{catcher.url}api/v1/messages").json()["messages"]
        (job,) = jobs(catcher, lambda found: bool(found) and found[0]["state"] == "sent")
    assert path == "/hook"
    assert body == summary
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("catcher/")
    assert headers["mailpit-label"] == "staging"
    assert "webhook-signature" not in headers
    assert (job["relay"], job["text"], job["attempts"], job["due_at"]) == ("webhook:default", "200 OK", 1, None)


def test_each_webhook_gets_the_matches_of_its_query_and_is_signed(listener: Listener) -> None:
    """Several webhooks, queries of the search language, custom header fields, Standard Webhooks' signature."""
    secret = "whsec_" + base64.b64encode(b"0123456789").decode()
    hooks = [
        {"name": "orders", "url": f"{listener.url}orders", "query": "subject:order", "secret": secret},
        {"name": "rest", "url": f"{listener.url}rest", "query": "-subject:order", "headers": {"X-Team": "mail"}},
    ]
    with running_catcher(webhooks=json.dumps(hooks)) as catcher:
        caught(catcher, "order 1", "else")
        by_path = {path: (headers, body) for headers, body, path in (listener.next(), listener.next())}
        listed = httpx2.get(f"{catcher.url}api/v1/webhooks").json()["webhooks"]
    headers, body = by_path["/orders"]
    assert body["Subject"] == "order 1"
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    expected = base64.b64encode(hmac.digest(b"0123456789", signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    headers, body = by_path["/rest"]
    assert body["Subject"] == "else"
    assert headers["x-team"] == "mail"
    assert [(each["name"], each["is_signed"]) for each in listed] == [("orders", True), ("rest", False)]
    assert secret not in str(listed)


@pytest.mark.usefixtures("impatient")
def test_a_failed_call_is_repeated_until_it_succeeds(listener: Listener) -> None:
    """Server errors, refusals and redirects, which are not followed; the id stays, and the log has every attempt."""
    listener.statuses = [500, 404, 302]
    with running_catcher(webhook_url=listener.url) as catcher:
        caught(catcher, "again")
        calls = [listener.next() for _ in range(4)]
        (job,) = jobs(catcher, lambda found: found[0]["state"] == "sent")
    assert {path for _, _, path in calls} == {"/"}
    assert len({headers["webhook-id"] for headers, _, _ in calls}) == 1
    assert job["attempts"] == 4
    assert job["text"].splitlines()[0].startswith("500")
    assert listener.told.empty()


@pytest.mark.usefixtures("impatient")
def test_gone_ends_the_calls_for_a_message(listener: Listener) -> None:
    """410 ends them; calls for other messages are still made."""
    listener.statuses = [410]
    with running_catcher(webhook_url=listener.url, webhook_limit=0) as catcher:
        caught(catcher, "one")
        listener.next()
        jobs(catcher, lambda found: found[0]["state"] == "failed")
        caught(catcher, "two")
        assert listener.next()[1]["Subject"] == "two"


@pytest.mark.slow
def test_no_call_of_a_burst_is_dropped(listener: Listener) -> None:
    """Mailpit drops calls within its window; here all are queued."""
    subjects = {f"mail {number}" for number in range(60)}
    with running_catcher(webhook_url=listener.url, webhook_limit=0) as catcher:
        caught(catcher, *subjects)
        told = {listener.next()[1]["Subject"] for _ in subjects}
    assert told == subjects


def test_calls_keep_their_distance(listener: Listener) -> None:
    """`every` spaces the calls, and none is dropped: the queue shows when each is due."""
    hooks = [{"url": listener.url, "every": 3600}]
    with running_catcher(webhooks=json.dumps(hooks)) as catcher:
        caught(catcher, "one", "two", "three")
        listener.next()
        found = jobs(catcher, lambda found: len(found) == 3 and found[2]["state"] == "sent")
        due = [job["due_at"] for job in found[:2]]
        created = [job["created_at"] for job in found[:2]]
    assert listener.told.empty()
    assert all(due)
    assert due[0] > due[1] > created[1]


@pytest.mark.slow
def test_no_call_is_lost_when_the_catcher_dies(listener: Listener, tmp_path: Path) -> None:
    """After kill -9 between mail and call, the next start makes the call, and none twice."""
    listener.statuses = [500]
    arguments = ("--database", str(tmp_path / "mail.db"), "--webhook-url", listener.url, "--webhook-limit", "0")
    with serving(*arguments) as first:
        send(*first.smtp, "before")
        listener.next()
        first.process.kill()
        first.process.wait()
    with serving(*arguments) as second:
        send(*second.smtp, "after")
        assert listener.next()[1]["Subject"] == "after"
        found = json.loads(second.get("api/v1/outgoing"))["jobs"]
    assert len(found) == 2
    assert found[1]["state"] == "waiting"
    assert listener.told.empty()


def test_a_webhook_can_be_tested_on_request(listener: Listener) -> None:
    """POST …/test calls it with the newest message and returns the result; unknown ones are 404 as JSON."""
    with running_catcher(webhooks=json.dumps([{"url": listener.url, "query": "subject:nothing"}])) as catcher:
        address = f"{catcher.url}api/v1/webhooks"
        assert httpx2.post(f"{address}/1/test").status_code == 404
        caught(catcher, "x")
        assert httpx2.post(f"{address}/1/test").json() == {"ok": True, "text": "200 OK"}
        listener.statuses = [503]
        assert httpx2.post(f"{address}/1/test").json()["ok"] is False
        answer = httpx2.post(f"{address}/2/test")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"webhook_url": "ftp://x"}, "webhook-url"),
        ({"webhooks": '[{"url": "file:///etc/passwd"}]'}, "url"),
        ({"webhooks": '[{"name": "x"}]'}, "webhooks"),
        ({"webhooks": '[{"url": "http://x.test", "every": -1}]'}, "webhooks"),
        ({"webhooks": '[{"url": "http://x.test", "query": "before:x"}]'}, "query"),
        ({"webhooks": '[{"url": "http://x.test", "headers": {"a b": "c"}}]'}, "header"),
        ({"webhooks": '[{"url": "http://x.test", "headers": {"a": "b\\r\\nc: d"}}]'}, "header"),
        ({"webhooks": '[{"name": "a", "url": "http://x"}, {"name": "a", "url": "http://y"}]'}, "webhooks"),
    ],
)
def test_invalid_webhooks_stop_the_start(settings: dict[str, str], text: str) -> None:
    """The error is one line that names the setting and contains no secret."""
    with pytest.raises(SettingError, match=text), running_catcher(**settings):
        pass


def test_signatures_are_those_of_the_specification() -> None:
    """Standard Webhooks, its example of a symmetric signature."""
    hook = WebhookEndpoint(name="x", url="http://x.test", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signature(hook.key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
