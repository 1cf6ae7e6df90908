"""Tests of catcher.smtp.transcript."""

from catcher.smtp.transcript import MAX_OCTETS, Transcript


def test_a_transaction_has_the_opening_and_its_own_lines() -> None:
    """The transcript of the second message has the opening of the connection, but not the first message."""
    transcript = Transcript()
    transcript.server(b"220 hello\r\n")
    for number in (b"1", b"2"):
        transcript.client(b"MAIL " + number)
        transcript.mark_opening()
        transcript.server(b"250-a\r\n250 b\r\n")
        shown = transcript.transaction()
        transcript.server(b"250 queued\r\n")
        transcript.end_transaction()
    assert shown == "S: 220 hello\nC: MAIL 2\nS: 250-a\n250 b\n"
    assert transcript.whole().count("queued") == 2


def test_a_long_dialogue_is_cut_with_a_line_that_says_so() -> None:
    """The memory of a transcript is limited."""
    transcript = Transcript()
    for _ in range(50_000):
        transcript.client(b"NOOP " + b"x" * 5000)
    shown = transcript.transaction()
    assert len(shown) < 2 * MAX_OCTETS
    assert "lines left out)" in shown
    for _ in range(100):
        transcript.end_transaction()
        transcript.client(b"x" * 900)
    assert len(transcript.whole()) < 4 * MAX_OCTETS
    assert "not kept" in transcript.whole()


def test_a_transcript_that_is_exactly_full_takes_no_more() -> None:
    """Neither a further line nor a further transaction, and it says so once."""
    transcript = Transcript()
    transcript.client(b"x" * (MAX_OCTETS - 4))
    transcript.client(b"second")
    transcript.server(b"250 third\r\n")
    assert transcript.transaction().endswith("... (2 lines left out)\n")
    transcript.end_transaction()
    transcript.server(b"250 later\r\n")
    transcript.end_transaction()
    transcript.client(b"last")
    shown = transcript.whole()
    assert shown.endswith("... (2 lines left out)\n... (what followed is not kept)\n")
    assert not any(word in shown for word in ("second", "third", "later", "last"))


def test_octets_that_are_not_text_are_shown_as_escapes() -> None:
    """The transcript is always text that can be stored."""
    transcript = Transcript()
    transcript.client(b"\xff\x00")
    assert transcript.transaction() == "C: \\xff\x00\n"
