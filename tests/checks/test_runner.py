"""The runner of checks: selection by name, cached reports, and the isolation of failures."""

import asyncio
import logging
import subprocess
import sys
from dataclasses import replace

import pytest

from catcher.checks import (
    CHECKS,
    Check,
    CheckedMail,
    CheckOptions,
    Report,
    ReportCache,
    overall_score,
    run_checks,
    select_checks,
)
from catcher.checks.render import to_json
from tests.checks.mails import html_mail


def checks(options: CheckOptions) -> list[Check]:
    return [check(options) for check in CHECKS]


class Counted:
    """A check that counts its runs, and fails when configured to."""

    name = "counted"
    title = "Counted"
    on_request = False

    def __init__(self, error: Exception | None = None) -> None:
        self.runs = 0
        self._error = error

    async def run(self, subject: CheckedMail) -> Report:
        self.runs += 1
        if self._error is not None:
            raise self._error
        return Report(check=self.name, title=self.title, score=80)


def test_names_are_unique_and_checks_with_network_requests_run_on_request_only(options: CheckOptions) -> None:
    """The server makes no connection on its own."""
    made = checks(options)
    assert len({check.name for check in made}) == len(made)
    assert {check.name for check in made if check.on_request} == {"linkcheck", "authentication", "spam"}
    assert all(check.title for check in made)


def test_checks_are_selected_by_name_in_the_order_of_the_list(options: CheckOptions) -> None:
    """The error for an unknown name lists the known ones."""
    made = checks(options)
    assert [check.name for check in select_checks(made)] == [check.name for check in made if not check.on_request]
    assert [check.name for check in select_checks(made, ["spam", "links"])] == ["links", "spam"]
    with pytest.raises(ValueError, match="no check is called 'colour'; there are accessibility, "):
        select_checks(made, ["colour"])


def test_failed_check_is_reported_and_the_others_run(options: CheckOptions, caplog: pytest.LogCaptureFixture) -> None:
    """The traceback is in the log, a sentence in the report."""
    broken = Counted(RuntimeError("secret path /x"))

    async def run() -> tuple[Report, ...]:
        return await run_checks(html_mail("<p>x</p>"), [broken, *checks(options)])

    with caplog.at_level(logging.ERROR, "catcher.checks"):
        reports = asyncio.run(run())
    assert (reports[0].error, reports[0].score) == ("It failed; the log says why.", None)
    assert all(not report.error for report in reports[1:])
    assert "secret path" in caplog.text
    assert len(reports) > 5


def test_reports_are_cached_by_content(options: CheckOptions) -> None:
    """The same octets are examined once, others again; failures are not cached."""
    good, bad = Counted(), Counted(ValueError("x"))
    bad.name = "bad"
    cache = ReportCache(3)

    async def run(html: str) -> None:
        await run_checks(html_mail(html), [good, bad], cache=cache)

    for html in ("<p>a</p>", "<p>a</p>", "<p>b</p>"):
        asyncio.run(run(html))
    assert (good.runs, bad.runs) == (2, 3)
    for html in ("<p>c</p>", "<p>d</p>", "<p>a</p>"):
        asyncio.run(run(html))
    assert good.runs == 5  # the oldest had to go
    cache.clear()
    asyncio.run(run("<p>a</p>"))
    assert good.runs == 6


def test_overall_score_is_that_of_the_worst_check() -> None:
    """A message is as good as its worst check; checks without score do not count."""
    made = [
        Report(check="a", title="A", score=90),
        Report(check="b", title="B"),
        Report(check="c", title="C", score=40),
    ]
    assert overall_score(made) == 40
    assert overall_score(made[1:2]) is None


def test_all_reports_of_a_message_are_the_same_bytes_twice(options: CheckOptions) -> None:
    """Threads and caches do not change the reports."""
    html = '<html><body><h1>a</h1><img src=x><a href="#n">here</a><p style="color:#999;display:grid">{{ x }}</p>'

    async def run() -> str:
        return to_json(await run_checks(html_mail(html), checks(options)))

    assert asyncio.run(run()) == asyncio.run(run())


def test_options_are_values(options: CheckOptions) -> None:
    """A check is made from options and keeps no other state."""
    changed = replace(options, clients=("gmail",))
    assert changed != options


def test_importing_the_checks_loads_nothing_heavy() -> None:
    """HTTP client, DNS, cryptography and the client tables are imported on first use."""
    code = "import sys, catcher.checks; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"httpx2", "httpcore2", "dns", "cryptography", "publicsuffixlist", "xml"} & set(loaded)
