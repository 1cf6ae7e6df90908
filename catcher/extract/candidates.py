"""Candidates for codes by their form alone; forms of other kinds of numbers are excluded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from catcher.mime.text.urls import urls_in_text

MAX_TOKENS = 200
"""Candidates of a line that are examined."""


class Form(StrEnum):
    """Form of a candidate, by its characters alone. The values are names of features."""

    DIGITS_4 = "four digits"
    DIGITS_5 = "five digits"
    DIGITS_6 = "six digits"
    DIGITS_7 = "seven digits"
    DIGITS_8 = "eight digits"
    DIGITS_LONG = "many digits"
    SPREAD = "spread characters"
    GROUPS_OF_DIGITS = "groups of digits"
    GROUPS = "groups of letters and digits"
    PREFIXED = "letters before a number"
    CAPITALS = "capitals and digits"
    SMALL = "small letters and digits"
    MIXED = "letters of both cases and digits"
    WORD_AND_NUMBER = "a word and a number"
    LETTERS = "letters with capitals among them"
    WORD = "small letters only"
    WORDS = "words with dashes"


BARE = frozenset({Form.LETTERS, Form.WORD, Form.WORDS})
"""Forms that words have as well."""


class Look(StrEnum):
    """Another kind of thing that a candidate looks like. The values are names of features."""

    YEAR = "looks like a year"
    DATE = "looks like a date"
    ROUND = "a round number"
    POSTCODE = "looks like a postcode or a reference"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text in a line that has the form of a code. value: without grouping."""

    start: int
    end: int
    value: str
    form: Form
    look: Look | None = None


def candidates(text: str) -> Iterator[Candidate]:
    """Yield the candidates in a normalised line: digits, letters and digits, and words that may be one.

    Dates, times, prices, percentages, telephone numbers, versions, addresses of any kind, colours, UUIDs and masked
    numbers are excluded. What only looks like a postcode or a reference is marked as that.
    """
    if not _MAY_HOLD.search(text):
        return
    taken, doubtful = _taken(text)
    number = 0
    for match in _FORMS.finditer(text):
        number += 1
        if number > MAX_TOKENS:
            return
        start, end = match.span()
        if any(start < t_end and t_start < end for t_start, t_end in taken):
            continue
        candidate = _candidate(match)
        if candidate is None:
            continue
        if candidate.look is None and any(start < t_end and t_start < end for t_start, t_end in doubtful):
            candidate = replace(candidate, look=Look.POSTCODE)
        yield candidate


_MAY_HOLD = re.compile(r"[0-9]|[A-Z]{3}|[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Z](?:[ -][A-Z]\b){3}|[A-Za-z]{3}-[A-Za-z]{3}")

_CURRENCY = (
    r"(?:[$€£¥₹₽₩₺₴₪₫฿₦₱]|(?:USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|BRL|PLN|SEK|NOK|DKK|CZK|HUF|RON|TRY|RUB|UAH|AUD|CAD|NZD|"
    r"SGD|HKD|KRW|MXN|ZAR|AED|SAR|ILS|THB|VND|IDR|MYR|BGN|SR|R\$|zł|Kč|Ft|kr|TL|lei|руб|грн|元|円|원|ريال|درهم|جنيه|"
    r"euros?|dollars?|pounds?|Euro)(?![a-z]))"
)
_AMOUNT = r"\d[\d.,' ]{0,20}+"
_AT_DIGIT = re.compile(
    "|".join(
        (
            r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{4,40}+",  # UUIDs
            r"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.][0-3]?\d(?:[T ]\d\d:?\d\d(?::?\d\d)?)?",  # dates
            r"\b[0-3]?\d([-/.] ?)[01]?\d\1(?:\d{4}|\d\d)\b|\b[01]?\d/[0-3]?\d/(?:\d{4}|\d\d)\b",
            r"\b\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\b)?(?![\d])",  # times
            r"\b(?:19|20)\d\d ?[-/] ?(?:19|20)?\d\d\b(?!\d)",  # spans of years
            _AMOUNT + _CURRENCY,
            r"\d[\d.,]{0,20}+ ?[%‰°]",
            r"\b\d{1,3}(?:[.,']\d{3})+(?:[.,]\d+)?\b|\b\d{1,20}+[.,]\d{1,20}+(?:\.\d{1,20}+){0,9}\b",  # decimals, IPv4
            r"\b0\d{1,4}[ /-]\d[\d /-]{4,12}\d|\b(?:1-)?\d{3}-\d{3}-\d{4}\b",  # telephone numbers
            r"\b1-8\d\d-[\w-]{4,10}|\b0800[ -]\d[\d -]{2,10}\b|\b\d{3} \d{3} \d{4}\b|\b0\d(?: \d\d){4}\b",
            r"\b\d{2,4}-\d{3,4}-\d{4}\b",
            r"\b\d{4}(?:[ -]\d{4}){2,3}\b",  # card numbers
            r"\b\d{2,5} ?[x×] ?\d{2,5}\b",
            r"\b\d{1,20}+(?:px|em|pt|mm|cm|km|kg|mg|MB|GB|KB|TB|kWh|mAh|Hz|MHz|GHz|ms|dpi)\b",
            r"\b1Z[0-9A-Z]{16}\b",  # parcels
        )
    )
)
_DOUBTFUL_AT_DIGIT = re.compile(
    r"[1-9]\d{3} [A-Z]{2}\b|\d{2}-\d{3}\b|\d{3} \d{2}\b|\d{5}-\d{3,4}\b|\d{4}[A-Z]\b|\d{2}\.\d{2}[A-Z]?\b"
)  # postcodes, codes of activities
_AT_LETTER = re.compile(
    "|".join(
        (
            r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{4,40}+",
            _CURRENCY + " ?[-+]?" + _AMOUNT,
            r"[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,8}(?: ?[A-Z0-9]{1,4})?\b",  # IBAN
            r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|[A-Z]\d[A-Z] \d[A-Z]\d\b",  # British and Canadian postcodes
            r"[A-Z]{2},? \d{5}(?:-\d{4})?\b|D-\d{5}\b|F-\d{5}\b",
            r"[A-Z]{2}[A-Z0-9]{1,2}\d{9}[A-Z]{2}\b",  # parcels
            r"(?:RFC|ISO|UTF|SHA|HTTP|TLS|CVE|INV|ORD|TKT|CASE|RMA|AWB|HRB)[ -]\d[\d-]{0,30}+",
            r"v\d{1,4}\.[\w.]{0,40}+|N[o°º]\.? ?\d+",
        )
    )
)
_DOUBTFUL_AT_LETTER = re.compile(
    r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}\b|[A-Z]\d[A-Z]\d[A-Z]\d\b|v\d\w{0,40}+|"
    r"(?:RFC|ISO|UTF|SHA|MD|HTTP|TLS|CVE|KB|PR|GH|INV|ORD|PO|SO|TKT|SR|CASE|RMA|AWB|HRB)-?\d[\d-]{0,30}+"
)
# forms with a certain sign are searched only in lines that have that sign
_BY_SIGN = (
    ("www.", re.compile(r"\bwww\.\S++")),
    ("@", re.compile(r"(?<![^\s<>()])[^\s<>()@]{1,64}+@[\w.-]{1,255}+")),  # mail addresses, and @name
    (".", re.compile(r"(?<![\w.-])(?:[a-z0-9][a-z0-9-]{0,40}+\.){1,4}+[a-z]{2,12}+(?:/\S*+)?(?![\w.])")),  # host names
    (":", re.compile(r"\b(?:[0-9a-fA-F]{1,4}+:){2,7}+[0-9a-fA-F:]{0,20}+")),  # MAC, IPv6
    (":", re.compile(r"(?:\blocalhost|(?<![\w.-])[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,5}):\d{2,5}\b")),  # host and port
    ("-", re.compile(r"\b(?:[0-9a-fA-F]{2}-){5}[0-9a-fA-F]{2}\b")),
    ("+", re.compile(r"\+ ?\d{1,3}(?:[ ().-]{0,3}\d{1,5}){2,6}")),  # telephone numbers
    ("(", re.compile(r"\(0?\d{1,5}\) ?\d[\d -]{3,12}")),
    ("#", re.compile(r"#[0-9a-fA-F]{3,8}\b|#\d+")),
    *((sign, re.compile(rf"\b[Nn]{sign}\.? ?\d+")) for sign in "°º"),
    ("№", re.compile(r"№ ?\d+")),
    ("%", re.compile(r"% ?\d{1,20}+")),
    *((sign, re.compile(rf"[{sign}]{{1,20}}+ ?-?\d+")) for sign in "*•×"),  # masked numbers
    *((sign, re.compile(rf"[A-Za-z0-9]{{2,20}}+[{sign}]{{2,20}}+[A-Za-z0-9]{{2,20}}+")) for sign in "*•"),
    ("xx", re.compile(r"[xX]{2,20}+[ -]?\d{2,6}")),
    ("XX", re.compile(r"[xX]{2,20}+[ -]?\d{2,6}")),
    *((sign, re.compile(rf"[{sign}] ?[-+]?{_AMOUNT}")) for sign in "$€£¥₹₽₩₺₴₪₫฿₦₱"),
)
_MASKS = ("xx", "XX")
_DIGITS = re.compile(r"\d+")
_CAPITALS = re.compile(r"\b[A-Zv]")
MAX_DIGITS = 300
"""Runs of digits, and words with a capital, of a line that are examined."""


def word_in(text: str, start: int, end: int) -> Candidate | None:
    """Return the word of small letters that is alone between two places of a line, None for anything else."""
    match = _WORD.fullmatch(text, start, end)
    return Candidate(match.start(1), match.end(1), match[1], Form.WORD) if match else None


_WORD = re.compile(r"[^\w]{0,10}([a-z]{5,12})[^\w]{0,10}")


def _taken(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the spans of a line that have another form than that of a code, and those that may have one."""
    taken = [
        match.span()
        for sign, form in _BY_SIGN
        if sign in text
        for match in form.finditer(text)
        if not (sign in _MASKS and _is_inside(text, *match.span()))
    ]
    if "://" in text:
        taken += [(start, end) for start, end, _ in urls_in_text(text)]
    doubtful: list[tuple[int, int]] = []
    for starts, form, doubtful_form in (
        (_DIGITS, _AT_DIGIT, _DOUBTFUL_AT_DIGIT),
        (_CAPITALS, _AT_LETTER, _DOUBTFUL_AT_LETTER),
    ):
        end = 0
        for start in islice(starts.finditer(text), MAX_DIGITS):
            if start.start() < end:
                continue
            # a part of a longer token has no form of its own
            if (match := form.match(text, start.start())) and not _is_inside(text, *match.span()):
                end = match.end()
                taken.append(match.span())
            elif match := doubtful_form.match(text, start.start()):
                doubtful.append(match.span())
    return taken, doubtful


_TOKEN = re.compile(r"[A-Za-z0-9]")


_JOINED = re.compile(r"-[A-Z0-9]{3}")
_JOINED_BEFORE = re.compile(r"[A-Z0-9]{3}-\Z")


def _is_inside(text: str, start: int, end: int) -> bool:
    """Return whether the span is a part of a longer token: inside letters and digits, or one of their groups."""
    if (start and _TOKEN.match(text, start - 1) and _TOKEN.match(text, start)) or (
        end < len(text) and _TOKEN.match(text, end - 1) and _TOKEN.match(text, end)
    ):
        return True
    has_capitals = any(map(str.isupper, text[start:end]))
    return has_capitals and bool(_JOINED.match(text, end) or _JOINED_BEFORE.search(text, max(0, start - 4), start))


# letters of scripts without spaces may touch a code
_LETTER = r"[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_EDGE = rf"(?<!{_LETTER})(?<![.,/@&=+$€£¥₹₽₩₺₴₪₫฿₦₱#-])"
_END = rf"(?!{_LETTER}|[@%]|[-/&=][A-Za-z0-9]|[.,:]\d)"
_FORMS = re.compile(
    _EDGE + r"(?:"
    r"(?P<spread>[A-Z0-9](?:(?: {1,3}|[-·] ?)[A-Z0-9]){3,9})"
    r"|(?P<prefixed>[A-Z]{1,3}-\d{4,8})"
    r"|(?P<digits>\d{2,5}(?:[ -]\d{2,5}){1,3})"
    r"|(?P<grouped>[A-Za-z0-9]{3,6}(?:-[A-Za-z0-9]{3,6}){1,3})"
    r"|(?P<words>[A-Za-z]{3,10}(?:-[A-Za-z]{3,10}){1,4}(?:-\d{1,4})?)"
    r"|(?P<plain>(?=[a-z]{0,15}[0-9A-Z])[A-Za-z0-9]{4,16})"
    r")" + _END
)
_BY_SIZE = {4: Form.DIGITS_4, 5: Form.DIGITS_5, 6: Form.DIGITS_6, 7: Form.DIGITS_7, 8: Form.DIGITS_8}


def _candidate(match: re.Match[str]) -> Candidate | None:
    start, end = match.span()
    shown = match[0]
    match match.lastgroup:
        case "spread":
            return Candidate(start, end, re.sub(r"[ ·-]+", "", shown), Form.SPREAD)
        case "prefixed":
            prefix, _, digits = shown.partition("-")
            if len(prefix) == 1 or prefix == "FB":
                return Candidate(start, end, digits, _BY_SIZE[len(digits)])
            return Candidate(start, end, prefix + digits, Form.PREFIXED, Look.POSTCODE)
        case "digits":
            return _grouped_digits(start, shown)
        case "grouped":
            return _grouped(start, shown)
        case "words":
            return _words(start, shown)
    return _plain(start, shown)


def _grouped_digits(start: int, shown: str) -> Candidate | None:
    """Return digits in groups of one size ("482 913"); None for others."""
    groups = re.split("[ -]", shown)
    value = "".join(groups)
    if len(set(map(len, groups))) > 1 or len(value) > 10:
        return None
    if len(groups) == 2 and all(1900 <= int(group) <= 2099 for group in groups):
        return None
    return Candidate(start, start + len(shown), value, Form.GROUPS_OF_DIGITS)


def _grouped(start: int, shown: str) -> Candidate | None:
    """Return letters and digits in groups of about one size ("X7K9-PQ2M"), or words with dashes."""
    groups = shown.split("-")
    value = "".join(groups)
    letters = sum(character.isalpha() for character in value)
    sizes = set(map(len, groups))
    if len(value) > 20 or not letters:
        return None
    if letters == len(value) and not value.isupper():
        return _words(start, shown)
    if len(sizes) == 1:
        return Candidate(start, start + len(shown), value, Form.GROUPS)
    is_even = max(sizes) - min(sizes) == 1 and shown.isupper() and letters < len(value)
    return Candidate(start, start + len(shown), value, Form.GROUPS, Look.POSTCODE) if is_even else _words(start, shown)


def _words(start: int, shown: str) -> Candidate | None:
    """Return words with dashes, which the value keeps; None for two words or names."""
    parts = shown.split("-")
    is_one_case = shown.islower() or shown.isupper()
    if len(parts) < 3 or not is_one_case or not all(part.isalpha() for part in parts[:-1]):
        return None
    return Candidate(start, start + len(shown), shown, Form.WORDS)


def _plain(start: int, shown: str) -> Candidate | None:
    digits = sum(character.isdigit() for character in shown)
    size = len(shown)
    end = start + size
    if digits == size:
        return Candidate(start, end, shown, _BY_SIZE.get(size, Form.DIGITS_LONG), _look(shown)) if size <= 12 else None
    if not digits:
        if size <= 12 and any(map(str.isupper, shown[1:])) and not _JOINED_WORDS.match(shown):
            return Candidate(start, end, shown, Form.LETTERS)
        return None
    look = Look.POSTCODE if size < 5 else None
    if _WORD_AND_NUMBER.match(shown):
        return Candidate(start, end, shown, Form.WORD_AND_NUMBER, look)
    form = Form.CAPITALS if shown.isupper() else Form.SMALL if shown.islower() else Form.MIXED
    return Candidate(start, end, shown, form, look)


_JOINED_WORDS = re.compile(
    r"[A-Z]?[a-z]{3,}[A-Z][a-z]+\Z|[A-Z][a-z]{2,}[A-Z][a-z]{2,}\Z|[a-z][A-Z][a-z]{2,}\Z|Mc[A-Z][a-z]+\Z|[A-Z]{2}[a-z]{3,}\Z|[A-Z]+s\Z"
)
"""Names such as LinkedIn, YouTube and iPhone."""
_WORD_AND_NUMBER = re.compile(r"(?:[A-Za-z]{2,}\d{1,4}|\d{1,3}[A-Za-z]{2,}|[A-Z]\d{5,})\Z")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")


def _look(digits: str) -> Look | None:
    if len(digits) == 4 and 1900 <= int(digits) <= 2060:
        return Look.YEAR
    if len(digits) == 8 and _COMPACT_DATE.match(digits):
        return Look.DATE
    return Look.ROUND if digits.endswith("000") else None
