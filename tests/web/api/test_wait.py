"""`GET /api/v1/wait`: mail that is waited for, over HTTP and SMTP."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from catcher.store import Everything
from catcher.store.events import Subscriber
from catcher.testing import RunningCatcher, running_catcher
from tests.served import serving

Put = Callable[..., list[str]]


def mail(subject: str = "Welcome", *, body: str = "Your code is 493021.") -> bytes:
    """A message."""
    return f"From: App <app@example.com>\r\nTo: ann@example.com\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode()


def begin(catcher: RunningCatcher, **parameters: Any) -> "Future[httpx2.Response]":
    """A wait that has begun: its request is with the server, which listens to the store's news for it."""
    answer: Future[httpx2.Response] = Future()

    def ask() -> None:
        try:
            answer.set_result(httpx2.get(catcher.url + "api/v1/wait", params=parameters, timeout=60))
        except Exception as error:
            answer.set_exception(error)

    with listeners(catcher) as (heard, _):
        threading.Thread(target=ask, daemon=True).start()
        assert heard.wait(20)
    return answer


@contextmanager
def listeners(catcher: RunningCatcher) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Set when a subscription to the store's events begins, and when it ends."""
    heard, left = threading.Event(), threading.Event()
    subscribe = catcher.store.events.subscribe

    def watched(subscriber: Subscriber) -> Callable[[], None]:
        leave = subscribe(subscriber)
        heard.set()

        def watched_leave() -> None:
            leave()
            left.set()

        return watched_leave

    catcher.store.events.subscribe = watched  # type: ignore[method-assign]
    try:
        yield heard, left
    finally:
        del catcher.store.events.subscribe


def connected(catcher: RunningCatcher) -> socket.socket:
    """A connection to the site."""
    host, port = catcher.url.removeprefix("http://").rstrip("/").split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def subjects(answer: httpx2.Response) -> list[str]:
    """Of the messages in an answer."""
    return [message["Subject"] for message in answer.json()["messages"]]


def test_a_present_message_ends_the_wait_at_once(api: httpx2.Client, put: Put) -> None:
    """Without `since` messages already there count, the newest first."""
    put(mail("one"), mail("two"), mail("other"))
    answer = api.get("api/v1/wait", params={"query": "subject:two OR subject:one"})
    assert answer.status_code == 200
    assert subjects(answer) == ["two"]


def test_an_arriving_message_ends_the_wait(catcher: RunningCatcher, put: Put) -> None:
    """The response has the whole message with its codes, and the cursor after it."""
    wait = begin(catcher, query="subject:welcome")
    put(mail("Something else"))
    put(mail())
    answer = wait.result(60)
    assert answer.status_code == 200
    (message,) = answer.json()["messages"]
    assert (message["Subject"], message["Text"].strip()) == ("Welcome", "Your code is 493021.")
    assert message["extract"]["code"]["value"] == "493021"
    assert answer.json()["cursor"] == message["cursor"] == catcher.store.summary(message["ID"]).arrival


def test_mail_by_smtp_ends_the_wait(catcher: RunningCatcher) -> None:
    """The wait can respond from the final 250 on."""
    wait = begin(catcher, query="from:app@example.com")
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        client.sendmail("app@example.com", ["ann@example.com"], mail())
    assert subjects(wait.result(60)) == ["Welcome"]


def test_messages_have_the_format_of_the_message_route(api: httpx2.Client, put: Put) -> None:
    """A message of a wait is that of GET message, with `extract` as of its own route."""
    (store_id,) = put(mail())
    (message,) = api.get("api/v1/wait").json()["messages"]
    assert message.pop("extract") == api.get(f"api/v1/message/{store_id}/extract").json()
    assert message == api.get(f"api/v1/message/{store_id}?peek=1").json()


def test_nothing_is_marked_read(api: httpx2.Client, put: Put) -> None:
    """Waiting is not reading."""
    put(mail())
    assert api.get("api/v1/wait").json()["messages"][0]["Read"] is False
    assert api.get("api/v1/messages").json()["unread"] == 1


def test_cursors_miss_no_message_and_repeat_none(api: httpx2.Client, put: Put) -> None:
    """With `since` the oldest comes first, so that waiting again and again sees each message once."""
    cursor = api.get("api/v1/messages").json()["cursor"]
    put(*(mail(str(number)) for number in range(5)))
    seen = []
    for _ in range(5):
        answer = api.get("api/v1/wait", params={"since": cursor, "timeout": 0}).json()
        seen += [message["Subject"] for message in answer["messages"]]
        cursor = answer["cursor"]
    assert seen == ["0", "1", "2", "3", "4"]
    assert api.get("api/v1/wait", params={"since": cursor, "timeout": 0}).status_code == 408


def test_a_wait_for_several_ends_with_the_last(catcher: RunningCatcher, api: httpx2.Client, put: Put) -> None:
    """`count` messages in the order of arrival, from before the wait and during it."""
    cursor = api.get("api/v1/messages").json()["cursor"]
    put(mail("1"))
    wait = begin(catcher, count=3, since=cursor)
    put(mail("2"))
    put(mail("3"))
    assert subjects(wait.result(60)) == ["1", "2", "3"]


def test_a_timeout_shows_near_misses_and_why_they_did_not_match(api: httpx2.Client, put: Put) -> None:
    """408 with the near misses, nearest first, a sentence for each condition that failed."""
    put(mail("Goodbye"), mail("Welcome back", body="no"))
    answer = api.get("api/v1/wait", params={"query": "subject:welcome from:boss", "timeout": "0.01"})
    assert answer.status_code == 408
    told = answer.json()
    assert told["messages"] == []
    assert [miss["failed"] for miss in told["near_misses"]] == [
        ["from:boss did not match 'App <app@example.com>'"],
        ["subject:welcome did not match 'Goodbye'", "from:boss did not match 'App <app@example.com>'"],
    ]
    assert told["near_misses"][0]["message"]["Subject"] == "Welcome back"
    assert told["error"]["code"] == "timeout"
    assert "0 of 1 message came within 0.01 seconds; 2 messages came that did not match" in told["error"]["message"]
    assert told["cursor"] == api.get("api/v1/messages").json()["cursor"]


def test_a_timeout_shows_the_messages_that_matched(api: httpx2.Client, put: Put) -> None:
    """They are whole, and no near misses."""
    put(mail())
    told = api.get("api/v1/wait", params={"count": 2, "timeout": 0}).json()
    assert [message["Subject"] for message in told["messages"]] == ["Welcome"]
    assert told["near_misses"] == []


def test_near_misses_are_within_inbox_and_cursor(catcher: RunningCatcher, api: httpx2.Client) -> None:
    """Messages of other inboxes or from before the cursor are no near misses."""
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        client.sendmail("app@example.com", ["a@mine.inbox.test"], mail("early"))
        cursor = api.get("api/v1/messages").json()["cursor"]
        client.sendmail("app@example.com", ["a@other.inbox.test"], mail("foreign"))
        client.sendmail("app@example.com", ["a@mine.inbox.test"], mail("near"))
    parameters = {"query": "subject:x", "inbox": "mine", "since": cursor, "timeout": 0}
    told = api.get("api/v1/wait", params=parameters).json()
    assert [miss["message"]["Subject"] for miss in told["near_misses"]] == ["near"]


def test_absence_is_confirmed_after_the_timeout(api: httpx2.Client, put: Put) -> None:
    """200 if no message matched."""
    put(mail())
    answer = api.get("api/v1/wait", params={"query": "subject:other", "absent": "true", "timeout": "0.05"})
    assert (answer.status_code, answer.json()["messages"]) == (200, [])


def test_absence_fails_as_soon_as_a_message_matches(catcher: RunningCatcher, put: Put) -> None:
    """409 with the messages, long before the timeout."""
    wait = begin(catcher, absent="true", timeout=600)
    put(mail("Surprise"))
    answer = wait.result(60)
    assert (answer.status_code, subjects(answer)) == (409, ["Surprise"])
    assert answer.json()["error"]["code"] == "came"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "x"), ("since", "-1"), ("count", "0"), ("count", "101"), ("count", "1.5"), ("timeout", "-1"),
        ("timeout", "601"), ("timeout", "nan"), ("absent", "maybe"), ("query", "before:never"), ("inbox", ""),
        ("inbox", " "), ("since", ""), ("tz", "Mars/Phobos"),
    ],
)  # fmt: skip
def test_invalid_input_is_refused_with_the_parameter(api: httpx2.Client, name: str, value: str) -> None:
    """400 that names the parameter."""
    answer = api.get("api/v1/wait", params={name: value})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{name}: ")


def test_an_unknown_inbox_is_404_at_once(api: httpx2.Client) -> None:
    """The wait does not begin."""
    answer = api.get("api/v1/wait", params={"inbox": "nobody", "timeout": 600})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")


def test_messages_tagged_during_the_wait_count_at_its_end(
    catcher: RunningCatcher, api: httpx2.Client, put: Put
) -> None:
    """The store is queried once more at the timeout."""
    (store_id,) = put(mail())
    wait = begin(catcher, query="tag:done", timeout="0.5")
    catcher.store.set_tags([store_id], ["done"])
    assert subjects(wait.result(60)) == ["Welcome"]


def test_a_message_deleted_before_it_is_read_is_left_out(catcher: RunningCatcher, put: Put) -> None:
    """The response has the remaining messages."""
    wait = begin(catcher, query="subject:welcome", timeout="0.2")
    put(mail())
    catcher.store.delete(Everything())
    answer = wait.result(60)
    assert answer.status_code in (200, 408)


def test_a_disconnected_client_ends_its_wait(catcher: RunningCatcher) -> None:
    """After the last one there is no subscription to the store."""
    with listeners(catcher) as (heard, left), connected(catcher) as client:
        client.sendall(b"GET /api/v1/wait?timeout=600 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert heard.wait(20)
        assert not left.is_set()
        client.close()
        assert left.wait(20)


@pytest.mark.slow
def test_five_hundred_wait_at_once(api: httpx2.Client, catcher: RunningCatcher, put: Put) -> None:
    """Each gets its own message: 500 open requests, 500 inboxes' mail in one go."""
    cursor = api.get("api/v1/messages").json()["cursor"]
    clients = [connected(catcher) for _ in range(500)]
    try:
        for number, client in enumerate(clients):
            asked = urlencode({"query": f"subject:=n{number}", "since": cursor, "timeout": 300})
            client.sendall(
                f"GET /api/v1/wait?{asked} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            )
        put(*(mail(f"n{number}") for number in range(500)))
        for number, client in enumerate(clients):
            with client.makefile("rb") as answer:
                octets = answer.read()
            assert octets.startswith(b"HTTP/1.1 200")
            assert f'"Subject":"n{number}"'.encode() in octets
    finally:
        for client in clients:
            client.close()


def test_stopping_the_server_ends_waits() -> None:
    """503 instead of a connection that hangs until the deadline."""
    with running_catcher() as catcher:
        wait = begin(catcher, timeout=600)
    answer = wait.result(20)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "stopping")


@pytest.mark.slow
def test_mail_of_another_process_ends_the_wait(tmp_path: Path) -> None:
    """Two catchers on one database: one receives the mail, the other has the wait."""
    database = str(tmp_path / "mail.db")
    with running_catcher(database=database) as catcher, serving("--database", database) as other:
        wait = begin(catcher, query="subject:hello")
        store_id = other.send()
        assert [message["ID"] for message in wait.result(60).json()["messages"]] == [store_id]


def test_no_wake_up_is_lost(catcher: RunningCatcher, put: Put) -> None:
    """A message that arrives when a wait begins is seen by the first query or by its event."""
    with ThreadPoolExecutor(2) as pool, httpx2.Client(base_url=catcher.url, timeout=60) as client:
        for number in range(40):
            together = threading.Barrier(2)

            def wait(name: str = f"race{number}", together: threading.Barrier = together) -> httpx2.Response:
                together.wait()
                return client.get("api/v1/wait", params={"query": f"subject:={name}", "timeout": 50})

            def send(name: str = f"race{number}", together: threading.Barrier = together) -> None:
                together.wait()
                put(mail(name))

            answer, sent = pool.submit(wait), pool.submit(send)
            sent.result(60)
            assert subjects(answer.result(60)) == [f"race{number}"]
