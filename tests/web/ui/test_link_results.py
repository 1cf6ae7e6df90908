"""Link results in the page: row by row, with a script and without, and never for a foreign page."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from catcher.testing import running_catcher
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail


class Pages(BaseHTTPRequestHandler):
    """/moved leads to /fine over /hop, /gone is 404, /slow answers when it is let."""

    seen: list[str]
    slow: threading.Event

    def do_HEAD(self) -> None:
        self.seen.append(self.path)
        if self.path == "/slow":
            self.slow.wait(30)
        to = {"/moved": "/hop", "/hop": "/fine"}.get(self.path)
        self.send_response(301 if to else 404 if self.path == "/gone" else 200)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""


class Site:
    """A site on loopback that counts what reaches it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.slow = threading.Event()
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Own", (Pages,), {"seen": self.seen, "slow": self.slow})
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.slow.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mailbox of a catcher that may ask loopback."""
    with running_catcher(internal_networks="127.0.0.0/8") as running:
        yield Mailbox(running)


@pytest.fixture
def client(box: Mailbox) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=box.url, timeout=30) as made:
        yield made


def _links(site: Site, *names: str) -> str:
    return "".join(f'<p><a href="{site.url}/{name}">a link</a></p>\n' for name in names)


def test_rows_come_one_by_one_in_the_page_itself(box: Mailbox, client: httpx2.Client, site: Site) -> None:
    """Without a script: what has answered is sent while a slow link is still waited for, compressed or not."""
    box.send(mail("Links", html=_links(site, "slow", "gone", "moved")))
    address = f"view/{box.id_of('Links')}"
    with client.stream("GET", address, params={"view": "checks", "ask": "links"}) as answer:
        text = ""
        for piece in answer.iter_text():
            text += piece
            if "/fine" in text and "404" in text and not site.slow.is_set():
                assert 'id="check-structure"' not in text
                site.slow.set()
    assert len(re.findall(r"<li><p><span class=\"chip[^>]*>\d+</span> <bdi>", text)) == 3
    assert re.search(r"301 <bdi>[^<]*/moved</bdi> → 301 <bdi>[^<]*/hop</bdi> → 200 <bdi>[^<]*/fine</bdi>", text)
    assert 'id="check-structure"' in text
    assert text.rstrip().endswith("</html>")
    assert re.search(r"mark=\d+-\d+", text)


def test_rows_alone_are_lines(box: Mailbox, client: httpx2.Client, site: Site) -> None:
    """What the script is given: one element a line, drawn by the server."""
    box.send(mail("Links", html=_links(site, "fine", "gone")))
    lines = client.get(f"view/{box.id_of('Links')}/links").text.splitlines()
    assert [line.lstrip()[:4] + line.rstrip()[-5:] for line in lines] == ["<li></li>"] * 2
    assert client.get("view/nosuch/links").status_code == 404


def test_one_time_links_are_checked_on_request(box: Mailbox, client: httpx2.Client, site: Site) -> None:
    """They are left alone, which the row says, until the button of their own is pressed."""
    box.send(mail("Links", html=_links(site, "unsubscribe?u=1")))
    address = f"view/{box.id_of('Links')}"
    page = client.get(address, params={"view": "checks"}).text
    assert "ask=one-time-links" in page
    assert "looks as if it worked once only" in client.get(f"{address}/links").text
    assert site.seen == []
    assert "200" in client.get(f"{address}/links", params={"ask": "one-time-links"}).text
    assert site.seen == ["/unsubscribe?u=1"]


def test_linked_style_sheets_are_loaded_on_request(box: Mailbox, client: httpx2.Client, site: Site) -> None:
    """Until then the view says that there is one which was not examined."""
    box.send(mail("Sheet", html=f'<link rel="stylesheet" href="{site.url}/a.css"><p>x</p>'))
    address = f"view/{box.id_of('Sheet')}"
    page = client.get(address, params={"view": "checks"}).text
    assert "1 linked style sheet" in page
    assert site.seen == []
    assert "answered 200" in client.get(address, params={"view": "checks", "ask": "linked-sheets"}).text
    assert site.seen == ["/a.css"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("view/{id}?view=checks&ask=links", 200),
        ("view/{id}/links", 403),
        ("api/v1/message/{id}/checks?only=linkcheck", 403),
        ("api/v1/message/{id}/checks/links", 403),
        ("api/v1/message/{id}/link-check", 403),
    ],
)
def test_foreign_pages_and_messages_cause_no_requests_of_the_server(
    box: Mailbox, client: httpx2.Client, site: Site, path: str, status: int
) -> None:
    """An image or a link in a mail with one of our addresses is a cross-site request: nothing goes out."""
    box.send(mail("Links", html=_links(site, "fine")))
    answer = client.get(path.format(id=box.id_of("Links")), headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, site.seen) == (status, [])


def test_a_mail_cannot_write_the_gap_of_the_page(box: Mailbox, client: httpx2.Client) -> None:
    """What comes from a mail is escaped, also where the page is cut in two."""
    box.send(mail("<!--link-results--> one", html="<p><!--link-results--></p>"))
    text = client.get(f"view/{box.id_of('one')}", params={"view": "checks", "ask": "links"}).text
    assert "<!--link-results-->" not in text
    assert text.rstrip().endswith("</html>")


def test_hundreds_of_findings_do_not_make_the_page_huge(http: httpx2.Client, mailbox: Mailbox) -> None:
    """Ten are visible, ninety unfold, and the rest is counted."""
    mailbox.send(
        mail("Many", html="".join(f'<p><a href="page-{number}">link {number}</a></p>' for number in range(150)))
    )
    text = http.get(f"view/{mailbox.id_of('Many')}", params={"view": "checks"}).text
    assert text.count("is relative, and a mail has no place") == 100
    assert "50 more in the API" in text


def test_facts_are_shown_beside_the_findings(http: httpx2.Client, mailbox: Mailbox) -> None:
    """The row as inboxes cut it, the weight, and the date of the client data."""
    mailbox.send(mail("A subject that is much too long for any telephone to show it whole", html="<p>Hello Bob</p>"))
    text = http.get(f"view/{mailbox.id_of('A subject')}", params={"view": "checks"}).text
    assert "small phone" in text
    assert "A subject that is much too lo…" in text
    assert "rated by caniemail.com data of 20" in text
    assert "of Gmail&#39;s limit" in text
