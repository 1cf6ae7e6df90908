"""The AUTH mechanisms as exchanges of octets, without sockets. RFC 4954, RFC 4422.

Each mechanism is a generator: it yields challenges, receives the client's responses, and returns a Claim. By default
any credentials are accepted and recorded. CRAM-MD5 and SCRAM never reveal the password, so with a password file they
are offered only if its passwords are in plain text. SCRAM also makes the server prove that it knows the password, so
it is not offered without a file, whereas CRAM-MD5 is, and any digest is accepted. Users with a password of their own
(inboxes) may use all mechanisms, offered or not: if SCRAM were offered to all, clients with arbitrary credentials
would choose it and fail.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from catcher.net.sasl import decode_text, is_same_password, read_plain
from catcher.smtp.options import AuthPolicy

SCRAM_ITERATIONS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The identity a client claims. password: to be verified; None if the exchange did, see `is_proven`.

    is_refuted: the exchange has failed, so that the claim is refused even where any credentials are accepted.
    proves: whether the client knows a given password, for mechanisms that do not send it; None if that is unknown.
    """

    user: str
    password: str | None = None
    is_proven: bool = False
    is_refuted: bool = False
    proves: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class PasswordRequest:
    """Yielded instead of a challenge, to receive the user's password in plain text; None if it is unknown."""

    user: str


class MalformedResponse(ValueError):
    """A response with a syntax error. The dialogue replies 501."""


Exchange: TypeAlias = Generator[bytes | PasswordRequest, Any, Claim]
"""Yields challenges and receives responses; or yields a PasswordRequest and receives a password or None."""

Mechanism: TypeAlias = Callable[[bytes | None], Exchange]


def offered(policy: AuthPolicy) -> tuple[str, ...]:
    """Return the mechanisms that work under this policy, best first."""
    possible: tuple[str, ...] = ("PLAIN", "LOGIN")
    if policy.passwords is None:
        possible = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")
    elif policy.passwords.is_plain:
        possible = ("SCRAM-SHA-256", "PLAIN", "LOGIN", "CRAM-MD5")
    return tuple(name for name in policy.mechanisms or possible if name in possible)


def accepted(policy: AuthPolicy) -> tuple[str, ...]:
    """Return the mechanisms a client may use: the offered ones, and those for users with a password of their own."""
    return policy.mechanisms or (*offered(policy), "SCRAM-SHA-256", "CRAM-MD5")


def begin(name: str, initial: bytes | None) -> Exchange:
    """Start the exchange of an accepted mechanism. initial: the decoded initial response, None if there is none."""
    return _MECHANISMS[name](initial)


def is_true(claim: Claim, policy: AuthPolicy) -> bool:
    """Return whether the policy accepts the claim. Hashes may take 0.1 s: with a password file, call it in a thread."""
    if claim.is_refuted:
        return False
    if policy.passwords is None:
        return True
    if claim.password is None:
        return claim.is_proven
    return policy.passwords.verify(claim.user, claim.password)


def knows(claim: Claim, password: str) -> bool:
    """Return whether the client knows this password."""
    if claim.password is not None:
        return is_same_password(claim.password, password)
    return claim.proves is not None and claim.proves(password)


def _plain(initial: bytes | None) -> Exchange:
    """RFC 4616: [authzid] NUL authcid NUL password."""
    response = initial if initial is not None else (yield b"")
    try:
        user, password = read_plain(response)
    except ValueError:
        raise MalformedResponse from None
    return Claim(user=user, password=password)


def _login(initial: bytes | None) -> Exchange:
    """draft-murchison-sasl-login: two prompts."""
    user = initial if initial is not None else (yield b"Username:")
    password = yield b"Password:"
    return Claim(user=decode_text(user), password=decode_text(password))


def _cram_md5(_initial: bytes | None) -> Exchange:
    """RFC 2195: HMAC-MD5 of a challenge, keyed with the password."""
    challenge = f"<{secrets.token_hex(8)}.{time.time_ns()}@catcher>".encode()
    user, space, digest = (yield challenge).rpartition(b" ")
    if not space:
        raise MalformedResponse
    password: str | None = yield PasswordRequest(decode_text(user))

    def proves(known: str) -> bool:
        right = hmac.new(known.encode(), challenge, "md5").hexdigest().encode()
        return hmac.compare_digest(right, digest.lower())

    is_proven = proves(password or secrets.token_hex(16)) and password is not None
    return Claim(user=decode_text(user), is_proven=is_proven, proves=proves)


def _xoauth2(initial: bytes | None) -> Exchange:
    """Google's and Microsoft's mechanism: user=… ^A auth=Bearer … ^A^A. The token is not kept."""
    response = initial if initial is not None else (yield b"")
    fields = dict(field.partition(b"=")[::2] for field in response.split(b"\x01") if field)
    if b"user" not in fields or not fields.get(b"auth", b"").lower().startswith(b"bearer "):
        raise MalformedResponse
    return Claim(user=decode_text(fields[b"user"]))


def _scram_sha_256(initial: bytes | None) -> Exchange:
    """RFC 5802, RFC 7677, without channel binding. An unknown user fails only at the proof, like a wrong password."""
    first = decode_text(initial if initial is not None else (yield b""))
    gs2, bare = _gs2(first)
    attributes = _attributes(bare)
    if gs2[:1] not in ("n", "y") or "n" not in attributes or "r" not in attributes:
        raise MalformedResponse
    user = attributes["n"].replace("=2C", ",").replace("=3D", "=")
    password: str | None = yield PasswordRequest(user)
    salt, nonce = secrets.token_bytes(16), attributes["r"] + secrets.token_urlsafe(18)
    server_first = f"r={nonce},s={base64.b64encode(salt).decode()},i={SCRAM_ITERATIONS}"
    final = decode_text((yield server_first.encode()))
    without_proof, _, proof = final.rpartition(",p=")
    binding = base64.b64encode(first[: len(first) - len(bare)].encode()).decode()
    final_attributes = _attributes(without_proof)
    if final_attributes.get("r") != nonce or final_attributes.get("c") != binding:
        raise MalformedResponse
    salted = hashlib.pbkdf2_hmac("sha256", (password or secrets.token_hex(16)).encode(), salt, SCRAM_ITERATIONS)
    signed = f"{bare},{server_first},{without_proof}".encode()
    if not _is_client_proof(salted, signed, proof) or password is None:
        return Claim(user=user, is_refuted=True)
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    yield b"v=" + base64.b64encode(hmac.digest(server_key, signed, "sha256"))
    return Claim(user=user, is_proven=True, proves=partial(is_same_password, password))


def _is_client_proof(salted: bytes, signed: bytes, proof: str) -> bool:
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    signature = hmac.digest(hashlib.sha256(client_key).digest(), signed, "sha256")
    try:
        given = base64.b64decode(proof, validate=True)
    except (binascii.Error, ValueError):
        return False
    right = bytes(one ^ other for one, other in zip(client_key, signature, strict=True))
    return hmac.compare_digest(given, right)


def _gs2(first: str) -> tuple[str, str]:
    """Split "n,a=name,n=…" into the channel binding flag and the rest; the authorization identity is ignored."""
    parts = first.split(",", 2)
    if len(parts) != 3:
        raise MalformedResponse
    return parts[0], parts[2]


def _attributes(text: str) -> dict[str, str]:
    return {piece[0]: piece[2:] for piece in text.split(",") if piece[1:2] == "="}


_MECHANISMS: dict[str, Mechanism] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "CRAM-MD5": _cram_md5,
    "XOAUTH2": _xoauth2,
    "SCRAM-SHA-256": _scram_sha_256,
}
