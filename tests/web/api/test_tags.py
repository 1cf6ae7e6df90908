"""`/api/v1/tags`."""

from collections.abc import Callable

import httpx2
import pytest

from tests.web.api.mails import plain

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]
TAGS = "/api/v1/tags"


def tags_of(api: httpx2.Client, store_id: str) -> list[str]:
    """One message's tags."""
    tags: list[str] = api.get(f"/api/v1/message/{store_id}", params={"peek": 1}).json()["Tags"]
    return tags


def test_tags_are_set_replaced_and_cleared(api: httpx2.Client, put: Put) -> None:
    """PUT replaces; an empty list removes all, and a tag without messages does not exist.

    Mailpit compatibility: Tag routes.
    """
    one, two = put(plain(0), plain(1))
    assert api.put(TAGS, json={"IDs": [one, two, "unknown"], "Tags": ["Zeta", "Übung"]}).text == "ok"
    assert tags_of(api, one) == ["Übung", "Zeta"] or tags_of(api, one) == ["Zeta", "Übung"]
    assert api.put(TAGS, json={"ids": [one], "tags": ["alpha", "ALPHA", "", "  "]}).text == "ok"
    assert tags_of(api, one) == ["alpha"]
    assert set(api.get(TAGS).json()) == {"alpha", "Zeta", "Übung"}
    api.put(TAGS, json={"IDs": [one, two], "Tags": []})
    assert api.get(TAGS).json() == []
    assert api.get("/api/v1/messages").json()["tags"] == []


def test_no_ids_and_unknown_ids_change_nothing(api: httpx2.Client, put: Put) -> None:
    """No orphan tags. Mailpit compatibility: Differences."""
    put(plain(0))
    assert api.put(TAGS, json={"IDs": [], "Tags": ["a"]}).text == "ok"
    assert api.put(TAGS, json={"IDs": ["unknown"], "Tags": ["a"]}).text == "ok"
    assert api.get(TAGS).json() == []


def test_a_tag_is_renamed_and_deleted(api: httpx2.Client, put: Put) -> None:
    """By name in any letter case; a change of case alone is one. Mailpit compatibility: Tag routes."""
    (one,) = put(plain(0))
    api.put(TAGS, json={"IDs": [one], "Tags": ["old name", "other"]})
    assert api.put(f"{TAGS}/OLD%20NAME", json={"Name": "neu"}).text == "ok"
    assert set(tags_of(api, one)) == {"neu", "other"}
    assert api.put(f"{TAGS}/neu", json={"Name": "NEU"}).text == "ok"
    assert set(tags_of(api, one)) == {"NEU", "other"}
    assert api.delete(f"{TAGS}/other").text == "ok"
    assert tags_of(api, one) == ["NEU"]


@pytest.mark.parametrize(
    ("method", "name", "body", "text"),
    [
        ("PUT", "nothing", {"Name": "x"}, "tag not found: nothing"),
        ("DELETE", "nothing", None, "tag not found: nothing"),
        ("PUT", "one", {"Name": ""}, ""),
        ("PUT", "one", {"Name": "two"}, ""),
        ("PUT", "one", {"Name": 5}, "invalid JSON"),
        ("PUT", "a/b", {"Name": "x"}, "tag not found: a/b"),
    ],
)
def test_a_tag_that_cannot_be_changed_is_refused(
    api: httpx2.Client, put: Put, method: str, name: str, body: object, text: str
) -> None:
    """400 with a text, and nothing changes. Mailpit compatibility: Tag routes."""
    (one,) = put(plain(0))
    api.put(TAGS, json={"IDs": [one], "Tags": ["one", "two"]})
    answer = api.request(method, f"{TAGS}/{name}", json=body)
    assert answer.status_code == 400
    assert text in answer.text
    assert set(tags_of(api, one)) == {"one", "two"}
