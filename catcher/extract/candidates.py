"""Candidates for codes by their form alone; forms of other kinds of numbers are excluded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from catcher.mime.text.urls import urls_in_text

MAX_TOKENS = 200
"""Candidates of a line that are examined."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text in a line that has the form of a code.

    value: without grouping. prior: points for the form alone. is_bare: it has neither digits nor grouping, so that only
    its context distinguishes it from a word. is_year: it may be a year.
    """

    start: int
    end: int
    value: str
    prior: float
    is_bare: bool = False
    is_year: bool = False


def candidates(text: str) -> Iterator[Candidate]:
    """Yield the candidates in a normalised line: digits, grouped digits, letters and digits.

    Dates, times, prices, percentages, telephone numbers, versions, addresses of any kind, colours, UUIDs and masked
    numbers are excluded.
    """
    if not _MAY_HOLD.search(text):
        return
    taken = _taken(text)
    number = 0
    for match in _FORMS.finditer(text):
        number += 1
        if number > MAX_TOKENS:
            return
        start, end = match.span()
        if any(start < t_end and t_start < end for t_start, t_end in taken):
            continue
        candidate = _candidate(match)
        if candidate is not None:
            yield candidate


_MAY_HOLD = re.compile(r"[0-9]|[A-Z]{4}|[0-9A-Za-z](?:[ -][0-9A-Za-z]\b){3}|[A-Za-z]{3,5}-[A-Za-z]{3,5}")

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
            r"\b[1-9]\d{3} [A-Z]{2}\b|\b1Z[0-9A-Z]{16}\b",  # Dutch post codes, parcels
        )
    )
)
_AT_LETTER = re.compile(
    "|".join(
        (
            r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{4,40}+",
            _CURRENCY + " ?[-+]?" + _AMOUNT,
            r"[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,8}(?: ?[A-Z0-9]{1,4})?\b",  # IBAN
            r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|[A-Z]\d[A-Z] ?\d[A-Z]\d\b",  # British and Canadian post codes
            r"[A-Z]{2},? \d{5}(?:-\d{4})?\b|D-\d{5}\b|F-\d{5}\b",
            r"[A-Z]{2}[A-Z0-9]{1,2}\d{9}[A-Z]{2}\b",  # parcels
            r"(?:RFC|ISO|UTF|SHA|MD|HTTP|TLS|CVE|KB|PR|GH|INV|ORD|PO|SO|TKT|SR|CASE|RMA|AWB|HRB)[ -]?\d[\d-]{0,30}+",
            r"v\d[\w.]{0,40}+|N[o°º]\.? ?\d+",
        )
    )
)
# forms with a certain sign are searched only in lines that have that sign
_BY_SIGN = (
    ("www.", re.compile(r"\bwww\.\S++")),
    ("@", re.compile(r"(?<![^\s<>()])[^\s<>()@]{1,64}+@[\w.-]{1,255}+")),  # mail addresses, and @name
    (".", re.compile(r"(?<![\w.-])(?:[a-z0-9][a-z0-9-]{0,40}+\.){1,4}+[a-z]{2,12}+(?:/\S*+)?(?![\w.])")),  # host names
    (":", re.compile(r"\b(?:[0-9a-fA-F]{1,4}+:){2,7}+[0-9a-fA-F:]{0,20}+")),  # MAC, IPv6
    ("-", re.compile(r"\b(?:[0-9a-fA-F]{2}-){5}[0-9a-fA-F]{2}\b")),
    ("+", re.compile(r"\+ ?\d{1,3}(?:[ ().-]{0,3}\d{1,5}){2,6}")),  # telephone numbers
    ("(", re.compile(r"\(0?\d{1,5}\) ?\d[\d -]{3,12}")),
    ("#", re.compile(r"#[0-9a-fA-F]{3,8}\b|#\d+")),
    ("№", re.compile(r"№ ?\d+")),
    ("%", re.compile(r"% ?\d{1,20}+")),
    *((sign, re.compile(rf"[{sign}]{{1,20}}+ ?-?\d+")) for sign in "*•×"),  # masked numbers
    ("xx", re.compile(r"[xX]{2,20}+[ -]?\d{2,6}")),
    ("XX", re.compile(r"[xX]{2,20}+[ -]?\d{2,6}")),
    *((sign, re.compile(rf"[{sign}] ?[-+]?{_AMOUNT}")) for sign in "$€£¥₹₽₩₺₴₪₫฿₦₱"),
)
_DIGITS = re.compile(r"\d+")
_CAPITALS = re.compile(r"\b[A-Zv]")
MAX_DIGITS = 300
"""Runs of digits, and words with a capital, of a line that are examined."""


def _taken(text: str) -> list[tuple[int, int]]:
    """Return the spans of a line that have another form than that of a code."""
    found = [match.span() for sign, form in _BY_SIGN if sign in text for match in form.finditer(text)]
    if "://" in text:
        found += [(start, end) for start, end, _ in urls_in_text(text)]
    for starts, form in ((_DIGITS, _AT_DIGIT), (_CAPITALS, _AT_LETTER)):
        end = 0
        for start in islice(starts.finditer(text), MAX_DIGITS):
            if start.start() >= end and (match := form.match(text, start.start())):
                end = match.end()
                found.append(match.span())
    return found


# letters of scripts without spaces may touch a code
_LETTER = r"[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_EDGE = rf"(?<!{_LETTER})(?<![.,/@&=+$€£¥#-])"
_END = rf"(?!{_LETTER}|[@%]|[-/&=][A-Za-z0-9]|[.,:]\d)"
_FORMS = re.compile(
    _EDGE + r"(?:"
    r"(?P<spread>[A-Z0-9](?:(?: {1,3}|[-·] ?)[A-Z0-9]){3,9})"
    r"|(?P<prefixed>[A-Z]{1,3}-\d{4,8})"
    r"|(?P<digits>\d{2,5}(?:[ -]\d{2,5}){1,3})"
    r"|(?P<grouped>[A-Za-z0-9]{3,6}(?:-[A-Za-z0-9]{3,6}){1,3})"
    r"|(?P<plain>[A-Za-z0-9]{4,12})"
    r")" + _END
)
_SIX = {3: -2.5, 4: 0.3, 5: 0.8, 6: 1.3, 7: 0.8, 8: 0.9, 9: 0.0, 10: -0.2, 11: -1.5, 12: -1.5}


def _candidate(match: re.Match[str]) -> Candidate | None:
    start, end = match.span()
    shown = match[0]
    form = match.lastgroup
    if form == "spread":
        value = re.sub(r"[ ·-]+", "", shown)
        return Candidate(start, end, value, _SIX[len(value)] + 0.5, is_bare=value.isalpha())
    if form == "prefixed":
        prefix, _, digits = shown.partition("-")
        if len(prefix) == 1 or prefix == "FB":
            return Candidate(start, end, digits, _SIX[len(digits)])
        return Candidate(start, end, prefix + digits, -0.3)
    if form == "digits":
        return _grouped_digits(start, shown)
    if form == "grouped":
        return _grouped(start, shown)
    return _plain(start, shown)


def _grouped_digits(start: int, shown: str) -> Candidate | None:
    """Return digits in groups of one size ("482 913"); None for others."""
    groups = re.split("[ -]", shown)
    sizes = {len(group) for group in groups}
    value = "".join(groups)
    if len(sizes) > 1 or len(value) > 10:
        return None
    if len(groups) == 2 and all(1900 <= int(group) <= 2099 for group in groups):
        return None
    return Candidate(start, start + len(shown), value, 0.9)


def _grouped(start: int, shown: str) -> Candidate | None:
    """Return letters and digits in groups of one size ("X7K9-PQ2M"); None for hyphenated words."""
    groups = shown.split("-")
    value = "".join(groups)
    letters = [character for character in value if character.isalpha()]
    is_mixed = len(letters) < len(value)
    sizes = {len(group) for group in groups}
    if max(sizes) - min(sizes) > 1 or len(value) > 16 or not letters:
        return None
    if len(sizes) > 1:
        return Candidate(start, start + len(shown), value, -0.6) if is_mixed and shown.isupper() else None
    if not is_mixed:
        is_one_case = value.isupper() or value.islower()
        return Candidate(start, start + len(shown), value, -0.8, is_bare=True) if is_one_case else None
    return Candidate(start, start + len(shown), value, 0.6 if len(value) <= 10 else -0.4)


def _plain(start: int, shown: str) -> Candidate | None:
    digits = sum(character.isdigit() for character in shown)
    end = start + len(shown)
    if digits == len(shown):
        return Candidate(start, end, shown, _SIX[digits] - _doubt(shown), is_year=_is_year(shown))
    if not digits:
        return Candidate(start, end, shown, -1.2, is_bare=True) if shown.isupper() and len(shown) <= 10 else None
    if not 5 <= len(shown) <= 12 or (shown[0].isupper() and shown[1:].islower()):
        return None
    if _WORD_AND_NUMBER.match(shown):
        return Candidate(start, end, shown, -1.0 if shown.isupper() else -2.5)
    return Candidate(start, end, shown, 0.4 if shown.isupper() or shown.islower() else 0.0)


_WORD_AND_NUMBER = re.compile(r"(?:[A-Za-z]{2,}\d{1,4}|\d{1,3}[A-Za-z]{2,}|[A-Z]\d{5,})\Z")


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and 1900 <= int(digits) <= 2060


def _doubt(digits: str) -> float:
    """Return points against a run of digits that may be a year or date, or is a round number."""
    if _is_year(digits):
        return 3.2
    if digits.endswith("000"):
        return 1.5
    if len(digits) == 8 and re.match(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z", digits):
        return 1.0
    return 0.0
