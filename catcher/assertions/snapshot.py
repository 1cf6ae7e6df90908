"""Snapshot of a message as text: values that differ in each run are masked, HTML has a tag per line."""

import re
from collections.abc import Iterable, Iterator, Mapping

from catcher.assertions.mail import Mail
from catcher.mime import part_text

_EXCLUDED = {"received", "return-path", "delivered-to", "x-received", "authentication-results", "mime-version"}
_MASKED = {
    "date": "<date>",
    "message-id": "<message-id>",
    "in-reply-to": "<message-id>",
    "references": "<message-id>",
    "dkim-signature": "<signature>",
    "arc-seal": "<signature>",
    "arc-message-signature": "<signature>",
}
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMES = "token|code|key|sig|signature|otp|hash|nonce|uid|ticket"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_MASKS = (
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (re.compile(rf"\b\d{{4}}-\d{{2}}-\d{{2}}[T ]{_CLOCK}(?:Z|[+-]\d{{2}}:?\d{{2}})?"), "<date>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}\b"), "<date>"),
    (
        re.compile(
            rf"\b(?:\w{{3}}, )?\d{{1,2}} (?:{_MONTHS})\w* \d{{4}}(?: {_CLOCK})?(?: [+-]\d{{4}})?", re.IGNORECASE
        ),
        "<date>",
    ),
    (re.compile(rf"\b(?:{_MONTHS})\w*\.? \d{{1,2}}, \d{{4}}(?:,? {_CLOCK})?", re.IGNORECASE), "<date>"),
    (re.compile(r"(?<=://)((?:localhost|127\.0\.0\.1|\[::1\])):\d{2,5}\b"), r"\1:<port>"),
    (
        re.compile(rf"([?&;](?:{_NAMES})=)[^&\s\"'<>]+", re.IGNORECASE),
        r"\1<token>",
    ),
)
# a token in an address: a long run of mixed letters and digits, or the two halves of a reset link
_RUN = re.compile(r"(?<=[/=?&])[A-Za-z0-9_.~-]{16,}(?=[/?&#\s\"'<>)]|$)")
_CHANGES = re.compile(r"(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]")
_BETWEEN_TAGS = re.compile(r">\s*<")
_SPACES = re.compile(r"[ \t]+")


def normalised(mail: Mail, *, mask: Mapping[str, str] | None = None) -> str:
    """Return header section, bodies and files of a message, with values masked that differ in each run.

    Masked are dates, message ids, UUIDs, ports of this machine, tokens in links, one-time codes, boundaries and
    signatures. mask: further texts with their replacements. Ends with a line break.
    """
    masks = dict.fromkeys(_codes(mail), "<code>") | dict(mask or {})
    text = "\n".join(line.rstrip() for section in _sections(mail) for line in section)
    for old in sorted((each for each in masks if each), key=len, reverse=True):
        text = text.replace(old, masks[old])
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return _RUN.sub(lambda run: "<token>" if len(_CHANGES.findall(run[0])) >= 3 else run[0], text).strip() + "\n"


def difference(kept: str, now: str, *, name: str) -> str:
    """Return a unified diff from the stored snapshot to the current one, "" for equal ones."""
    import difflib  # not at the top: hardly any run needs it

    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), f"{name} (kept)", f"{name} (now)", lineterm="")
    return "\n".join(lines)


def _codes(mail: Mail) -> Iterator[str]:
    for code in mail.extract.codes:
        if code.value in mail.codes:
            yield code.value
            yield code.shown


def _sections(mail: Mail) -> Iterator[Iterable[str]]:
    yield _header(mail)
    for index in mail.message.text_parts:
        yield ("", "--- text", *_lines(part_text(mail.octets, mail.message.parts[index])))
    for index in mail.message.html_parts:
        yield ("", "--- html", *_html(part_text(mail.octets, mail.message.parts[index])))
    for file in mail.files:
        yield ("", f"--- file {file.name}", f"{file.media_type} {file.size} octets sha256 {file.sha256}")


def _header(mail: Mail) -> Iterator[str]:
    """Yield the fields sorted by name, so that their order does not matter."""
    for name, body in sorted(mail.fields, key=lambda field: field[0].lower()):
        lower = name.lower()
        if lower in _EXCLUDED:
            continue
        if lower == "content-type":
            body = re.sub(r"boundary=(?:\"[^\"]*\"|[^;\s]+)", "boundary=<boundary>", body, flags=re.IGNORECASE)
        yield f"{name}: {_MASKED.get(lower, _SPACES.sub(' ', body))}"


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def _html(html: str) -> list[str]:
    """Return the source with a tag a line, so that a diff shows the element that changed."""
    spaced = _BETWEEN_TAGS.sub(">\n<", "\n".join(_SPACES.sub(" ", line).strip() for line in _lines(html)))
    return [line for line in spaced.splitlines() if line]
