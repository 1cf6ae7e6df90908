"""Generated certificates: a development CA, and a server certificate signed by it. Needs `cryptography`."""

import contextlib
import datetime as dt
import ipaddress
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_YEARS = 10
LEAF_DAYS = 397
"""Some clients refuse certificates that are valid for longer than 398 days."""


def generate_certificate(
    names: Sequence[str], *, ca: Path, ca_key: Path, leaf: Path, now: dt.datetime, margin: dt.timedelta
) -> dt.datetime:
    """Write a certificate for these host names and IP addresses, with its chain and key, and return when it expires.

    The CA is generated if there is none that stays valid for longer than the margin. Raises OSError.
    """
    authority, authority_key = _authority(ca, ca_key, now, margin)
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + dt.timedelta(days=LEAF_DAYS), authority.not_valid_after_utc)
    certificate = (
        _builder(names[0], authority.subject, now, until)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)
    replace_file(leaf, _key_pem(key) + chain, is_secret=True)
    return until


def replace_file(path: Path, octets: bytes, *, is_secret: bool) -> None:
    """Replace the file atomically; a secret is never readable by others, not even for a moment."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if is_secret else 0o644)
    with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(octets)
    new.replace(path)


def _authority(
    ca: Path, ca_key: Path, now: dt.datetime, margin: dt.timedelta
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
        known = x509.load_pem_x509_certificate(ca.read_bytes())
        known_key = load_pem_private_key(ca_key.read_bytes(), None)
        is_current = known.not_valid_after_utc - now > margin
        if is_current and isinstance(known_key, ec.EllipticCurvePrivateKey):
            return known, known_key
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    authority = (
        _builder("catcher development CA", None, now, now + dt.timedelta(days=365 * CA_YEARS))
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    replace_file(ca_key, _key_pem(key), is_secret=True)
    replace_file(ca, authority.public_bytes(Encoding.PEM), is_secret=False)
    return authority, key


def _builder(name: str, issuer: x509.Name | None, now: dt.datetime, until: dt.datetime) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))  # clocks of containers and virtual machines may lag
        .not_valid_after(until)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
