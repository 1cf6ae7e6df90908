"""What differs between two texts: masks, words, headers, and how much of hostile ones is compared."""

import pytest

from catcher.web.ui.message.diff import (
    ADDED,
    LINE_CHARACTERS,
    MASKED,
    MAX_LINES,
    MAX_WORDS,
    REMOVED,
    SAME,
    Difference,
    compare_fields,
    compare_lines,
    compare_words,
    html_lines,
    masked,
)


def told(difference: Difference) -> list[tuple[str, str]]:
    return [
        (line.kind, "".join(piece.text for piece in line.spans)) for block in difference.blocks for line in block.lines
    ]


def test_differing_lines_mark_their_words() -> None:
    """A line that stands for another one shows which words make it so."""
    found = compare_lines(["Hello Ann", "your order", "bye"], ["Hello Ann", "your parcel", "bye"])
    assert told(found) == [(SAME, "Hello Ann"), (REMOVED, "your order"), (ADDED, "your parcel"), (SAME, "bye")]
    changed = [piece.text for line in found.blocks[0].lines for piece in line.spans if piece.is_changed]
    assert changed == ["order", "parcel"]
    assert (found.removed, found.added) == (1, 1)


def test_what_differs_in_every_mail_counts_as_equal() -> None:
    """Mask rules for ids, dates and tokens; without them every line counts."""
    left = ["Order 104233 of 2026-11-22 19:23", "token=3f9c1d2e4b5a69788796a5b4", "same"]
    right = ["Order 104234 of 2026-11-23 07:01", "token=00aa1d2e4b5a69788796ffff", "same"]
    assert told(compare_lines(left, right)) == [(MASKED, right[0]), (MASKED, right[1]), (SAME, "same")]
    assert compare_lines(left, right, is_masked=False).removed == 2


@pytest.mark.parametrize(
    "text",
    [
        "2b1f0c9e-1f3a-4c8e-9b7d-1234567890ab",
        "2026-11-22T19:23:44.123+01:00",
        "Sun, 22 Nov 2026 19:23:44 +0000",
        "19:23",
        "482913",
        "eyJhbGciOiJIUzI1NiJ9",
    ],
)
def test_ids_dates_and_tokens_are_masked(text: str) -> None:
    """Each as a whole, wherever it stands."""
    assert masked(f"a {text}, b") == "a ‹…›, b"
    assert masked(f"({text})") == "(‹…›)"


@pytest.mark.parametrize(
    "text", ["Invoice 2026", "antidisestablishmentarianism", "room 12", "a-word-with-many-parts", "1.50"]
)
def test_words_and_small_numbers_are_not_masked(text: str) -> None:
    """What a person would call a difference stays one."""
    assert masked(text) == text


def test_equal_lines_far_from_a_difference_are_folded() -> None:
    """Three on each side stay."""
    lines = [f"line {letter}" for letter in "abcdefghijklmnop"]
    found = compare_lines(lines, [*lines[:8], "new", *lines[8:]])
    assert [(block.is_folded, len(block.lines)) for block in found.blocks] == [(True, 5), (False, 7), (True, 5)]


def test_header_fields_are_compared_whatever_their_order() -> None:
    """Order is ignored, Message-ID and Date are dimmed, repeated fields count each."""
    left = [("Subject", "Hello"), ("X-A", "1"), ("X-A", "2"), ("Message-ID", "<a@b>"), ("X-Old", "x")]
    right = [("Message-ID", "<c@d>"), ("X-A", "2"), ("X-A", "3"), ("Subject", "Hello")]
    assert told(compare_fields(left, right)) == [
        (SAME, "Subject: Hello"),
        (SAME, "X-A: 2"),
        (REMOVED, "X-A: 1"),
        (ADDED, "X-A: 3"),
        (MASKED, "Message-ID: <c@d>"),
        (REMOVED, "X-Old: x"),
    ]


def test_a_missing_paragraph_is_found_among_rearranged_lines() -> None:
    """Wrapping, letter case, list marks, rules and addresses do not count."""
    text = "HELLO ANN\n=========\n\n* Your order\n  is on its way.\n\nTrack it: https://shop.example/1\n"
    html = "Hello Ann\n\nYour order is on its way.\n\nIt costs 12 euros.\n\nTrack it:\n"
    found = compare_words(text, html)
    assert [line for line in told(found) if line[0] != SAME] == [(ADDED, "It costs 12 euros.\n")]
    assert (found.removed, found.added) == (0, 4)


def test_html_is_brought_into_one_form() -> None:
    """Order of attributes, white space and line breaks do not count; a rule of a style sheet is a line."""
    first = '<p  class="a" id=b>Hello\n   Ann</p><style>a{b:c} d{e:f}</style>'
    second = '<p id="b"\nclass="a">\nHello Ann</p><style>\na{b:c}\nd{e:f}\n</style>'
    assert html_lines(first) == html_lines(second)
    assert html_lines(first) == [
        '<p class="a" id="b">',
        "Hello Ann",
        "</p>",
        "<style>",
        "a{b:c}",
        "d{e:f}",
        "</style>",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["a", "b"] * MAX_LINES, ["b", "a"] * MAX_LINES),
        (["same"] * (2 * MAX_LINES), ["same"] * (MAX_LINES + 1)),
        (["x" * (2 * LINE_CHARACTERS)] * (MAX_LINES + 1), ["y" * (2 * LINE_CHARACTERS)] * (MAX_LINES + 1)),
        (["a"], ["b"] * (MAX_LINES + 1)),
    ],
)
def test_a_limited_part_of_hostile_texts_is_compared(left: list[str], right: list[str]) -> None:
    """Both sides come by mail: lines, the characters of each, and words have limits, and the result says so."""
    found = compare_lines(left, right)
    lines = [text for _, text in told(found)]
    assert found.is_cut
    assert len(lines) <= 2 * MAX_LINES
    assert max(map(len, lines)) <= LINE_CHARACTERS
    words = compare_words("\n\n".join(left) * 3, "\n\n".join(right) * 3)
    assert words.is_cut
    assert sum(len(text.split()) for _, text in told(words)) <= 2 * MAX_WORDS
