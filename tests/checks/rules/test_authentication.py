"""The authentication check: findings from SPF, DKIM, DMARC and ARC together."""

import asyncio

from catcher.checks import AuthFacts, CheckOptions, Severity, run_checks
from catcher.checks.auth import (
    ZoneLookup,
)
from catcher.checks.rules.authentication import authenticate
from catcher.envelope import Client
from catcher.threads import Threads
from tests.checks.auth.signing import ED_KEY, MAIL, key_record, signed, txt_record
from tests.checks.mails import check_named, rules, subject_of


def test_one_click_must_be_signed() -> None:
    """A valid signature covers List-Unsubscribe and List-Unsubscribe-Post. RFC 8058 §4."""
    lookup = ZoneLookup(txt_record("s._domainkey.example.com", key_record(ED_KEY)))
    fields = b"List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    every = ("from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post")

    def found(message: bytes) -> bool:
        return "dkim-one-click" in rules(authenticate(subject_of(message), lookup))

    assert found(signed(fields + MAIL, "example.com"))
    assert not found(signed(fields + MAIL, "example.com", names=every))
    assert found(signed(fields + MAIL, "example.com", names=every).replace(b"Hello", b"Hullo"))
    assert not found(signed(MAIL, "example.com"))


def test_valid_message_has_no_findings() -> None:
    """A signed, aligned message from an allowed client."""
    lookup = ZoneLookup(
        txt_record("s._domainkey.example.com", key_record(ED_KEY))
        + '_dmarc.example.com. TXT "v=DMARC1; p=reject"\nmail.example.com. TXT "v=spf1 ip4:1.2.3.4 -all"\n'
    )
    client = Client(address="1.2.3.4", helo="mail.example.com", protocol="ESMTP")
    message = signed(MAIL, "example.com")
    report = authenticate(subject_of(message, client=client, reverse_path="b@mail.example.com"), lookup)
    assert (rules(report), report.score) == ([], 100.0)
    assert isinstance(report.facts, AuthFacts)
    assert report.facts.dmarc is not None
    assert (report.facts.dmarc.spf_aligned, report.facts.dmarc.dkim_aligned) == (True, True)

    forged = message.replace(b"Hello", b"Hullo")
    report = authenticate(subject_of(forged, client=client, reverse_path="x@example.net"), lookup)
    assert rules(report) == ["dmarc-fail", "dkim-fail", "spf-none"]
    assert report.findings[0].severity is Severity.ERROR
    assert "example.com wants it: reject" in report.findings[0].text


async def _run(options: CheckOptions) -> tuple[bool, str, list[str]]:
    check = check_named("authentication", options)
    (report,) = await run_checks(subject_of(MAIL), [check], only=["authentication"])
    return check.on_request, report.error, rules(report)


def test_mail_from_this_machine_is_no_failure_of_spf(threads: Threads) -> None:
    """A developer's machine cannot pass SPF; that is stated as information only."""
    on_request, error, found = asyncio.run(_run(CheckOptions(threads=threads, lookup=ZoneLookup(""))))
    assert (on_request, error) == (False, "")
    assert found == ["dkim-none", "dmarc-alignment", "dmarc-none", "spf-internal"]


def test_nothing_is_looked_up_without_permission(threads: Threads) -> None:
    """Without a zone file and DNS the check runs on request only, and says why it cannot run."""
    on_request, error, found = asyncio.run(_run(CheckOptions(threads=threads)))
    assert (on_request, found) == (True, [])
    assert "zone file" in error
