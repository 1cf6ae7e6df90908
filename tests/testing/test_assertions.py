"""The functions with which test suites make assertions about mail."""

import email.policy
import re
import smtplib
from pathlib import Path

import pytest

from catcher.mail import EmailMessage
from catcher.testing import (
    RunningCatcher,
    assert_attachment,
    assert_checks,
    assert_html_contains,
    assert_links_to,
    assert_list_unsubscribe,
    assert_matches_snapshot,
    assert_no_template_variables,
    assert_recipients,
    assert_subject,
    assert_text_contains,
    assert_text_is_html,
)
from tests.assertions.mails import invoice, welcome

HTML = (
    '<!doctype html><html lang="en"><head><title>Welcome</title></head><body><p>Hello Ann, your code is 482913.</p>'
    '<p><a href="https://app.example.com/confirm?t=1">Confirm</a></p></body></html>'
)  # fmt: skip
WHOLE = welcome("Hello Ann, your code is 482913. Confirm\n", HTML, List_Unsubscribe="<https://example.com/u>")


def test_a_good_mail_passes_all_of_them() -> None:
    """From the recipients to the checks; the address of a link is returned."""
    assert_recipients(WHOLE, "ann@example.com")
    assert_subject(WHOLE, "Welcome, Ann")
    assert_subject(WHOLE, re.compile(r"^Welcome"))
    assert_text_contains(WHOLE, "Hello Ann", "482913")
    assert_html_contains(WHOLE, "Confirm")
    assert assert_links_to(WHOLE, ".example.com", contains="confirm") == "https://app.example.com/confirm?t=1"
    assert_attachment(invoice(), "invoice.pdf", type="application/pdf")
    assert_no_template_variables(WHOLE)
    assert_text_is_html(WHOLE)
    assert_list_unsubscribe(WHOLE)


def test_a_failure_shows_the_mail() -> None:
    """The report shows the actual mail beside the expectation."""
    with pytest.raises(AssertionError) as caught:
        assert_text_contains(WHOLE, "Hello Ann", "999999")
    lines = str(caught.value).splitlines()
    assert lines[0] == "the text does not contain '999999'"
    assert "  | Subject: Welcome, Ann" in lines
    assert "  | link  https://app.example.com/confirm?t=1" in lines


def test_a_pattern_that_finds_nothing_is_named() -> None:
    """The subject may be compared with a regular expression."""
    with pytest.raises(AssertionError, match="'Welcome, Ann' does not match Goodbye"):
        assert_subject(WHOLE, re.compile("Goodbye"))


def test_messages_of_many_kinds_are_accepted() -> None:
    """Octets, messages of email, of the mail library and of Django; other objects are refused."""
    assert_subject(WHOLE.as_bytes(), "Welcome, Ann")
    sent = EmailMessage("Hello", "body", "from@example.com", ["Tö <to@example.com>"], bcc=["hidden@example.com"])
    assert_recipients(sent, "to@example.com", "hidden@example.com")
    assert_subject(email.message_from_bytes(WHOLE.as_bytes(), policy=email.policy.compat32), "Welcome, Ann")
    with pytest.raises(TypeError, match="expected a message, not str"):
        assert_subject("Welcome", "Welcome")


def test_checks_can_be_limited_by_score_and_severity() -> None:
    """An ignored rule counts neither as a finding nor in the score; the failure lists the findings."""
    poor = welcome("Hello {{ name }}\n")
    with pytest.raises(AssertionError, match=r"error: .*\{\{ name \}\} \[template-variable\]"):
        assert_checks(poor)
    assert_checks(poor, ignore=["template-variable"], fail_on="error")
    with pytest.raises(AssertionError, match=r"score 7.*, expected 99"):
        assert_checks(poor, min_score=99)
    assert_checks(poor, min_score=70)


def test_a_snapshot_is_written_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing one fails and the failure says how to create it; a changed mail fails with the diff."""
    monkeypatch.delenv("CATCHER_UPDATE_SNAPSHOTS", raising=False)
    file = tmp_path / "snapshots" / "welcome.txt"
    with pytest.raises(AssertionError, match=r"no snapshot welcome.txt; pytest --catcher-update-snapshots"):
        assert_matches_snapshot(WHOLE, file)
    assert_matches_snapshot(WHOLE, file, update=True)
    assert_matches_snapshot(WHOLE, file)
    with pytest.raises(AssertionError, match=r"(?s)-Subject: Welcome, Ann\n\+Subject: Hello"):
        assert_matches_snapshot(WHOLE.as_bytes().replace(b"Subject: Welcome, Ann", b"Subject: Hello"), file)
    monkeypatch.setenv("CATCHER_UPDATE_SNAPSHOTS", "1")
    assert_matches_snapshot(invoice(), file)
    assert "invoice.pdf" in file.read_text()


def test_a_stored_message_passes_like_the_sent_one(catcher: RunningCatcher, smtp: smtplib.SMTP) -> None:
    """Assertions about a stored message's octets give the same results as about the sent message."""
    smtp.send_message(WHOLE)
    assert_text_contains(catcher.store.raw(catcher.store.latest().store_id), "482913")
