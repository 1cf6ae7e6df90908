"""The words for outcomes of authentication. Source: RFC 8601 §2.7."""

from enum import StrEnum


class AuthResult(StrEnum):
    """An outcome of SPF, DKIM, DMARC or ARC."""

    PASS = "pass"  # noqa: S105 - a word of RFC 8601
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"
