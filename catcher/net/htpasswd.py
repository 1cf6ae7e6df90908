"""Password files in the format of Apache's `htpasswd`, one "user:hash" per line, for SMTP, POP3 and HTTP.

Supported are bcrypt ($2a$, $2b$, $2y$; needs the `bcrypt` package), MD5 crypt ($apr1$, $1$), {SHA}, {SSHA} and plain
text. Blank lines and lines that begin with "#" are skipped. An unsupported hash is an error: taken for plain text, it
would silently lock the user out.
"""

import base64
import binascii
import hashlib
import hmac
import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from catcher.errors import SettingError

_BCRYPT = ("$2a$", "$2b$", "$2y$")
_MD5 = ("$apr1$", "$1$")
_SHA1 = ("{SHA}", "{SSHA}")


class Htpasswd:
    """Users and their password hashes; immutable. Verifying a bcrypt hash takes 0.1 s: call it in a thread."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = dict(entries)
        self._by_scheme = {_scheme(secret): secret for secret in self._entries.values()}

    @classmethod
    def load(cls, path: Path) -> "Htpasswd":
        """Read a file. Raises SettingError, without a password in its text, for an unreadable file or line."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise SettingError(f"password file {str(path)!r}: {reason}, expected a readable htpasswd file") from None
        return cls.parse(text, name=str(path))

    @classmethod
    def parse(cls, text: str, *, name: str = "passwords") -> "Htpasswd":
        """Parse the text of a file. name: of the file, for SettingError."""
        entries: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            user, _, secret = line.strip().partition(":")
            if not user or not secret:
                raise SettingError(f"{name}, line {number}: expected user:hash")
            if problem := _problem(secret):
                raise SettingError(f"{name}, line {number}: {problem}")
            entries[user] = secret
        return cls(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def verify(self, user: str, password: str) -> bool:
        """Return whether this is the user's password.

        Every call computes one hash of each scheme and cost in the file, so that its time is the same for all users,
        known or not.
        """
        secret = self._entries.get(user)
        own = "" if secret is None else _scheme(secret)
        for scheme, other in self._by_scheme.items():
            if scheme != own:
                _matches(other, password)
        return secret is not None and _matches(secret, password)

    def plain(self, user: str) -> str | None:
        """Return the user's password if it is in plain text, which challenge-response mechanisms need."""
        secret = self._entries.get(user)
        return secret if secret is not None and _is_plain(secret) else None

    @property
    def is_plain(self) -> bool:
        """Whether all passwords are in plain text."""
        return all(_is_plain(secret) for secret in self._entries.values())


def _is_plain(secret: str) -> bool:
    return not secret.startswith((*_BCRYPT, *_MD5, *_SHA1))


def _scheme(secret: str) -> str:
    """Return what decides how long a comparison with this hash takes: its scheme, for bcrypt with the cost."""
    if secret.startswith(_BCRYPT):
        return secret[4:6]
    if secret.startswith(_MD5):
        return "md5"
    return "sha1" if secret.startswith(_SHA1) else "plain"


def _problem(secret: str) -> str:
    if secret.startswith(_BCRYPT):
        is_installed = importlib.util.find_spec("bcrypt") is not None
        return "" if is_installed else "a bcrypt hash needs the package bcrypt: pip install bcrypt"
    if secret.startswith(_SHA1):
        return "" if _decode_sha1(secret) else "expected base64 after {SHA} or {SSHA}"
    if secret.startswith("$") and not secret.startswith(_MD5):
        return "this form of hash is not known: expected bcrypt, apr1, {SHA}, {SSHA} or plain text"
    return ""


def _decode_sha1(secret: str) -> bytes:
    """Return the digest, for {SSHA} followed by the salt; b"" if the hash is malformed."""
    try:
        octets = base64.b64decode(secret.partition("}")[2], validate=True)
    except (binascii.Error, ValueError):
        return b""
    return octets if len(octets) >= 20 else b""


def _matches(secret: str, password: str) -> bool:
    octets = password.encode("utf-8", "surrogatepass")
    if secret.startswith(_SHA1):
        known = _decode_sha1(secret)
        digest = hashlib.sha1(octets + known[20:], usedforsecurity=False).digest()
        return hmac.compare_digest(digest, known[:20])
    if _is_plain(secret):
        return hmac.compare_digest(octets, secret.encode())
    try:
        if secret.startswith(_BCRYPT):
            bcrypt = importlib.import_module("bcrypt")  # optional
            return bool(bcrypt.checkpw(octets[:72], secret.encode()))
        from passlib.handlers import md5_crypt

        scheme = md5_crypt.apr_md5_crypt if secret.startswith("$apr1$") else md5_crypt.md5_crypt
        return bool(scheme.verify(octets, secret))
    except ValueError:  # the hash is malformed
        return False
