"""Encoded-words as written by standards and by senders."""

import pytest

from catcher import mime


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("=?utf-8?q?a_b?= =?utf-8?q?c?=", "a bc"),
        ("=?utf-8?b?4oK?= =?utf-8?b?rA==?=", "€"),
        ("=?utf-8?q?=F0=9F=98?=\t=?utf-8?q?=80?=", "😀"),
        ("=?utf-8?q?first?= =?iso-8859-1?q?_second=E9?= =?koi8-r?b?1MXT1A==?=", "first secondéтест"),
        ("a=?utf-8?q?=C3=A9?=b", "aéb"),
        ("=?iso-8859-2?q?=B1?= =?iso-8859-5?q?=B1?=", "ąБ"),
        ("=?iso-8859-2?q?=B1?=", "ą"),
        ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
        ("=?utf-8?q?a?= =?utf-8?q?b?= =?utf-8?q?c?= =?utf-8?q?d?=", "abcd"),
        ("=?utf-8?q?a=0A=7F=C2=85=E2=80=A8b?=", "a    b"),
        ('"=?utf-8?B?w4k=?=" x', '"É" x'),
        ("=?utf-8?b?YQ?=", "a"),
        ("=?utf-8?b?4p-T?=", "⟓"),
        ("=?utf-8*de?q?M=C3=BCll?=", "Müll"),
        ("=?utf-8?q?has space ?=", "has space "),
        ("=?utf-8?q??=", ""),
        ("=?utf-8?Q?bad=GZhex=4?= tail", "bad=GZhex=4 tail"),
        ("=?utf-8?q?a==b=?=", "a==b="),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?no end", "=?utf-8?q?no end"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8?q?a=0D=0Ab=00c?=", "a  b c"),
    ],
)
def test_encoded_words_are_read(text: str, expected: str) -> None:
    """Adjacent words join, damage is tolerated, other text is unchanged. RFC 2047 §2, §6.2, RFC 2231 §5."""
    assert mime.decode_words(text) == expected
