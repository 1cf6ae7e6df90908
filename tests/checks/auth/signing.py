"""Keys for signing in tests, their DNS records, and signatures made with them."""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from catcher.checks.auth.canonical import (
    canonical_body,
    header_section,
    signed_octets,
)

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

ED_KEY = ed25519.Ed25519PrivateKey.generate()


def key_record(key: Key) -> str:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; p={base64.b64encode(der).decode()}"


def txt_record(name: str, text: str) -> str:
    pieces = " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))
    return f"{name}. TXT {pieces}\n"


def signature_of(key: Key, octets: bytes) -> str:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return base64.b64encode(key.sign(hashlib.sha256(octets).digest())).decode()
    return base64.b64encode(key.sign(octets, padding.PKCS1v15(), SHA256())).decode()


def signed(
    message: bytes,
    domain: str,
    *,
    key: Key = ED_KEY,
    extra: str = "",
    names: tuple[str, ...] = ("from", "to", "subject"),
) -> bytes:
    """The message with a signature of `domain` on top, selector "s"."""
    algorithm = "ed25519-sha256" if isinstance(key, ed25519.Ed25519PrivateKey) else "rsa-sha256"
    digest = base64.b64encode(hashlib.sha256(canonical_body(header_section(message).body, "relaxed")).digest()).decode()
    field = (
        f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s=s; h={':'.join(names)}; {extra}"
        f"bh={digest}; b=\r\n"
    )
    section = header_section(field.encode() + message)
    octets = signed_octets(section, 0, names=names, canonicalization="relaxed")
    return field.replace("b=\r\n", f"b={signature_of(key, octets)}\r\n").encode() + message


MAIL = b"From: Ann <ann@mail.example.com>\r\nTo: bob@example.net\r\nSubject: x\r\n\r\nHello\r\n"
