"""A message in the output of a failing test."""

from catcher.assertions import Mail, excerpt
from tests.assertions.mails import invoice, welcome


def test_a_message_is_shown_on_a_screen() -> None:
    """Who, what, the text, the code, the file; each line marked."""
    lines = excerpt(Mail.of(invoice().as_bytes(), recipients=("ann@example.com", "b@example.com"))).splitlines()
    assert lines[:5] == [
        "  | From: App <app@example.com>",
        "  | To: ann@example.com",
        "  | Subject: Welcome, Ann",
        "  | Date: Thu, 26 Nov 2026 10:00:00 +0000",
        "  | (delivered to ann@example.com, b@example.com)",
    ]
    assert "  | your code is 482913." in lines
    assert "  | code  482913" in lines
    assert "  | file  invoice.pdf  application/pdf  24 octets" in lines


def test_a_hostile_message_does_nothing_to_the_terminal() -> None:
    """Control characters are replaced, long lines and long texts cut."""
    text = "\x1b[2J\u202e evil\n" + "x" * 10_000 + "\n" + "line\n" * 1_000
    text_shown = excerpt(Mail.of(welcome(text).as_bytes()))
    assert "\x1b" not in text_shown
    assert "\u202e" not in text_shown
    assert "more lines" in text_shown
    assert len(text_shown) < 10_000
