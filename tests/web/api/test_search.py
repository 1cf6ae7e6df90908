"""`/api/v1/search`: searching, and deleting search results."""

from collections.abc import Callable

import httpx2
import pytest

from tests.web.api.mails import plain
from tests.web.api.test_messages import LIST, remaining, subjects

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]
SEARCH = "/api/v1/search"


def test_a_search_counts_what_it_finds_and_the_mailbox(api: httpx2.Client, put: Put) -> None:
    """messages_count and messages_unread are of the query, total and unread of the mailbox.

    Mailpit compatibility: Lists and searches.
    """
    ids = put(*(plain(number, subject=f"{'apple' if number % 2 else 'pear'} {number}") for number in range(6)))
    api.put(LIST, json={"Read": True, "IDs": [ids[1]]})
    page = api.get(SEARCH, params={"query": " apple ", "limit": 2})
    assert subjects(page) == ["apple 5", "apple 3"]
    numbers = {key: page.json()[key] for key in ("total", "unread", "count", "messages_count", "messages_unread")}
    assert numbers == {"total": 6, "unread": 5, "count": 2, "messages_count": 3, "messages_unread": 2}


def test_limit_0_gives_only_the_numbers(api: httpx2.Client, put: Put) -> None:
    """Unlike lists. Mailpit compatibility: Lists and searches."""
    put(plain(0), plain(1))
    page = api.get(SEARCH, params={"query": "mail", "limit": 0}).json()
    assert (page["messages"], page["messages_count"]) == ([], 2)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("parameters", [{}, {"query": ""}, {"query": "  "}])
def test_a_search_without_a_query_is_refused(
    api: httpx2.Client, put: Put, method: str, parameters: dict[str, str]
) -> None:
    """400 with the text that clients expect. Mailpit compatibility: Lists and searches."""
    put(plain(0))
    answer = api.request(method, SEARCH, params=parameters)
    assert (answer.status_code, answer.text) == (400, "Error: no search query")
    assert len(remaining(api)) == 1


def test_an_invalid_term_finds_nothing(api: httpx2.Client, put: Put) -> None:
    """It never widens a search, under a negation neither. Mailpit compatibility: Differences."""
    put(plain(0))
    for query in ("to:", "before:garbage", "-before:garbage", "mail after:nonsense"):
        page = api.get(SEARCH, params={"query": query}).json()
        assert (page["messages"], page["messages_count"]) == ([], 0), query


def test_strict_reports_the_position_of_an_error(api: httpx2.Client) -> None:
    """The format of our own errors: code, message, position in characters."""
    answer = api.get(SEARCH, params={"query": "mail before:garbage", "strict": "1"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert (error["code"], error["position"]) == ("query-unreadable", 5)
    assert "before:garbage" in error["message"]


def test_the_time_zone_moves_dates_of_the_query(api: httpx2.Client, put: Put) -> None:
    """`tz` is an IANA name; an unknown one is ignored. Mailpit compatibility: Lists and searches."""
    (store_id,) = put(plain(0))
    created = api.get(f"/api/v1/message/{store_id}", params={"peek": 1}).json()["Created"]
    local = created[:16]  # the moment in UTC, read as if it were the wall clock of another zone
    found = {
        zone: api.get(SEARCH, params={"query": f'after:"{local}"', "tz": zone}).json()["messages_count"]
        for zone in ("UTC", "Etc/GMT+12", "Etc/GMT-12", "No/Where", "../../etc/passwd", "x" * 500)
    }
    assert (found["UTC"], found["Etc/GMT+12"], found["Etc/GMT-12"]) == (1, 0, 1)


def test_search_results_are_deleted_and_others_kept(api: httpx2.Client, put: Put) -> None:
    """`DELETE` with a query. Mailpit compatibility: Lists and searches."""
    put(plain(0, subject="apple"), plain(1, subject="pear"))
    answer = api.delete(SEARCH, params={"query": "subject:apple"})
    assert (answer.status_code, answer.text) == (200, "ok")
    assert subjects(api.get(LIST)) == ["pear"]


@pytest.mark.parametrize(
    "query", ["to:", "before:garbage", '"', '""', "()", "( )", "-before:garbage", "subject:mail after:x", "OR", "("]
)
def test_a_deletion_without_a_condition_is_refused(api: httpx2.Client, put: Put, query: str) -> None:
    """Such a query would match all messages. Mailpit compatibility: Differences."""
    ids = set(put(plain(0), plain(1)))
    answer = api.delete(SEARCH, params={"query": query})
    if query != "OR":  # a word to look for, when it stands alone
        assert answer.status_code == 400, answer.text
    assert remaining(api) == ids
