"""Who may open the maildrop: USER and PASS, APOP, and SASL PLAIN. RFC 1939 §7, RFC 4616."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import time

from catcher.net.htpasswd import Htpasswd
from catcher.threads import Threads


async def is_allowed(passwords: Htpasswd | None, user: str, password: str, *, threads: Threads) -> bool:
    """Whether these credentials open the maildrop; without a password file all do."""
    return passwords is None or await threads.run(passwords.verify, user, password)


def is_same(password: str, given: str) -> bool:
    """Whether a password that was given is the one that is known; the time it takes tells nothing."""
    return hmac.compare_digest(password.encode("utf-8", "replace"), given.encode("utf-8", "replace"))


def is_digest(password: str | None, stamp: str, digest: str) -> bool:
    """Whether this is APOP's digest of the stamp and the user's password; of an unknown user (None) never."""
    known = f"{stamp}{secrets.token_hex(16) if password is None else password}"
    right = hashlib.md5(known.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(right.encode(), digest.lower().encode("utf-8", "surrogatepass"))


def new_stamp() -> str:
    """A timestamp for the greeting that no other session has and nobody can foresee."""
    return f"<{os.getpid()}.{time.time_ns()}.{secrets.token_hex(8)}@catcher>"


def read_plain(response: bytes) -> tuple[str, str] | None:
    """User and password of a PLAIN response in base64; None when it does not have that form. "=" is the empty one."""
    try:
        decoded = b"" if response == b"=" else base64.b64decode(response, validate=True)
    except (binascii.Error, ValueError):
        return None
    parts = decoded.split(b"\0")
    if len(parts) != 3:
        return None
    return parts[1].decode("utf-8", "backslashreplace"), parts[2].decode("utf-8", "backslashreplace")
