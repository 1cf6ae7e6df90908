"""Results of authentication. Source: RFC 8601 §2.7."""

from enum import StrEnum


class AuthResult(StrEnum):
    """A result of SPF, DKIM, DMARC or ARC."""

    PASS = "pass"  # noqa: S105 - a keyword of RFC 8601
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"
