"""Charset names found in mail, each with the codec that decodes what senders mean by it."""

import re
from encodings.aliases import aliases

_NOISE = re.compile(r"[^0-9a-z]+")
_PREFIXES = ("xwindows", "windows", "xibm", "ibm", "win", "xcp", "dos", "xmac", "cs", "x", "charset")

# Codecs "whatwg-…" are turbohtml's: browsers' supersets, tolerant of damage. Each is listed with its names without
# punctuation. Windows software sends the superset under the standard's name (as WHATWG Encoding assumes).
_WILD = {
    "utf_8": "unicode11utf8 utf8mb4 utf8n xunicode20utf8 unicodefsutf utf8bom utf",
    "utf_7": "unicode11utf7 xunicode20utf7 csunicode11utf7 utf7imap",
    "utf_16": "unicode ucs2 iso10646ucs2 csunicode",
    "utf_32": "ucs4 iso10646ucs4",
    "ascii": (
        "ascii usascii iso646us ansix341968 ansix341986 us 7bit 8bit binary unknown8bit xunknown unknown "
        "default none null"
    ),
    "cp1252": "iso88591 latin1 l1 iso885911987 isoir100 cp819 ibm819 isolatin1 ansi xansi iso88591windows",
    "cp1254": "iso88599 latin5 l5 iso885991989",
    "cp874": "iso885911 tis620 windows874 dos874 tis6202533",
    "iso8859_8": "iso88598i iso88598e logical visual",
    "iso8859_6": "iso88596i iso88596e asmo708",
    "hz": "hzgb2312 hzgb",
    "whatwg-gb18030": (
        "gb18030 gb2312 gb231280 gb23121980 gbk cp936 windows936 ms936 xgbk euccn xeuccn csgb2312 chinese "
        "eucgb2312cn csiso58gb231280 isoir58"
    ),
    "whatwg-big5": "big5 big5hkscs cnbig5 csbig5 xxbig5 big5eten cp950 windows950 big5tw",
    "whatwg-shift_jis": (
        "shiftjis sjis xsjis mskanji csshiftjis windows31j xshiftjis shiftjisms mssjis cswindows31j sjiswin "
        "cp932 ms932 windows932"
    ),
    "whatwg-euc-jp": "eucjp xeucjp eucjpms cp51932 cp20932 cseucpkdfmtjapanese ujis",
    "iso2022_jp_ext": "iso2022jp csiso2022jp iso2022jp1 jis iso2022jpms cp50220 cp50221 cp50222 iso2022jpext",
    "whatwg-euc-kr": (
        "euckr ksc56011987 ksc5601 ksc56011992 ksc56011989 korean cp949 windows949 ms949 uhc xwindows949 "
        "cseuckr ksx1001 isoir149 5601 ks"
    ),
    "mac_roman": "macintosh mac xmacroman macroman",
    "mac_cyrillic": "xmaccyrillic xmacukrainian",
    "mac_latin2": "xmaccentraleurroman xmacce",
    "mac_greek": "xmacgreek",
    "mac_turkish": "xmacturkish",
    "mac_iceland": "xmacicelandic",
    "koi8_r": "koi8 koi cskoi8r",
    "koi8_u": "koi8ru koi8u",
}
_NO_TEXT = {"base64_codec", "bz2_codec", "hex_codec", "mbcs", "oem", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
_CODECS = {*aliases.values(), "cp720", "cp737", "cp856", "cp874", "cp875", "koi8_t", "koi8_u"} - _NO_TEXT
_BY_NAME = (
    {_NOISE.sub("", name): codec for name, codec in aliases.items() if codec in _CODECS}
    | {_NOISE.sub("", codec): codec for codec in _CODECS}
    | {name: codec for codec, names in _WILD.items() for name in names.split()}
)


def codec_of(charset: str) -> str:
    """Return the name of the codec for `charset`, "" if it is unknown.

    Letter case, punctuation and prefixes such as "x-", "cs" or "windows-" for "cp" are ignored. Codecs that do not
    yield text (base64, zlib) or take more than linear time (punycode) are excluded. Those named "whatwg-…" are
    registered when turbohtml is imported.
    """
    if codec := _BY_NAME.get(charset):
        return codec
    key = _NOISE.sub("", charset.lower())
    if codec := _BY_NAME.get(key):
        return codec
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            rest = key.removeprefix(prefix)
            if codec := _BY_NAME.get("cp" + rest) or _BY_NAME.get(rest):
                return codec
    return ""
