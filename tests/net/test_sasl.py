"""The parts of SASL that SMTP and POP3 share."""

import binascii

import pytest

from catcher.net.sasl import decode_response, decode_text, is_same_password, read_plain


def test_a_response_is_base64_and_an_equals_sign_is_the_empty_one() -> None:
    """Anything else is an error, also characters between valid ones. RFC 4954 §4."""
    assert decode_response(b"AGFubgBwdw==") == b"\0ann\0pw"
    assert decode_response(b"=") == decode_response(b"") == b""
    for wrong in (b"AGFubgBwdw", b"AGFu!bgBwdw==", b"*"):
        with pytest.raises(binascii.Error):
            decode_response(wrong)


def test_a_plain_message_has_three_parts() -> None:
    """The authorization identity is not used. RFC 4616 §2."""
    assert read_plain(b"admin\0ann\0pw") == ("ann", "pw")
    assert read_plain("\0änn\0grüße".encode()) == ("änn", "grüße")
    for wrong in (b"", b"ann\0pw", b"\0ann\0pw\0"):
        with pytest.raises(ValueError, match="unpack"):
            read_plain(wrong)


def test_any_octets_and_any_password_can_be_compared() -> None:
    """Octets that are not UTF-8 become escapes, and a surrogate never raises."""
    assert decode_text(b"gr\xfc\xdfe") == r"gr\xfc\xdfe"
    assert is_same_password("grüße", "grüße")
    assert not is_same_password("\ud800", "grüße")
