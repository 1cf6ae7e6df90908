"""`/api/events`: news over a WebSocket."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from catcher.testing import RunningCatcher, running_catcher
from tests.web.api.mails import plain

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]


class Socket:
    """A listener: frames in order, with or without the statistics between them."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def frame(self) -> dict[str, Any]:
        """The next frame of any type."""
        frame: dict[str, Any] = json.loads(self._connection.recv(timeout=20))
        return frame

    def news(self, count: int) -> list[dict[str, Any]]:
        """Return the next frames, without statistics."""
        frames: list[dict[str, Any]] = []
        while len(frames) < count:
            frame = self.frame()
            if frame["Type"] != "stats":
                frames.append(frame)
        return frames

    def stats_until(self, total: int, unread: int) -> dict[str, Any]:
        """The first statistics with these numbers."""
        while True:
            frame = self.frame()
            if frame["Type"] == "stats" and (frame["Data"]["Total"], frame["Data"]["Unread"]) == (total, unread):
                return frame


@contextmanager
def listening(catcher: RunningCatcher, path: str = "api/events", **options: Any) -> Iterator[Socket]:
    """A socket that has heard its first statistics."""
    with connect(catcher.url.replace("http", "ws", 1) + path, **options) as connection:
        yield Socket(connection)


def test_statistics_come_first_and_after_changes(catcher: RunningCatcher, put: Put) -> None:
    """`stats` after connecting and after any change. Mailpit compatibility: Events."""
    with listening(catcher) as socket:
        first = socket.frame()
        assert (first["Type"], first["Data"]["Total"], first["Data"]["Unread"]) == ("stats", 0, 0)
        assert first["Data"]["Version"]
        put(plain(0))
        socket.stats_until(1, 1)


def test_each_event_has_the_format_clients_expect(catcher: RunningCatcher, api: httpx2.Client, put: Put) -> None:
    """new, update, delete, prune, truncate, in the order of the commits. Mailpit compatibility: Events."""
    with listening(catcher) as socket:
        one, two = put(plain(0), plain(1))
        api.put("/api/v1/messages", json={"IDs": [one], "Read": True})
        api.put("/api/v1/tags", json={"IDs": [one], "Tags": ["x"]})
        api.put("/api/v1/tags/x", json={"Name": "y"})
        api.request("DELETE", "/api/v1/messages", json={"IDs": [two, "unknown"]})
        api.request("DELETE", "/api/v1/messages")
        frames = socket.news(7)
    assert [frame["Type"] for frame in frames] == ["new", "new", "update", "update", "prune", "delete", "truncate"]
    new = frames[0]["Data"]
    assert (new["ID"], new["Subject"], new["Read"], new["Cc"], new["ReplyTo"]) == (one, "mail 0", False, [], [])
    assert frames[2]["Data"] == {"ID": one, "Read": True}
    assert frames[3]["Data"] == {"ID": one, "Tags": ["x"]}
    assert frames[4]["Data"] is None
    assert frames[5]["Data"] == {"ID": two}
    assert frames[6]["Data"] is None
    ids = [frame["id"] for frame in frames]
    assert ids == sorted(set(ids)), "ids rise"


def test_the_event_of_a_new_message_has_its_row_of_the_list(
    catcher: RunningCatcher, api: httpx2.Client, put: Put
) -> None:
    """The same object in both places, and it is in the list when the event arrives."""
    with listening(catcher) as socket:
        put(plain(0))
        (frame,) = socket.news(1)
    assert frame["Data"] == api.get("/api/v1/messages").json()["messages"][0]


def test_missed_events_come_after_the_last_id(catcher: RunningCatcher, api: httpx2.Client, put: Put) -> None:
    """`?after=` with the last id: no event missed, none twice, then the new ones."""
    with listening(catcher) as socket:
        put(plain(0))
        (seen,) = socket.news(1)
    put(plain(1), plain(2))
    with listening(catcher, f"api/events?after={seen['id']}") as socket:
        put(plain(3))
        assert [frame["Data"]["Subject"] for frame in socket.news(3)] == ["mail 1", "mail 2", "mail 3"]


@pytest.mark.parametrize("after", ["", "-1", "x", "9" * 30, "1e3"])
def test_an_invalid_id_is_ignored(catcher: RunningCatcher, put: Put, after: str) -> None:
    """The connection starts with the next event."""
    put(plain(0))
    with listening(catcher, f"api/events?after={after}") as socket:
        put(plain(1))
        assert [frame["Data"]["Subject"] for frame in socket.news(1)] == ["mail 1"]


def test_an_id_from_another_database_asks_to_reload(catcher: RunningCatcher, put: Put) -> None:
    """A cursor the store does not know gives `prune`."""
    put(plain(0))
    with listening(catcher, "api/events?after=999999999") as socket:
        assert [frame["Type"] for frame in socket.news(1)] == ["prune"]


@pytest.mark.slow
def test_many_clients_receive_the_same_events_in_the_same_order(catcher: RunningCatcher, put: Put) -> None:
    """A burst of 2,000 in a few commits drops no client that reads."""
    with listening(catcher) as one, listening(catcher) as two:
        for start in range(0, 2000, 500):
            put(*(plain(number) for number in range(start, start + 500)))
        heard = [[frame["Data"]["Subject"] for frame in socket.news(2000)] for socket in (one, two)]
    assert heard[0] == heard[1] == [f"mail {number}" for number in range(2000)]


def test_messages_of_clients_are_ignored(catcher: RunningCatcher, put: Put) -> None:
    """Client messages are read and discarded. Mailpit compatibility: Events."""
    with connect(catcher.url.replace("http", "ws", 1) + "api/events") as connection:
        connection.send("hello")
        connection.send(b"\x00\xff")
        put(plain(0))
        assert [frame["Type"] for frame in Socket(connection).news(1)] == ["new"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 101),
        ({}, 101),
    ],
)
def test_a_foreign_page_receives_no_events(catcher: RunningCatcher, headers: dict[str, str], status: int) -> None:
    """Cross-site WebSocket hijacking is refused before the handshake. RFC 6455 §10.2."""
    url = catcher.url.replace("http", "ws", 1) + "api/events"
    if status == 101:
        with connect(url, additional_headers=headers):
            return
    with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=headers):
        pass
    assert refused.value.response.status_code == status


def test_stopping_the_server_closes_the_connection() -> None:
    """The stop does not wait for clients."""
    with ExitStack() as connections:
        with running_catcher() as running:
            url = running.url.replace("http", "ws", 1) + "api/events"
            connection = connections.enter_context(connect(url))
            assert Socket(connection).frame()["Type"] == "stats"
        with suppress(ConnectionClosed):
            while True:
                connection.recv(timeout=10)
        assert connection.close_code is not None
