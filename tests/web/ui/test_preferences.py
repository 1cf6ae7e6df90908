"""What a browser wants of the pages: every choice of the settings page has its effect, in that browser alone."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from catcher.web.ui.pages.layout import Preferences
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.languages import set_language
from catcher.web.ui.site.preferences import changed
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, newsletter, welcome

NOW = datetime(2026, 11, 22, 19, 23, 44, tzinfo=UTC)


def choose(http: httpx2.Client, **fields: str | list[str]) -> str:
    """Save settings, as the form does; the page one comes to."""
    answer = http.post("settings", data=fields, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_only_what_is_known_changes_anything() -> None:
    """A made-up cookie or form leaves everything as it was, and nothing of it is written back."""
    nonsense = dict.fromkeys(
        ("theme", "dense", "talk", "times", "clock", "lang", "view", "keep", "remote"), "x; path=/"
    )
    assert changed(Preferences(), nonsense) == Preferences()
    assert changed(Preferences(), {"clients": "gmail ../x <b> GMAIL"}).clients == ("gmail",)


def test_a_clock_of_twelve_hours(http: httpx2.Client, mailbox: Mailbox) -> None:
    """Without scripts, too; the day keeps 24 hours for who says nothing."""
    mailbox.send(welcome())
    moment = re.compile(r"<time[^>]*title=\"([^\"]*)\">([^<]*)</time>")
    assert re.fullmatch(r"\d\d:\d\d", moment.findall(http.get("").text)[0][1])
    choose(http, clock="12")
    full, short = moment.findall(http.get("").text)[0]
    assert re.fullmatch(r"\d{1,2}:\d\d [AP]M", short)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d:\d\d [AP]M UTC", full)
    assert 'data-clock="auto"' in choose(http, clock="auto")


@pytest.mark.parametrize(("age", "words"), [(1, "sam. 19:23"), (30, "23 oct."), (400, "2025-10-18")])
def test_times_and_sizes_are_in_the_language_of_the_page(age: int, words: str) -> None:
    """Names of days and months, the decimal comma and the octets of French, without any script."""
    set_language("fr")
    try:
        assert dates.short_time(NOW - timedelta(days=age), NOW) == words
        assert formatting.octets(1649) == "1,6 ko"
        assert formatting.octets(12) == "12 o"
    finally:
        set_language("en")


def test_a_message_opens_in_the_view_that_is_wanted(http: httpx2.Client, mailbox: Mailbox) -> None:
    """An address that names a view means that one; one that does not means the reader's, else the first there is."""
    mailbox.send(welcome())
    path = f"view/{mailbox.id_of('Welcome')}"
    choose(http, view="headers")
    assert 'data-view="headers"' in http.get(path).text
    assert 'data-view="raw"' in http.get(path, params={"view": "raw"}).text
    choose(http, view="")
    assert 'data-view="html"' in http.get(path).text


def test_the_next_message_keeps_the_view_or_does_not(http: httpx2.Client, mailbox: Mailbox) -> None:
    """The rows beside a message, and the steps to the next one, lead to the same view unless that is unwanted."""
    mailbox.send(welcome(), mail("Other", text="x"))
    path = f"view/{mailbox.id_of('Welcome')}"
    row = re.compile(rf'href="/view/{mailbox.id_of("Other")}([^"]*)"')
    assert row.findall(http.get(path, params={"view": "raw"}).text) == ["?view=raw", "?view=raw"]
    choose(http, keep="0")
    assert row.findall(http.get(path, params={"view": "raw"}).text) == ["", ""]


def test_remote_images_load_by_preference(http: httpx2.Client, mailbox: Mailbox) -> None:
    """Off by default; an address that says no means no."""
    mailbox.send(newsletter())
    path = f"view/{mailbox.id_of('Acme news')}"
    assert "/frame?remote=1" not in http.get(path).text
    choose(http, remote="1")
    assert "/frame?remote=1" in http.get(path).text
    assert "/frame?remote=1" not in http.get(path, params={"remote": "0"}).text


def test_findings_about_other_mail_programs_are_left_out(http: httpx2.Client, mailbox: Mailbox) -> None:
    """The programs I care about; the view says that it is narrowed, and the number at the tab fits."""
    mailbox.send(mail("Modern", html='<p style="display:grid;gap:3px">x</p><video src="cid:a"></video>'))
    path = f"view/{mailbox.id_of('Modern')}"
    whole = http.get(path, params={"view": "checks"}).text
    assert "Outlook" in whole
    assert 'value="gmail"' in choose(http, clients=["", "gmail"])
    text = http.get(path, params={"view": "checks"}).text
    named = [
        name for found in re.findall(r'<p class="lead hint">([^<]*\([^<]*)</p>', text) for name in found.split(", ")
    ]
    assert named
    assert all(name.startswith("Gmail") for name in named)
    assert "Filtered by mail client" in text
    number = re.search(r'data-testid="finding-count">(\d+)', text)
    assert number is not None
    shown = sum(int(each) for each in re.findall(r">(\d+) (?:error|warning)s?<", text))
    assert int(number[1]) == shown
    choose(http, clients="")
    assert "Outlook" in http.get(path, params={"view": "checks"}).text
