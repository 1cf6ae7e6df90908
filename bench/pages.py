"""The list in a browser: loading time, and the effect of new mail on an open page."""

import shutil
import smtplib
import time
from collections.abc import Iterator, Mapping
from typing import Any

from bench.load import Load, send
from bench.mails import mail
from bench.servers import Running, all_started
from bench.table import Options, Row, quantile

ARRIVALS = 30

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


def pages(options: Options) -> Iterator[Row]:
    """Yield figures of a browser at the list, if one is installed; the catcher's, for each size of the mailbox."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    for stored in options.stored if found else ():
        with all_started(options.servers[:1], stored=stored) as (server,):
            for name, value in _seen(server, str(found)).items():
                yield f"page, {stored:,} stored: {name}", {server.recipe.name: value}


def _seen(server: Running, chromium: str) -> Mapping[str, float]:
    """Return elements, largest paint, time from the 250 to the row, and the longest block of the page in a burst."""
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
        "elements": elements,
        "largest paint, ms": sorted(paints)[len(paints) // 2],
        "row visible after the 250, p50 ms": quantile(visible, 50),
        "longest block, 1,000 mails in 10 s, ms": blocked,
        "rows after that": rows,
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
