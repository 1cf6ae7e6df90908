"""Proofs of APOP. RFC 1939 §7."""

import hashlib
import hmac
import os
import secrets
import time


def is_apop_digest(digest: str, *, password: str | None, timestamp: str) -> bool:
    """Return whether this is the digest of the timestamp and the password; never for an unknown user (None)."""
    known = f"{timestamp}{secrets.token_hex(16) if password is None else password}"
    right = hashlib.md5(known.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(right.encode(), digest.lower().encode("utf-8", "surrogatepass"))


def new_timestamp() -> str:
    """Return a unique and unpredictable timestamp for the greeting."""
    return f"<{os.getpid()}.{time.time_ns()}.{secrets.token_hex(8)}@catcher>"
