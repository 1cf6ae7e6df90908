"""Pages with a full mailbox: loading time, and the effect of new mail on an open page."""

import http.client
import re
import shutil
import smtplib
import time
from typing import Any

from bench.load import Load, send
from bench.mails import mail
from bench.measures import Figures, quantile
from bench.servers import Running

LOADS = 50
OLDER = 20
ARRIVALS = 100

_OLDER = re.compile(r'<a href="([^"]+)" rel="next"')
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

_WATCH = """() => {
  window.blocked = [0];
  new PerformanceObserver((list) => window.blocked.push(...list.getEntries().map((each) => each.duration)))
    .observe({ type: "longtask" });
  window.seenAt = {};
  new MutationObserver(() => {
    for (const row of document.querySelectorAll("#rows .row")) window.seenAt[row.dataset.id] ??= Date.now();
  }).observe(document.querySelector("#list"), { childList: true, subtree: true });
}"""
_PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def pages(server: Running, stored: int) -> Figures:
    """Return the figures of the list with `stored` messages; those of a browser only if one is installed."""
    size = f"{stored:,} stored"
    firsts, addresses = _first_octets(server)
    figures = {
        f"page /, {size}: first octet p95 ms": quantile(firsts, 95),
        f"page Older x {OLDER}, {size}: first octet, worst ms": max(addresses) * 1000,
    }
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    return figures | (_seen(server, found, size) if found else {})


def _first_octets(server: Running) -> tuple[list[float], list[float]]:
    """Return seconds to the first octet of the list, repeatedly, and of its older pages in turn."""
    firsts = [_get(server, "/")[0] for _ in range(LOADS + 1)][1:]
    older, path = [], "/"
    for _ in range(OLDER):
        following = _OLDER.search(_get(server, path)[1])
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
        older.append(_get(server, path)[0])
    return firsts, older or [0.0]


def _get(server: Running, path: str) -> tuple[float, str]:
    """Return seconds to the first octet of the response, and its body."""
    connection = http.client.HTTPConnection(*server.http, timeout=60)
    started = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    first = answer.read(1)
    seconds = time.perf_counter() - started
    body = first + answer.read()
    connection.close()
    return seconds, body.decode()


def _seen(server: Running, chromium: str, size: str) -> Figures:
    """Return a browser's figures: elements, largest paint, rows after the 250, and the longest block in a burst."""
    from playwright.sync_api import sync_playwright

    host, port = server.http
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        page: Any = browser.new_page(viewport={"width": 1440, "height": 900})
        paints = []
        for _ in range(5):
            page.goto(f"http://{host}:{port}/")
            paints.append(page.evaluate(_PAINT))
        page.locator("[data-state=on]").wait_for()
        elements = page.evaluate("document.querySelectorAll('*').length")
        page.evaluate(_WATCH)
        visible = _arrivals(server, page)
        begun = time.monotonic()
        for first in range(10):
            send(
                server.smtp, Load(kind="1.5 kB", messages=100, sessions=2, first=10_000_000 + 100 * first), processes=1
            )
            page.wait_for_timeout(max(0, 1000 * (first + 1 - (time.monotonic() - begun))))
        blocked, rows = page.evaluate("[Math.max(...window.blocked), document.querySelectorAll('#rows .row').length]")
        browser.close()
    return {
        f"page /, {size}: elements": elements,
        f"page /, {size}: largest paint ms": sorted(paints)[len(paints) // 2],
        "page: row visible after the 250, p95 ms": quantile(visible, 95),
        "page: longest block, 1,000 mails in 10 s, ms": blocked,
        "page: rows after that": rows,
    }


def _arrivals(server: Running, page: Any) -> list[float]:
    """Return seconds from each 250 to its row in the page, for single messages."""
    sent = {}
    with smtplib.SMTP(*server.smtp) as client:
        client.ehlo()
        for number in range(ARRIVALS):
            client.mail("a@example.com")
            client.rcpt("b@example.com")
            _code, reply = client.data(mail("1.5 kB", 9_000_000 + number))
            sent[reply.decode().rsplit(" ", 1)[-1]] = time.time()
            page.wait_for_timeout(300)
    seen = page.evaluate("window.seenAt")
    return [seen[store_id] / 1000 - moment for store_id, moment in sent.items() if store_id in seen]
