"""Password files as `htpasswd` of Apache writes them, for SMTP, POP3 and the pages alike. One "user:hash" a line.

Known are bcrypt ($2a$, $2b$, $2y$; needs the `bcrypt` package), apr1 and crypt's MD5 ($apr1$, $1$), {SHA}, {SSHA} and
plain text. Blank lines and lines that begin with "#" are skipped. A form that is not known stops the start: as plain
text it would silently refuse everybody.
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
_ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Htpasswd:
    """Users and what proves their passwords. Immutable; checking bcrypt takes a tenth of a second: use a thread."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = dict(entries)

    @classmethod
    def load(cls, path: Path) -> "Htpasswd":
        """Read a file. Raises SettingError when it cannot be read or a line cannot be used; no password is named."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise SettingError(f"password file {str(path)!r}: {reason}, expected a readable htpasswd file") from None
        return cls.parse(text, name=str(path))

    @classmethod
    def parse(cls, text: str, *, name: str = "passwords") -> "Htpasswd":
        """Read the text of a file; `name` is for the SettingError that a line which cannot be used raises."""
        entries: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            user, colon, proof = line.strip().partition(":")
            if not colon or not user or not proof:
                raise SettingError(f"{name}, line {number}: expected user:hash")
            if problem := _problem(proof):
                raise SettingError(f"{name}, line {number}: {problem}")
            entries[user] = proof
        return cls(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def verify(self, user: str, password: str) -> bool:
        """Whether this is the user's password. An unknown user costs about as much time as a wrong password."""
        proof = self._entries.get(user)
        if proof is None:
            _matches(next(iter(self._entries.values()), "-"), password)
            return False
        return _matches(proof, password)

    def plain(self, user: str) -> str | None:
        """The user's password when the file has it in plain text; challenge mechanisms need it."""
        proof = self._entries.get(user)
        return proof if proof is not None and _is_plain(proof) else None

    @property
    def is_plain(self) -> bool:
        """Whether every password is in plain text."""
        return all(_is_plain(proof) for proof in self._entries.values())


def _is_plain(proof: str) -> bool:
    return not proof.startswith((*_BCRYPT, *_MD5, "{SHA}", "{SSHA}"))


def _problem(proof: str) -> str:
    if proof.startswith(_BCRYPT):
        known = importlib.util.find_spec("bcrypt") is not None
        return "" if known else "a bcrypt hash needs the package bcrypt: pip install bcrypt"
    if proof.startswith(("{SHA}", "{SSHA}")):
        return "" if _decoded(proof) else "expected base64 after {SHA} or {SSHA}"
    if proof.startswith("$") and not proof.startswith(_MD5):
        return "this form of hash is not known: expected bcrypt, apr1, {SHA}, {SSHA} or plain text"
    return ""


def _decoded(proof: str) -> bytes:
    """The digest, for {SSHA} followed by the salt; b"" when it cannot be one."""
    try:
        octets = base64.b64decode(proof.partition("}")[2], validate=True)
    except (binascii.Error, ValueError):
        return b""
    return octets if len(octets) >= 20 else b""


def _matches(proof: str, password: str) -> bool:
    given = password.encode("utf-8", "surrogatepass")
    if proof.startswith(_BCRYPT):
        bcrypt = importlib.import_module("bcrypt")  # optional: there is a hash only where the package is
        try:
            return bool(bcrypt.checkpw(given[:72], proof.encode()))
        except ValueError:
            return False
    if proof.startswith(("{SHA}", "{SSHA}")):
        octets = _decoded(proof)
        digest = hashlib.sha1(given + octets[20:], usedforsecurity=False).digest()
        return hmac.compare_digest(digest, octets[:20])
    if proof.startswith(_MD5):
        _, kind, salt, _ = (proof + "$").split("$", 3)
        return hmac.compare_digest(md5_crypt(given, salt[:8], magic=f"${kind}$").encode(), proof.encode())
    return hmac.compare_digest(given, proof.encode())


def md5_crypt(password: bytes, salt: str, *, magic: str = "$apr1$") -> str:
    """The MD5-based crypt of FreeBSD and Apache, "$apr1$salt$digest": a thousand rounds, at most 8 characters of salt.

    Source: the description in crypt(5) and Apache's "Password Formats" page.
    """
    seasoning = salt.encode()
    inner = hashlib.md5(password + seasoning + password, usedforsecurity=False).digest()
    mixture = password + magic.encode() + seasoning
    mixture += (inner * (len(password) // 16 + 1))[: len(password)]
    bits = len(password)
    while bits:
        mixture += b"\0" if bits & 1 else password[:1]
        bits >>= 1
    digest = hashlib.md5(mixture, usedforsecurity=False).digest()
    for turn in range(1000):
        piece = password if turn & 1 else digest
        piece += (seasoning if turn % 3 else b"") + (password if turn % 7 else b"")
        piece += digest if turn & 1 else password
        digest = hashlib.md5(piece, usedforsecurity=False).digest()
    order = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))
    text = "".join(_itoa64(digest[a] << 16 | digest[b] << 8 | digest[c], 4) for a, b, c in order)
    return f"{magic}{salt}${text}{_itoa64(digest[11], 2)}"


def _itoa64(value: int, length: int) -> str:
    return "".join(_ITOA64[value >> 6 * place & 63] for place in range(length))
