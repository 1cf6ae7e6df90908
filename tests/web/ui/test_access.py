"""Every page in light and dark at four widths: axe finds nothing, nothing scrolls sideways, no policy is violated."""

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from catcher.testing import running_catcher
from tests.web.ui.conftest import Mailbox

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
LAYOUT = [
    "target-size",
    "scrollable-region-focusable",
    "region",
    "page-has-heading-one",
    "landmark-one-main",
    "heading-order",
    "bypass",
]
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# Once all rules; then only what can differ: colours with the scheme and between the widest and a narrow layout, the
# layout with the width. All other rules read the document only, which is the same.
LOOKS: tuple[tuple[int, int, str, dict[str, object]], ...] = (
    (1440, 900, "light", {"type": "tag", "values": TAGS}),
    (1440, 900, "dark", {"type": "rule", "values": COLOURS}),
    (1024, 768, "light", {"type": "rule", "values": LAYOUT}),
    (390, 844, "light", {"type": "rule", "values": COLOURS + LAYOUT}),
    (390, 844, "dark", {"type": "rule", "values": COLOURS}),
    (320, 640, "light", {"type": "rule", "values": LAYOUT}),
)
# Rows are of one template: those that are pinned, tagged, read, with files and current are among the first.
FEWER_ROWS = "document.querySelectorAll('li.row:nth-child(n+7)').forEach((row) => row.remove())"


def paths(box: Mailbox) -> list[str]:
    """Every page, and every view of the mails that have most to show."""
    news, forwarded, hostile = box.id_of("Acme news"), box.id_of("Fwd: Welcome"), box.id_of("Your account")
    views = [
        f"view/{news}?view={view}"
        for view in ("html", "text", "source", "parts", "headers", "raw", "checks", "delivery")
    ]
    others = [
        f"view/{forwarded}?view=parts",
        f"view/{hostile}",
        f"view/{box.id_of('To sixty')}",
        f"view/{box.id_of('Wooo')}",
        f"view/{box.id_of('sign-in code')}",
        *(f"compare/{news}/{forwarded}?what={what}" for what in ("html", "text", "headers", "source", "render")),
        f"compare/{news}/{news}",
        f"view/{news}/release",
        f"view/{box.id_of('Invitation: planning')}",
        f"thread/{box.id_of('Re: Lunch')}",
    ]
    return [
        "",
        "?q=tag:signup",
        "?q=nothing-has-this",
        "?q=before:x",
        "?q=from:acme+subject:nothing",
        "i/ann@example.com",
        "i/nobody",
        "inboxes",
        "tags",
        "bin",
        *views,
        *others,
        "setup",
        "settings",
        "keys",
        "connections",
        "api/v1/",
        "view/x",
    ]


@pytest.fixture(scope="module")
def empty() -> Iterator[Mailbox]:
    """A mailbox that never had mail."""
    with running_catcher() as running:
        yield Mailbox(running)


def sideways(page: Page) -> int:
    """The pixels by which a page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def violations(page: Page, rules: dict[str, object]) -> list[str]:
    """What axe finds. The mail in its frame is the sender's; its faults are not the page's."""
    found = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, iframes: false, resultTypes: ['violations'], selectors: false})"
        ".then((result) => result.violations)",
        rules,
    )
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]


@pytest.mark.parametrize("part", range(4))
def test_no_page_has_a_barrier(browser: Browser, filled: Mailbox, empty: Mailbox, part: int) -> None:
    """WCAG 2.0–2.2 A and AA and best practice, 0 violations; at 320 px nothing scrolls sideways (1.4.10)."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.add_init_script(path=AXE)
    page = context.new_page()
    found: dict[tuple[str, int, str], object] = {}
    for box, path in [(empty, ""), *((filled, path) for path in paths(filled))][part::4]:
        page.goto(box.url + path)
        for width in {width for width, *_ in LOOKS}:
            page.set_viewport_size({"width": width, "height": 800})
            if (pixels := sideways(page)) > 0:
                found[path, width, "sideways"] = pixels
        page.evaluate(FEWER_ROWS)
        for width, height, scheme, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if said := violations(page, rules):
                found[path, width, scheme] = said
    context.close()
    assert found == {}


def test_no_page_violates_its_policy(browser: Browser, filled: Mailbox, empty: Mailbox) -> None:
    """No inline script or style anywhere, and nothing of the site is blocked by its own policy."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.violatedDirective, e.blockedURI))"
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for box, path in [(empty, ""), *((filled, path) for path in paths(filled))]:
        page.goto(box.url + path)
        page.keyboard.press("?")
        page.locator("#keysdialog[open]").wait_for()
    context.close()
    assert [line for line in said if "404 (Not Found)" not in line] == []


def test_the_list_needs_few_requests(browser: Browser, filled: Mailbox) -> None:
    """At most six requests until the list is usable, the stream among them; all to this site."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(filled.url)
    page.locator("[data-state=on]").wait_for()
    context.close()
    assert len(asked) <= 6, asked
    assert all(address.startswith(filled.url) for address in asked)
