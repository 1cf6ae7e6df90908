"""Header sections: their end and their fields. Source: RFC 5322 §2.2, §3.6.8, §4.5."""

import re
from codecs import BOM_UTF8
from itertools import islice

from catcher.mime.fields.words import CONTROLS
from catcher.mime.limits import Limits
from catcher.mime.model import HeaderField, Octets
from catcher.mime.text.charset_names import codec_of
from catcher.mime.text.charsets import decode_latin, strict

# field-name, optional white space (obsolete), colon, body, in an unfolded section; other lines are skipped
_FIELD = re.compile(r"^([^\s:\x00-\x20\x7f]{1,998}+) *+: *+([^\n]*+)", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_BUT_FEED = {code: space for code, space in CONTROLS.items() if code != 10}
_BLANK = re.compile(rb"\n\r{0,2}\n")
_CHARSET = re.compile(rb"^content-type[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*?charset\s*=\s*\"?([\w.:-]{1,40})", re.I | re.M)


def header_fields(octets: Octets, start: int, end: int, *, limits: Limits = Limits()) -> tuple[HeaderField, ...]:  # noqa: B008
    """Parse the fields of the header section in `octets[start:end]`, in order, repeated ones kept.

    `start` and `end` are an entity's `header_start` and `body_start`. Lines that belong to no field (an mbox
    "From " line, garbage) are skipped; the section ends at its first empty line. A lone CR is not a line break
    (RFC 5321 §2.3.8). Never raises.
    """
    section = octets[start : min(end, start + limits.header_octets)]
    if blank := _BLANK.search(section):
        section = section[: blank.start() + 1]
    return tuple([HeaderField(name=name, body=body) for name, body in fields_in(section, limits)])


def fields_in(section: bytes, limits: Limits) -> list[tuple[str, str]]:
    """Return name and unfolded body of each field of a header section, as many as `limits` allows.

    `section` has no empty line except at its end. Bodies are stripped and unfolded; tabs and other
    control characters become spaces.
    """
    section = section.removeprefix(BOM_UTF8)  # of a file that was sent as it is
    try:
        text = section.decode("utf-8")
    except UnicodeDecodeError:
        text = _readable(section)
    # The whole section at once: field by field costs several times as much.
    text = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ")
    if _CONTROL.search(text):
        text = text.translate(_CONTROLS_BUT_FEED)
    return [(found[1], found[2].rstrip()) for found in islice(_FIELD.finditer(text), limits.fields)]


def _readable(section: bytes) -> str:
    """Decode a section that is not all UTF-8, line by line, invalid lines by the charset of Content-Type."""
    declared = _CHARSET.search(section)
    codec = codec_of(declared[1].decode("ascii", "ignore")) if declared else ""
    if codec.startswith(("utf_16", "utf_32")):
        codec = ""
    return "\n".join([_readable_line(line, codec) for line in section.split(b"\n")])


def _readable_line(line: bytes, codec: str) -> str:
    """Decode UTF-8, else by the declared charset, else Windows-1252."""
    if line.isascii():
        return line.decode("ascii")
    text = strict(line, "utf-8")
    if text is None and codec:
        text = strict(line, codec)
    return decode_latin(line) if text is None else text
