"""Short-lived signatures of the addresses of inline images.

The sandboxed frame has an opaque origin: its requests carry neither cookies nor credentials, so an image's address
itself has to prove that a page issued it.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

LIFETIME = 3600


class Signer:
    """Signs with a key of this process; signatures are invalid after a restart."""

    def __init__(self, *, key: bytes | None = None, now: Callable[[], float] = time.time) -> None:
        self._key = key or secrets.token_bytes(32)
        self._now = now

    def sign(self, what: str) -> str:
        """Return a token for `what`, valid for an hour, of URL-safe characters."""
        expires = f"{int(self._now()) + LIFETIME:x}"
        return f"{expires}.{self._signature(what, expires)}"

    def is_valid(self, what: str, token: str) -> bool:
        """Return whether `token` was made for `what` and has not expired. Never raises."""
        expires, _, signature = token.partition(".")
        if not hmac.compare_digest(self._signature(what, expires).encode(), signature.encode("utf-8", "replace")):
            return False
        return int(expires, 16) >= self._now()

    def _signature(self, what: str, expires: str) -> str:
        text = f"{what}\n{expires}".encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]
