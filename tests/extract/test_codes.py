"""Tests of codes: their forms, other numbers, and their positions."""

import pytest

from catcher.extract import CodeKind, MatchSource
from tests.extract.mails import found


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("482913", "482913"),
        ("7304", "7304"),
        ("482 913", "482913"),
        ("482-913", "482913"),
        ("48 29 13", "482913"),
        ("4 8 2 9 1 3", "482913"),
        ("G-482913", "482913"),
        ("X7K9-PQ2M", "X7K9PQ2M"),
        ("R4KTM9", "R4KTM9"),
        ("kx72mq", "kx72mq"),
        ("４８２９１３", "482913"),
        ("٤٨٢٩١٣", "482913"),
        ("4829\u200b13", "482913"),
        ("482\u00a0913", "482913"),
    ],
)
def test_every_form_of_a_code_gives_what_a_person_types(shown: str, value: str) -> None:
    """Grouping, digits of other scripts and invisible characters are not part of the value."""
    code = found(f"Hello,\r\n\r\nyour verification code is:\r\n\r\n{shown}\r\n\r\nIt expires soon.").primary_code
    assert code is not None
    assert code.value == value


@pytest.mark.parametrize(
    "text",
    [
        "Order number: 4829134",
        "Invoice no. 482913 of 14 March 2026",
        "Your code of conduct training of 2026 is due on 2026-03-14 at 10:45.",
        "Call +49 30 1234567 or 0800 123 4567 or (415) 555-0132.",
        "The total is $1,284.50, which is 25% less than EUR 4500.",
        "Tracking number: 1Z999AA10123456784",
        "Requested from 203.0.113.7 and 2001:db8::8a2e:370:7334 with version 12.4.1.",
        "Acme Inc., 1200 Main Street, Springfield, IL 62704",
        "Muster GmbH, Hauptstraße 1200, 10115 Berlin, HRB 148821",
        "Expires in 1440 minutes. 15000 users like it. #482913 and #aabbcc.",
        "Card ending in 4417, IBAN DE89 3704 0044 0532 0130 00",
        "See https://acme.example/482913/verify?code=482913 and mail 482913@acme.example.",
        "Bestellnummer: 482913, Kundennummer 5511874, PLZ 10115",
        "Numéro de commande : 4471820, code postal 75011",
        "注文番号：482913 郵便番号：100-0001",
        "ZIP code 62704, error code 1068, QR code 482913",
    ],
)
def test_other_numbers_are_not_codes(text: str) -> None:
    """Years, dates, prices, telephone, order and customer numbers, post codes, addresses and counts."""
    assert found(text).primary_code is None
    # and they do not become codes beside a real one
    both = found(f"Your verification code is 739164.\r\n\r\n{text}", subject="Verification code")
    assert [code.value for code in both.likely_codes] == ["739164"]


def test_a_box_for_every_digit_is_one_code() -> None:
    """Digits in separate cells or spans are read together."""
    cells = "".join(f"<td>{digit}</td>" for digit in "590216")
    code = found(f"<p>Your sign-in code:</p><table><tr>{cells}</tr></table>", kind="html").primary_code
    assert code is not None
    assert (code.value, code.kind) == ("590216", CodeKind.SIGN_IN)


def test_a_code_in_the_subject_counts() -> None:
    """It is found when the body does not repeat it."""
    code = found("Enter it in the app.", subject="731904 is your login code").primary_code
    assert code is not None
    assert (code.value, code.place.source) == ("731904", MatchSource.SUBJECT)


def test_agreement_of_text_and_html_raises_the_confidence() -> None:
    """One code, with more confidence than either alone gives."""
    text = "Use 48291 as your code."
    alone = found(text).codes
    both = found(text, subject="48291 is your code").codes
    assert len(alone) == len(both) == 1
    assert both[0].confidence > alone[0].confidence


def test_a_coupon_is_found_and_never_primary() -> None:
    """A discount code is of no use for signing in."""
    told = found("Use promo code SPRING25 at checkout.")
    assert [(code.value, code.kind) for code in told.codes] == [("SPRING25", CodeKind.COUPON)]
    assert told.primary_code is None


def test_several_codes_are_in_order_of_confidence() -> None:
    """All backup codes are listed; the primary one is the first."""
    told = found("Your backup codes:\r\n\r\n4F2K9-QX81M\r\n7HD3P-22KLA\r\n", subject="Backup codes")
    assert {code.value for code in told.codes} == {"4F2K9QX81M", "7HD3P22KLA"}
    assert told.primary_code == told.codes[0]


def test_the_position_is_line_and_element() -> None:
    """Lines count from 1 in the part's own text."""
    code = found("Hello,\r\n\r\nyour code is 482913.").primary_code
    assert code is not None
    assert (code.place.part_id, code.place.line, code.place.element) == ("0", 3, -1)
