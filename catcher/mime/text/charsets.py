"""Decoding of octets to text by declared, marked or detected charset; every input gives readable text."""

import codecs
import re

from catcher.mime.text.charset_names import codec_of

_META_WINDOW = 4096
_META = re.compile(rb"<meta[^>]{0,512}?charset\s{0,16}=\s{0,16}[\"']?\s{0,16}([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\s{0,64}<\?xml[^>]{0,256}?encoding\s{0,16}=\s{0,16}[\"']([\w.:-]{1,40})")
_GUESS_WINDOW = 65_536
_SURROGATES = re.compile("[\ud800-\udfff]")
_UTF_8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LATIN = "".join(bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256))
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPED = ("utf_7", "hz", "iso2022", "utf_16", "utf_32")
"""Prefixes of codecs that encode other characters in octets below 128."""
_NOT_ASCII = (*_ESCAPED, "cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140")
"""These and the EBCDIC ones, where octets below 128 are not ASCII."""
_MAX_DAMAGE = 0.2
"""Highest share of invalid sequences among the non-ASCII characters with which the declared charset is trusted."""
_MAX_DEAR = 1_000_000
"""Size up to which damage is repaired in codecs that take a microsecond for each invalid sequence."""


def decode(octets: bytes, charset: str = "", *, is_html: bool = False) -> str:
    """Decode `octets` to text without surrogates, in linear time; never raises.

    A byte-order mark takes precedence, then `charset` as senders mean it; if it is missing, unknown or implausible, the
    `<meta charset>` of HTML, then UTF-8, then detection by content, then Windows-1252.
    Source: RFC 2045 §5.2, RFC 6657, WHATWG Encoding.
    """
    codec = codec_of(charset) if charset else ""
    if octets.isascii() and not codec.startswith(_NOT_ASCII) and b"\x1b" not in octets:
        return octets.decode("ascii")
    if octets.startswith(_BOMS):
        if octets.startswith(codecs.BOM_UTF8):
            return _repair(octets[3:], "utf_8")
        if codec in ("", "ascii", "utf_8") or codec.startswith("utf_16"):
            return octets[2:].decode("utf_16_le" if octets[0] == 0xFF else "utf_16_be", "replace")
    if not codec and is_html:
        codec = _codec_in_html(octets)
    if codec and codec != "ascii" and (text := _decode_as(octets, codec)) is not None:
        return text
    return _guess(octets)


def decode_latin(octets: bytes) -> str:
    """Decode Windows-1252; the five octets it leaves undefined become the control characters of ISO 8859-1."""
    return codecs.charmap_decode(octets, "strict", _LATIN)[0]


def strict(octets: bytes, codec: str) -> str | None:
    """Decode by `codec`; None if the octets are invalid in it."""
    try:
        text = _by_whatwg(octets, codec) if codec.startswith("whatwg-") else octets.decode(codec)
    except (UnicodeError, LookupError):
        return None
    if "\ufffd" in text and codec.startswith("whatwg-"):
        return None
    return _SURROGATES.sub("\ufffd", text) if codec == "utf_7" else text


def _decode_as(octets: bytes, codec: str) -> str | None:
    """Decode by the declared codec; None if the octets contradict the declaration."""
    if codec == "cp1252":
        return (strict(octets, "utf_8") if _looks_utf_8(octets) else None) or decode_latin(octets)
    if codec == "utf_16":
        codec = "utf_16_le" if octets[1:200:2].count(0) > octets[:200:2].count(0) else "utf_16_be"
    if (text := strict(octets, codec)) is not None:
        return text
    if not codec.startswith(_ESCAPED) and (text := strict(octets, "utf_8")) is not None:
        return text
    if codec == "iso2022_jp_ext":
        # Characters of a later edition, or Shift_JIS or EUC-JP declared as ISO-2022-JP, which has no octets above 127
        others = () if octets.isascii() else ("whatwg-shift_jis", "whatwg-euc-jp")
        for other in ("iso2022_jp_2", "iso2022_jp_2004", *others):
            if (text := strict(octets, other)) is not None:
                return text
        codec = "whatwg-iso-2022-jp"
    text = _repair(octets, codec)
    wrong = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text if wrong < foreign and wrong <= max(1, foreign * _MAX_DAMAGE) else None


def _repair(octets: bytes, codec: str) -> str:
    """Decode by `codec` with U+FFFD for invalid sequences; stays fast if every sequence is invalid."""
    if codec == "utf_8":
        return strict(octets, codec) or _by_whatwg(octets, "whatwg-utf-8")
    if codec.startswith("whatwg-"):
        return _by_whatwg(octets, codec)
    table = bytes(range(256)).decode(codec, "replace")
    if len(table) == 256:
        return codecs.charmap_decode(octets, "strict", table)[0]
    if codec.startswith("utf_16"):
        return octets.decode(codec, "replace")
    return _SURROGATES.sub("\ufffd", octets.decode(codec, "replace")) if len(octets) <= _MAX_DEAR else ""


def _by_whatwg(octets: bytes, codec: str) -> str:
    import turbohtml.detect  # noqa: F401  registers the codecs; here, as it would take a third of the start

    return octets.decode(codec)


def _looks_utf_8(octets: bytes) -> bool:
    """Whether text declared as ISO 8859-1 has at least three UTF-8 sequences, which are no words in Latin-1."""
    sequences = _UTF_8_SEQUENCE.finditer(octets)
    return all(next(sequences, None) is not None for _ in range(3))


def _codec_in_html(octets: bytes) -> str:
    head = octets[:_META_WINDOW]
    found = _META.search(head) or _XML.match(head)
    codec = codec_of(found[1].decode("ascii", "replace")) if found else ""
    # a page that declares UTF-16 in ASCII octets is not UTF-16 (WHATWG HTML, "prescan a byte stream")
    return "utf_8" if codec.startswith(("utf_16", "utf_32", "utf_7")) else codec


def _guess(octets: bytes) -> str:
    """Decode octets without a declared charset: UTF-8 if valid, else the statistically most likely charset."""
    text = strict(octets, "utf_8")
    if text is not None and b"\x1b" not in octets:
        return text
    from turbohtml.detect import detect  # here: see _by_whatwg

    match = detect(octets[:_GUESS_WINDOW])
    if match.codec is None or match.encoding is None or match.encoding.lower() == "windows-1252":
        return text if text is not None else decode_latin(octets)
    return _SURROGATES.sub("\ufffd", octets.decode(match.codec, "replace"))
