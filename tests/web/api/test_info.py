"""`/api/v1/info`, `/api/v1/webui`, `/livez`, `/readyz`."""

from collections.abc import Callable

import httpx2

from catcher import __version__
from catcher.testing import running_catcher
from tests.web.api.mails import plain

Put = Callable[..., list[str]]


def test_info_has_version_and_numbers(api: httpx2.Client, put: Put) -> None:
    """The keys that clients expect; no network request is made. Mailpit compatibility: Info."""
    one, _ = put(plain(0), plain(1))
    api.put("/api/v1/tags", json={"IDs": [one], "Tags": ["a"]})
    api.put("/api/v1/messages", json={"IDs": [one], "Read": True})
    info = api.get("/api/v1/info").json()
    assert (info["Version"], info["LatestVersion"]) == (__version__, "disabled")
    assert (info["Messages"], info["Unread"], info["Tags"]) == (2, 1, {"a": 1})
    assert info["DatabaseSize"] > 10_000
    assert info["RuntimeStats"]["Memory"] > 10_000_000
    assert 0 <= info["RuntimeStats"]["Uptime"] < 600
    assert isinstance(info["Database"], str)


def test_webui_reports_the_enabled_features(api: httpx2.Client) -> None:
    """Every key of the schema. Mailpit compatibility: Info."""
    shown = api.get("/api/v1/webui").json()
    assert set(shown) == {
        "Label", "MessageRelay", "SpamAssassin", "ChaosEnabled", "DuplicatesIgnored", "HideDeleteAllButton",
    }  # fmt: skip
    assert shown["MessageRelay"]["Enabled"] is False


def test_health_responses_are_empty(api: httpx2.Client) -> None:
    """200 without content. Mailpit compatibility: Routes."""
    for path in ("/livez", "/readyz"):
        answer = api.get(path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_unavailable_store_is_503_and_not_ready() -> None:
    """A temporary error; no traceback, no 500."""
    with running_catcher() as running, httpx2.Client(base_url=running.url) as api:
        running.store.close()
        answer = api.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "The mail store is closed\n")
        assert api.get("/livez").status_code == 200
        for method, path in (("GET", "/api/v1/messages"), ("DELETE", "/api/v1/messages"), ("GET", "/api/v1/message/x")):
            answer = api.request(method, path)
            assert (answer.status_code, answer.text) == (503, "Service Unavailable\n"), path
            assert answer.headers["retry-after"] == "1"


def test_all_routes_are_below_the_webroot() -> None:
    """`/mail` redirects to `/mail/`; outside it all is 404. Mailpit compatibility: HTTP."""
    with running_catcher(webroot="/a/mail/") as running:
        base = running.url.removesuffix("/a/mail/")
        with httpx2.Client(base_url=base) as client:
            assert client.get("/a/mail/api/v1/messages").json()["total"] == 0
            assert client.get("/a/mail/livez").status_code == 200
            moved = client.get("/a/mail")
            assert (moved.status_code, moved.headers["location"]) == (302, "/a/mail/")
            assert client.get("/api/v1/messages").status_code == 404
            assert client.get("/a/mail/api/nothing").text == "File not found\n"
            assert client.get("/nothing").text == "404 page not found\n"
            document = client.get("/a/mail/api/v1/openapi.json").json()
            assert document["servers"] == [{"url": "/a/mail"}]
