"""Tests of the checks over HTTP: all reports, the stream of links, and the three answers that clients know."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from catcher.checks import CHECKS
from catcher.intake import deliver_now
from catcher.testing import running_catcher
from tests.checks.mails import DATA, HEAD
from tests.web.api.mails import envelope

Put = Callable[..., list[str]]


def html(body: str, *, subject: str = "Your order") -> bytes:
    """A mail of one HTML part."""
    head = HEAD + f"Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return (head + body).encode()


GRID = html('<html lang="en"><body><div style="display: grid">x</div><img src="cid:none"></body></html>')


class Pages(BaseHTTPRequestHandler):
    """Answers of a site: /gone is 404, /moved leads to /fine, all else is there. Counts what reaches it."""

    seen: list[str]

    def do_HEAD(self) -> None:
        self.seen.append(self.path)
        status = {"/gone": 404, "/moved": 302}.get(self.path, 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/fine")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """A site on loopback: its URL, and the requested paths."""
    seen: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (Pages,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_all_checks_without_network_run_by_default(api: httpx2.Client, put: Put) -> None:
    """Without `only` every check runs except those that use the network; findings have lines."""
    (store_id,) = put(GRID)
    answer = api.get(f"/api/v1/message/{store_id}/checks").raise_for_status().json()
    assert answer["id"] == store_id
    assert [report["check"] for report in answer["reports"]] == [
        "structure", "headers", "inbox", "size", "clients", "accessibility", "links",
    ]  # fmt: skip
    assert answer["score"] == min(report["score"] for report in answer["reports"] if report["score"] is not None)
    findings = {f["rule"]: f for report in answer["reports"] for f in report["findings"]}
    missing = findings["link-cid"]
    assert missing["severity"] == "error"
    assert (missing["place"]["line"], missing["place"]["tag"]) == (1, "img")
    assert all(report["facts"] is None for report in answer["reports"])


def test_only_selects_checks_and_facts_adds_facts(api: httpx2.Client, put: Put) -> None:
    """`only` names checks, `facts=1` adds their facts, and `latest` works."""
    put(GRID)
    answer = api.get("/api/v1/message/latest/checks", params={"only": "clients, size", "facts": "1"}).json()
    assert [report["check"] for report in answer["reports"]] == ["size", "clients"]
    assert answer["reports"][1]["facts"]["nodes"] == 3


def test_ignored_rules_are_left_out_of_findings_and_score(api: httpx2.Client, put: Put) -> None:
    """`ignore` names rules, alone or with their check; the rest of the reports is unchanged."""
    put(GRID)

    def links(**query: str) -> tuple[list[str], float]:
        answer = api.get("/api/v1/message/latest/checks", params={"only": "links", **query}).json()
        (report,) = answer["reports"]
        assert answer["score"] == report["score"]
        return [finding["rule"] for finding in report["findings"]], report["score"]

    assert links() == (["link-cid"], 75)
    assert links(ignore="links/link-cid, other") == ([], 100)
    assert links(ignore="size/link-cid") == (["link-cid"], 75)
    assert links() == (["link-cid"], 75)


def test_an_unknown_check_is_400_with_the_known_names(api: httpx2.Client, put: Put) -> None:
    """The error has the format of our own routes, and lists the valid names."""
    put(GRID)
    answer = api.get("/api/v1/message/latest/checks", params={"only": "spelling"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown-check"
    assert "accessibility" in answer.text


@pytest.mark.parametrize("route", ["checks", "checks/links", "html-check", "link-check"])
def test_an_unknown_message_is_404(api: httpx2.Client, route: str) -> None:
    """Every route of the checks, for an id that is none and for the latest of an empty mailbox."""
    assert api.get(f"/api/v1/message/nosuch/{route}").status_code == 404
    assert api.get(f"/api/v1/message/latest/{route}").status_code == 404


def test_the_same_message_has_the_same_reports(api: httpx2.Client, put: Put) -> None:
    """Reports are cached, and equal for messages with equal content."""
    first, second = put(GRID, GRID)
    answers = [
        api.get(f"/api/v1/message/{each}/checks", params={"facts": "1"}).content for each in (first, first, second)
    ]
    assert answers[0] == answers[1]
    assert answers[0] == answers[2].replace(second.encode(), first.encode())


def test_html_check_has_the_keys_that_clients_expect(api: httpx2.Client, put: Put) -> None:
    """Warnings with notes, platforms, totals that add up to 100; unknown support does not count as partial.

    Mailpit compatibility: HTML check.
    """
    (store_id,) = put(GRID)
    answer = api.get(f"/api/v1/message/{store_id}/html-check").raise_for_status().json()
    assert set(answer) == {"Warnings", "Platforms", "Total"}
    assert set(answer["Total"]) == {"Tests", "Nodes", "Supported", "Partial", "Unsupported"}
    assert answer["Total"]["Supported"] + answer["Total"]["Partial"] + answer["Total"]["Unsupported"] == pytest.approx(
        100, abs=0.01
    )
    warning = next(each for each in answer["Warnings"] if each["Slug"] == "css-display-grid")
    assert set(warning) == {
        "Slug", "Title", "Description", "URL", "Category", "Tags", "Keywords", "Results", "NotesByNumber", "Score",
    }  # fmt: skip
    assert warning["URL"].startswith("https://www.caniemail.com/")
    assert set(warning["Results"][0]) == {"Name", "Platform", "Family", "Version", "Support", "NoteNumber"}
    assert not api.get(f"/api/v1/message/{store_id}", params={"peek": "1"}).json()["Read"]


def test_html_check_without_html_is_400(api: httpx2.Client, put: Put) -> None:
    """As a plain text. Mailpit compatibility: HTML check."""
    put(b"Subject: plain\r\n\r\nx\r\n")
    answer = api.get("/api/v1/message/latest/html-check")
    assert (answer.status_code, answer.text) == (400, "message does not contain HTML")


def test_internal_links_are_not_requested(api: httpx2.Client, put: Put, site: tuple[str, list[str]]) -> None:
    """By default internal addresses are not connected to: 451 as in Mailpit. Link checks mark as read."""
    address, seen = site
    (store_id,) = put(html(f'<a href="{address}/fine">x</a>'))
    answer = api.get(f"/api/v1/message/{store_id}/link-check").raise_for_status().json()
    assert answer == {
        "Errors": 1,
        "Links": [{"URL": f"{address}/fine", "StatusCode": 451, "Status": "Blocked private/reserved address"}],
    }
    assert seen == []
    assert api.get(f"/api/v1/message/{store_id}", params={"peek": "1"}).json()["Read"]


def test_allowed_internal_links_are_requested_and_followed(site: tuple[str, list[str]]) -> None:
    """With internal addresses allowed: the real status, and redirects on request.

    Mailpit compatibility: Link check.
    """
    address, _ = site
    mail = html("".join(f'<a href="{address}/{name}">x</a>' for name in ("fine", "gone", "moved")))
    with running_catcher(internal_networks="127.0.0.0/8") as catcher, httpx2.Client(base_url=catcher.url) as api:
        deliver_now(catcher.store, [(envelope(), mail)])
        plain = api.get("/api/v1/message/latest/link-check").json()
        assert [(link["URL"], link["StatusCode"]) for link in plain["Links"]] == [
            (f"{address}/fine", 200),
            (f"{address}/gone", 404),
            (f"{address}/moved", 302),
        ]
        assert plain["Errors"] == 1
        followed = api.get("/api/v1/message/latest/link-check", params={"follow": "true"}).json()
        assert [link["StatusCode"] for link in followed["Links"]] == [200, 404, 200]
        lines = [json.loads(line) for line in api.get("/api/v1/message/latest/checks/links").text.splitlines()]
        assert {line["url"].rpartition("/")[2]: line["status"] for line in lines} == {
            "fine": 200,
            "gone": 404,
            "moved": 200,
        }
        moved = next(line for line in lines if line["url"].endswith("moved"))
        assert [hop["status"] for hop in moved["hops"]] == [302, 200]


def test_without_a_spam_filter_there_is_no_such_route(api: httpx2.Client, put: Put) -> None:
    """`File not found`, and webui reports it as off. Mailpit compatibility: Routes."""
    put(GRID)
    answer = api.get("/api/v1/message/latest/sa-check")
    assert (answer.status_code, answer.text) == (404, "File not found\n")
    assert api.get("/api/v1/webui").json()["SpamAssassin"] is False


def test_an_unavailable_spam_filter_is_an_error_in_the_result() -> None:
    """Status 200 with `Error` and no rules, and the other checks go on. Mailpit compatibility: Spam check."""
    with running_catcher(spamassassin="127.0.0.1:1") as catcher, httpx2.Client(base_url=catcher.url) as api:
        deliver_now(catcher.store, [(envelope(), GRID)])
        assert api.get("/api/v1/webui").json()["SpamAssassin"] is True
        answer = api.get("/api/v1/message/latest/sa-check")
        assert answer.status_code == 200
        assert answer.json() == {"IsSpam": False, "Error": "Spamd cannot be reached.", "Score": 0.0, "Rules": None}
        reports = api.get("/api/v1/message/latest/checks").json()["reports"]
        assert [report["check"] for report in reports if report["error"]] == ["spam"]
        assert len(reports) == len(CHECKS) - 2


def test_signatures_are_verified_by_a_zone_file() -> None:
    """A test suite checks its own signing: records from a file, no network. RFC 6376 appendix A."""
    with (
        running_catcher(zone_file=str(DATA / "keys.zone")) as catcher,
        httpx2.Client(base_url=catcher.url) as api,
    ):
        deliver_now(catcher.store, [(envelope(), (DATA / "rfc6376-a.eml").read_bytes())])
        (report,) = api.get("/api/v1/message/latest/checks?only=authentication&facts=1").json()["reports"]
        assert [each["result"] for each in report["facts"]["dkim"]] == ["pass"]
        assert report["facts"]["is_offline"] is True


def test_invalid_settings_of_the_checks_prevent_the_start(tmp_path: Path) -> None:
    """An invalid setting never becomes a default."""
    from catcher.errors import SettingError

    for name, value, text in (
        ("check_clients", "netscape", "netscape"),
        ("zone_file", str(tmp_path / "none"), "zone file"),
        ("internal_networks", "10.0.0.1/8", "networks"),
        ("spamassassin", "nowhere", "HOST:PORT"),
        ("rspamd", "ftp://x", "http"),
    ):
        with pytest.raises(SettingError, match=text), running_catcher(**{name: value}):
            pass


@pytest.mark.slow
def test_a_huge_message_is_checked_off_the_event_loop_and_marked_as_cut(api: httpx2.Client, put: Put) -> None:
    """While a 100,000-fold nested mail of megabytes is checked, other requests are answered. Bounded, never a 5xx."""
    (store_id,) = put(html("<div>" * 100_000 + "<style>" + "a{color:red}" * 200_000 + "</style>" + "<p>x" * 50_000))
    answers: list[httpx2.Response] = []

    def check() -> None:
        with httpx2.Client(base_url=str(api.base_url), timeout=60) as other:
            answers.append(other.get(f"/api/v1/message/{store_id}/checks"))

    thread = threading.Thread(target=check)
    thread.start()
    between = 0
    while thread.is_alive():
        assert api.get("/livez").status_code == 200
        between += 1
    thread.join()
    assert between > 3
    assert answers[0].status_code == 200
    assert any(report["is_cut"] for report in answers[0].json()["reports"])
