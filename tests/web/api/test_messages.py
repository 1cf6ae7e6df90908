"""`/api/v1/messages`: listing, paging, read marks, deleting."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.web.api.mails import plain

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]
LIST = "/api/v1/messages"


def subjects(answer: httpx2.Response) -> list[str]:
    """The subjects of a list, in its order."""
    assert answer.status_code == 200, answer.text
    return [each["Subject"] for each in answer.json()["messages"]]


def remaining(api: httpx2.Client) -> set[str]:
    """The ids that are still there."""
    return {each["ID"] for each in api.get(LIST, params={"limit": 0}).json()["messages"]}


def test_an_empty_mailbox_is_an_empty_list(api: httpx2.Client) -> None:
    """Lists are `[]`, never null. Mailpit compatibility: Differences."""
    assert api.get(LIST).json() | {"cursor": 0} == {
        "total": 0, "unread": 0, "count": 0, "messages_count": 0, "messages_unread": 0, "start": 0,
        "tags": [], "messages": [], "cursor": 0, "next_cursor": None,
    }  # fmt: skip


def test_a_list_is_newest_first_and_fifty_long(api: httpx2.Client, put: Put) -> None:
    """Default limit 50, newest first. Mailpit compatibility: Lists and searches."""
    put(*(plain(number) for number in range(60)))
    page = api.get(LIST)
    assert subjects(page) == [f"mail {number}" for number in range(59, 9, -1)]
    assert page.json() | {"messages": [], "cursor": 0, "next_cursor": 0} == {
        "total": 60, "unread": 60, "count": 50, "messages_count": 60, "messages_unread": 60, "start": 0,
        "tags": [], "messages": [], "cursor": 0, "next_cursor": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("start=2&limit=2", ["mail 2", "mail 1"]),
        ("start=-1&limit=-1", ["mail 4", "mail 3", "mail 2", "mail 1", "mail 0"]),
        ("start=abc&limit=x", ["mail 4", "mail 3", "mail 2", "mail 1", "mail 0"]),
        ("start=99", []),
        ("start=3&limit=0", ["mail 4", "mail 3", "mail 2", "mail 1", "mail 0"]),
        ("limit=99999999999999999999", ["mail 4", "mail 3", "mail 2", "mail 1", "mail 0"]),
        ("start=999999999999999999", []),
        ("before=garbage&limit=1", ["mail 4"]),
        ("before=2001-01-01", []),
        ("before=9999-01-01&limit=1", ["mail 4"]),
    ],
)
def test_paging_parameters_are_read_leniently(api: httpx2.Client, put: Put, query: str, expected: list[str]) -> None:
    """Anything but a number counts as the default; limit 0 means all, whatever start is.

    Mailpit compatibility: Lists and searches.
    """
    put(*(plain(number) for number in range(5)))
    assert subjects(api.get(f"{LIST}?{query}")) == expected


def test_paging_by_cursor_is_stable_while_mail_arrives(api: httpx2.Client, put: Put) -> None:
    """`next_cursor` as `cursor_before` gives the next page: no message twice, none missed."""
    put(*(plain(number) for number in range(5)))
    first = api.get(LIST, params={"limit": 2})
    put(plain(99))
    second = api.get(LIST, params={"limit": 2, "cursor_before": first.json()["next_cursor"]})
    third = api.get(LIST, params={"limit": 2, "cursor_before": second.json()["next_cursor"]})
    assert subjects(first) + subjects(second) + subjects(third) == [f"mail {number}" for number in (4, 3, 2, 1, 0)]
    assert third.json()["next_cursor"] is None


def test_a_long_list_is_streamed_whole(api: httpx2.Client, put: Put) -> None:
    """There is no maximum: long lists are streamed as the same JSON."""
    put(*(plain(number) for number in range(1203)))
    for limit, expected in ((0, 1203), (1100, 1100), (1300, 1203)):
        page = api.get(LIST, params={"limit": limit}).json()
        assert [each["Subject"] for each in page["messages"]] == [f"mail {n}" for n in range(1202, 1202 - expected, -1)]
        assert (page["count"], page["total"], page["messages_count"], page["start"]) == (expected, 1203, 1203, 0)


def test_json_is_compact_and_unescaped(api: httpx2.Client, put: Put) -> None:
    """Compact UTF-8, without needless escapes."""
    put(plain(0, subject="Grüße <&> 日本"))
    answer = api.get(LIST)
    assert answer.headers["content-type"] == "application/json"
    assert '"Subject":"Grüße <&> 日本"' in answer.content.decode()


def test_one_message_is_marked_read_and_unread_again(api: httpx2.Client, put: Put) -> None:
    """`PUT` with IDs; the answer is the two characters ok. Mailpit compatibility: Ground rules; Lists and searches."""
    one, two = put(plain(0), plain(1))
    answer = api.put(LIST, json={"Read": True, "IDs": [one, "unknown", one]})
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")
    assert {each["ID"]: each["Read"] for each in api.get(LIST).json()["messages"]} == {one: True, two: False}
    api.put(LIST, json={"IDs": [one], "Read": False})
    assert api.get(LIST).json()["unread"] == 2


def test_all_messages_or_search_results_are_marked(api: httpx2.Client, put: Put) -> None:
    """Neither IDs nor Search means the whole mailbox. Mailpit compatibility: Lists and searches."""
    put(plain(0, subject="apple"), plain(1, subject="pear"))
    api.put(LIST, json={"Read": True, "Search": "subject:apple"})
    assert [each["Subject"] for each in api.get(LIST).json()["messages"] if each["Read"]] == ["apple"]
    api.put(LIST, json={"Read": True})
    assert api.get(LIST).json()["unread"] == 0


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"Read":true,"IDs":["x"],"Search":"y"}', "You may specify either IDs or a search query, not both"),
        (b"", "EOF"),
        (b"{", "invalid JSON"),
        (b"[]", "invalid JSON"),
        (b"null", "invalid JSON"),
        (b'{"Read":"yes"}', "invalid JSON"),
        (b'{"Read":true} trailing', "invalid JSON"),
        (b'{"Read":true,"Search":"()"}', "no condition"),
        (b'{"Read":true,"IDs":' + b"[" * 100_000, "invalid JSON"),
        (b'{"a":' * 50_000, "invalid JSON"),
        (b'{"Read":true,"IDs":["\\ud800"]}', "invalid JSON"),
        (b"\xff\xfe", "invalid JSON"),
    ],
)
def test_an_invalid_mark_is_refused_and_marks_nothing(api: httpx2.Client, put: Put, body: bytes, text: str) -> None:
    """Malformed, deep or wrong-typed JSON is 400 with a text, and nothing is changed."""
    put(plain(0))
    answer = api.put(LIST, content=body)
    assert answer.status_code == 400
    assert text in answer.text
    assert api.get(LIST).json()["unread"] == 1


@pytest.mark.parametrize("key", ["IDs", "ids", "Ids", "iDS", "IDS"])
def test_ids_are_never_overlooked(api: httpx2.Client, put: Put, key: str) -> None:
    """Keys in any letter case: missing them would delete all messages. Mailpit compatibility: Ground rules."""
    gone, stays = put(plain(0), plain(1))
    assert api.request("DELETE", LIST, json={key: [gone]}).text == "ok"
    assert remaining(api) == {stays}


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("IDs={gone}", "application/x-www-form-urlencoded"),
        ("ids[]={gone}&ids[]=unknown", "application/x-www-form-urlencoded; charset=utf-8"),
        ('{{"IDs":["{gone}"]}}', "application/x-www-form-urlencoded"),
        (' {{"ids": ["{gone}", "{gone}"], "Unknown": {{"a": 1}}}}', "text/plain"),
        ('{{"ids":["{gone}"],"IDs":[]}}', "application/json"),
        ('{{"IDs":[],"ids":["{gone}"]}}', ""),
    ],
)
def test_ids_are_read_from_every_kind_of_body(api: httpx2.Client, put: Put, content: str, content_type: str) -> None:
    """A form has the same fields; JSON declared as a form, as by curl, is read as JSON; two spellings are joined."""
    gone, stays = put(plain(0), plain(1))
    answer = api.request("DELETE", LIST, content=content.format(gone=gone), headers={"Content-Type": content_type})
    assert answer.text == "ok"
    assert remaining(api) == {stays}


@pytest.mark.parametrize("body", [b"", b"  ", b"{}", b'{"IDs":[]}', b'{"IDs":null}'])
def test_a_deletion_without_ids_empties_the_mailbox(api: httpx2.Client, put: Put, body: bytes) -> None:
    """Clients rely on it: `delete_messages([])` and `deleteMessages()` mean all.

    Mailpit compatibility: Lists and searches.
    """
    put(plain(0), plain(1))
    answer = api.request("DELETE", LIST, content=body)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert remaining(api) == set()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", ""),
        (b'{"IDs":["a"]', ""),
        (b'{"IDs":"a"}', ""),
        (b'{"IDs":[1]}', ""),
        (b'{"IDs":[null]}', ""),
        (b'{"ID":["a"]}', ""),
        (b'{"messages":["a"]}', ""),
        (b"[]", ""),
        (b"null", ""),
        (b'"x"', ""),
        (b"{}{}", ""),
        (b"{} trailing", ""),
        (b"IDs=a", "text/plain"),
        (b"garbage", "application/x-www-form-urlencoded"),
        (b"id=a", "application/x-www-form-urlencoded"),
        (b"IDs=%ff", "application/x-www-form-urlencoded"),
        (b"[" * 100_000, ""),
        (b'{"IDs":' * 20_000, ""),
    ],
)
def test_a_malformed_delete_deletes_nothing(api: httpx2.Client, put: Put, body: bytes, content_type: str) -> None:
    """An invalid body is 400; a client's mistake never empties the mailbox.

    Mailpit compatibility: Differences.
    """
    ids = set(put(plain(0), plain(1)))
    answer = api.request("DELETE", LIST, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert remaining(api) == ids


def test_unknown_and_doubled_ids_are_ignored(api: httpx2.Client, put: Put) -> None:
    """They delete nothing else and break nothing. Mailpit compatibility: Differences."""
    one, two = put(plain(0), plain(1))
    assert api.request("DELETE", LIST, json={"IDs": ["no", "latest", "", "'; --"]}).text == "ok"
    assert remaining(api) == {one, two}
    assert api.request("DELETE", LIST, json={"IDs": [one, "no", one]}).text == "ok"
    assert remaining(api) == {two}


def test_tens_of_thousands_of_ids_are_taken(api: httpx2.Client, put: Put) -> None:
    """No limit of the database's variables shows. Mailpit compatibility: Lists and searches."""
    one, two = put(plain(0), plain(1))
    many = [f"{number:022d}" for number in range(70_000)]
    assert api.request("DELETE", LIST, json={"IDs": [*many, one]}).text == "ok"
    assert api.put(LIST, json={"Read": True, "IDs": [*many, two]}).text == "ok"
    assert remaining(api) == {two}


def test_a_body_over_the_limit_deletes_nothing(api: httpx2.Client, put: Put) -> None:
    """Over 5 MiB is 413 whether the length is declared or not."""
    ids = set(put(plain(0)))
    large = b'{"IDs":["' + b"x" * (5 * 1024 * 1024) + b'"]}'
    assert api.request("DELETE", LIST, content=large).status_code == 413
    assert api.request("DELETE", LIST, content=iter([large[:100], large[100:]])).status_code == 413
    assert remaining(api) == ids


def test_the_summary_has_the_keys_clients_expect(api: httpx2.Client, put: Put) -> None:
    """Every key of a message in a list, with its type. Mailpit compatibility: Lists and searches."""
    put(plain(0, text="some words", to="Bob <b@example.com>"), reverse_path="")
    (row,) = api.get(LIST).json()["messages"]
    known: dict[str, Any] = {
        "MessageID": "", "Read": False, "From": {"Name": "", "Address": "a@example.com"},
        "To": [{"Name": "Bob", "Address": "b@example.com"}], "Cc": [], "Bcc": [], "ReplyTo": [], "Subject": "mail 0",
        "Username": "robot", "Tags": [], "Attachments": 0, "Snippet": "some words",
    }  # fmt: skip
    assert {key: row[key] for key in known} == known
    assert set(row) == {*known, "ID", "Created", "Size"}
    assert len(row["ID"]) == 22
    assert row["Created"].endswith("Z")
