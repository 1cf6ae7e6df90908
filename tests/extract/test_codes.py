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
    text = "The code 48291 is in our records."
    alone = found(text).codes
    both = found(text, subject="48291 is your code").codes
    assert len(alone) == len(both) == 1
    assert both[0].confidence > alone[0].confidence


def test_a_coupon_is_found_and_never_primary() -> None:
    """A discount code is of no use for signing in."""
    told = found("Use promo code SPRING25 at checkout.")
    assert [(code.value, code.kind) for code in told.codes] == [("SPRING25", CodeKind.COUPON)]
    assert told.primary_code is None


def test_backup_codes_are_listed_and_never_primary() -> None:
    """They are for a day without the second factor, and all of a list are found."""
    backup = [f"4F2K{number}-QX81{number}" for number in range(8)]
    told = found("Your backup codes:\r\n\r\n" + "\r\n".join(backup), subject="Backup codes")
    assert {code.value for code in told.codes} == {code.replace("-", "") for code in backup}
    assert {code.kind for code in told.codes} == {CodeKind.BACKUP}
    assert told.primary_code is None


def test_the_position_is_line_and_element() -> None:
    """Lines count from 1 in the part's own text."""
    code = found("Hello,\r\n\r\nyour code is 482913.").primary_code
    assert code is not None
    assert (code.place.part_id, code.place.line, code.place.element) == ("0", 3, -1)


@pytest.mark.parametrize(
    "code",
    ["X867CM", "SW1A1A", "K1A0B1", "M11AE", "QWERTZ", "2024", "1984", "20261203", "100000", "KB4821", "v12345",
     "9fceb02", "6201Z", "8GBP4T", "XX35NF", "aBcXyZqQ", "12kg45", "copper-violin-meadow"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("Your sign-in code is {}.", "plain"),
        ("Verification code: {}", "plain"),
        ("Ihr Code lautet {}", "plain"),
        ("<p>Your verification code</p><p style='font-size:32px'>{}</p>", "html"),
        ("<p>Please enter this code:</p><div>{}</div>", "html"),
    ],
)
def test_the_look_of_a_code_does_not_count_when_it_is_named(code: str, template: str, kind: str) -> None:
    """Words say that it is the code, or it is alone in its own large element below such words."""
    told = found(template.format(code), kind=kind).primary_code
    assert told is not None
    assert told.shown == code


@pytest.mark.parametrize(
    "text",
    [
        "The server listens on localhost:8000, code reloading is on.",
        "Commit 68ebb33 needs a code review.",
        "The code freeze starts 20261203.",
        "The script ended with return code 137, process 48213.",
        "Code NAF 6201Z, SBI-code: 62010, PKD: 6201Z",
        "客服电话：400-820-8820，手机13800138000，验证码请勿泄露。",
        "From 1 January 2027 a verification code is needed.",
        "Codice avviso 302000010029",
        "Follow us: LinkedIn YouTube GitHub. Your code is safe.",
    ],
)
def test_codes_in_other_senses_are_none(text: str) -> None:
    """Ports, commits, dates, process ids, register codes, telephone numbers, years and names."""
    assert found(text).primary_code is None


def test_the_newer_of_two_codes_is_primary() -> None:
    """Whatever their order, the one that no longer works is not."""
    for body in (
        "The code 118734 no longer works. Your new code is 550218.",
        "Your code is 550218. The earlier code 118734 is invalid now.",
        "118734 has expired; use 550218 as your code.",
        "Code 118734 is no longer valid, use 550218 as your code.",
        "Koden 118734, som vi sendte før, virker ikke længere.\r\n\r\nKoden til at logge ind er 550218.",
    ):
        told = found(body, subject="Verification code").primary_code
        assert told is not None
        assert told.value == "550218", body


@pytest.mark.parametrize(
    "decoy",
    [
        '<div style="display:none">Your code is 111222</div>',
        '<style>.pre { display: none !important }</style><span class="pre">Your code is 111222</span>',
        "<div hidden>Your verification code: 111222</div>",
        "<!-- Your code is 111222 -->",
        '<p style="font-size:0;max-height:0">Your sign-in code is 111222</p>',
        '<p>Hello <span style="visibility:hidden">code 111222</span></p>',
    ],
)
def test_what_is_displayed_wins_over_what_is_not(decoy: str) -> None:
    """Preheaders, comments and hidden elements hold other numbers than the mail shows."""
    told = found(f"{decoy}<p>Please enter</p><p>482913</p><p>to sign in.</p>", kind="html").primary_code
    assert told is not None
    assert told.value == "482913"


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Use promo code SPRING25 at checkout.", "SPRING25", CodeKind.COUPON),
        ("Gift card code: GH7T-KK20-PP4M", "GH7TKK20PP4M", CodeKind.GIFT_CARD),
        ("Join the call\r\nMeeting ID: 988 7766 5544\r\nPasscode: 771204", "771204", CodeKind.MEETING),
        ("Ihr Gutscheincode lautet HERBST26.", "HERBST26", CodeKind.COUPON),
        ("Codes de secours :\r\n8f3k-22qp", "8f3k22qp", CodeKind.BACKUP),
    ],
)
def test_codes_for_other_occasions_are_listed_and_never_primary(text: str, value: str, kind: CodeKind) -> None:
    """Nobody types them to get in now."""
    told = found(text)
    assert {code.value: code.kind for code in told.codes}.get(value) is kind
    assert told.primary_code is None


@pytest.mark.parametrize(
    "text",
    [
        "รหัสยืนยันของคุณคือ QXRWTZ",
        "Вашият код за потвърждение е QXRWTZ.",
        "Vaš kod za potvrdu je QXRWTZ.",
        "आपका सत्यापन कोड QXRWTZ है।",
        "お客様の認証コードはQXRWTZです。",
        "您的验证码是QXRWTZ，5分钟内有效。",
        "인증번호는 QXRWTZ입니다.",
        "رمز التحقق هو QXRWTZ",
        "Devam etmek için doğrulama kodunu girin: QXRWTZ",
    ],
)
def test_scripts_and_word_orders_have_their_own_ways_to_name_a_code(text: str) -> None:
    """With and without spaces, with the verb before or behind, and with a copula of any language."""
    told = found(text).primary_code
    assert told is not None
    assert told.value == "QXRWTZ"


@pytest.mark.parametrize(
    "text",
    [
        "Your code is in CogMethod now.",
        "The code of the verification is in JavaScript.",
        "Kod weryfikacyjny PESEL 88120312345",
        "YOUR CODE IS INVALID AND EXPIRED",
        "Key AKIA****QZ7M is exposed; rotate the code.",
    ],
)
def test_words_beside_a_word_for_codes_are_none(text: str) -> None:
    """Names in mixed case, labels of numbers, words of a line in capitals, masked keys."""
    assert found(text).primary_code is None
