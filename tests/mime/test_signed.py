"""What an opaque S/MIME signature contains."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from catcher import mime
from catcher.mime.signed import signed_content
from tests.signed_mails import message, streamed, value

ENTITY = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Signed words</p>\r\n"


def signed(content: bytes) -> bytes:
    """A signature as a mail program makes it, with the content in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


@pytest.mark.parametrize("der", [signed(ENTITY), streamed(ENTITY), streamed(ENTITY, depth=3)])
@pytest.mark.parametrize(
    "media_type", ["application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime; name=smime.p7m"]
)
def test_the_signed_entity_is_read(der: bytes, media_type: str) -> None:
    """In definite and in indefinite lengths. RFC 8551 §3.5.2."""
    octets = message(der, media_type)
    found = signed_content(octets, mime.parse(octets))
    assert found is not None
    assert found[0] == ENTITY
    assert mime.bodies(*found).html == "<p>Signed words</p>\r\n"


@pytest.mark.parametrize(
    "octets",
    [
        message(signed(ENTITY), "application/pkcs7-mime; smime-type=enveloped-data"),
        message(signed(ENTITY), "application/octet-stream"),
        message(signed(ENTITY)[:100]),
        message(streamed(ENTITY)[:90]),
        message(streamed(ENTITY, depth=50)),
        message(value(0x30, bytes.fromhex("06092a864886f70d010703"))),
        message(b""),
        b"Subject: x\r\n\r\nplain\r\n",
    ],
)
def test_what_is_no_such_signature_has_no_content(octets: bytes) -> None:
    """Encrypted, cut off, nested without end, or something else."""
    assert signed_content(octets, mime.parse(octets)) is None


@given(octets=st.binary(max_size=60), at=st.integers(0, 60))
def test_any_octets_give_content_or_none(octets: bytes, at: int) -> None:
    """Nothing is raised."""
    der = streamed(ENTITY)
    for each in (octets, der[:at] + octets, der[:at] + octets + der[at + len(octets) :]):
        whole = message(each)
        signed_content(whole, mime.parse(whole))
