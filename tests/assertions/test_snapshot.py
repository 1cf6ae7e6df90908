"""What of a message is kept in a snapshot."""

from catcher.assertions import Mail
from catcher.assertions.snapshot import difference, normalised
from tests.assertions.mails import invoice, welcome

HTML = (
    '<html><body><p>Hello  Ann</p><p>Your code is <b>{code}</b>, as of {day}.</p>'
    '<a href="http://localhost:{port}/reset/MQ/{token}/?next=/home">Set a password</a></body></html>'
)  # fmt: skip


def made(code: str, day: str, port: int, token: str, ident: str) -> Mail:
    html = HTML.format(code=code, day=day, port=port, token=token)
    text = f"Hello Ann\n\nYour code is {code}.\nhttps://app.test/go?token={token}&a=1\nRequest {ident}\n"
    message = welcome(text, html, Date="Thu, 26 Nov 2026 10:00:00 +0000", Message_ID=f"<{ident}@example.com>")
    return Mail.of(b"Received: from x by y\r\n" + message.as_bytes())


def test_two_runs_of_one_test_give_one_snapshot() -> None:
    """Codes, dates, ports, tokens, ids and boundaries are masked; nothing else is."""
    one = made("482913", "2026-11-26", 43211, "c8x1o5-6a5cf27b9e0d41aa", "0d9b0ca1-8f63-4f0e-9c83-0d3a6f0f9b11")
    two = made("107755", "2027-01-02", 35001, "d2k9p1-0f3e8b6c5a7722bc", "6f1c4a55-1b1e-4b0a-8d5e-3d1f2e9a7c22")
    kept = normalised(one)
    assert difference(kept, normalised(two), name="x") == ""
    for masked in (
        "Your code is <b><code></b>, as of <date>.",
        "http://localhost:<port>/reset/MQ/<token>/?next=/home",
        "https://app.test/go?token=<token>&a=1",
        "Request <uuid>",
        "Message-ID: <message-id>",
        "boundary=<boundary>",
    ):
        assert masked in kept
    assert "Subject: Welcome, Ann" in kept
    assert "Received" not in kept


def test_a_change_is_shown_as_a_unified_diff() -> None:
    """The element that changed stands alone in the diff."""
    day, ident = "2026-11-26", "0d9b0ca1-8f63-4f0e-9c83-0d3a6f0f9b11"
    now = made("482913", day, 1024, "c8x1o5-6a5cf27b9e0d41aa", ident)
    octets = bytes(now.octets).replace(b"Set a password", b"Set your password")
    changes = difference(normalised(now), normalised(Mail.of(octets)), name="reset")
    assert changes.splitlines()[:2] == ["--- reset (kept)", "+++ reset (now)"]
    changed = [line for line in changes.splitlines()[2:] if line[0] in "+-"]
    assert [line.rpartition('">')[2] for line in changed] == ["Set a password</a>", "Set your password</a>"]


def test_files_are_kept_by_their_digests() -> None:
    """A file whose content changes changes the snapshot."""
    kept = normalised(Mail.of(invoice().as_bytes()))
    assert "--- file invoice.pdf\napplication/pdf 24 octets sha256 " in kept


def test_texts_of_the_caller_are_masked_too() -> None:
    """An address made for one test can be kept out."""
    kept = normalised(Mail.of(welcome("Hello ann+x7@example.com\n").as_bytes()), mask={"ann+x7@example.com": "<ann>"})
    assert "Hello <ann>" in kept
