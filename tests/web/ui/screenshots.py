"""Makes the pictures of the README from the running program: `python -m tests.web.ui.screenshots [directory]`.

Needs a Chromium, as the tests do; the names of the files are the ones the README uses.
"""

import sys
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from catcher.testing import running_catcher
from tests.conftest import CHROMIUM_FLAGS, find_chromium
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import thirty

SIZE = {"width": 1280, "height": 800}


def take(browser: Browser, address: str, file: Path, *, scheme: str = "light") -> None:
    """Take a screenshot of a page, once its event stream is open and its message is drawn."""
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.locator("[data-state=on]").wait_for()
    if page.get_by_test_id("frame").count():
        page.frame_locator("[data-testid=frame]").locator("body").wait_for()
    page.screenshot(path=file)
    context.close()


def is_everyday(message: EmailMessage) -> bool:
    """Return whether a message suits a screenshot: common letters, few recipients."""
    subject = str(message["Subject"] or "")
    return subject.isprintable() and max(subject, default="") < "\u0590" and len(message["To"].addresses) < 10


def main(directory: Path) -> None:
    """All pictures, into a directory that is made when it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        with running_catcher(smtp="127.0.0.1:0") as running:
            box = Mailbox(running)
            take(browser, box.url, directory / "empty.png")
            box.send(*filter(is_everyday, thirty()))
            news, code = box.id_of("Acme news"), box.id_of("sign-in code")
            take(browser, box.url, directory / "list.png")
            take(browser, f"{box.url}view/{code}", directory / "message.png")
            take(browser, f"{box.url}view/{news}", directory / "dark.png", scheme="dark")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
