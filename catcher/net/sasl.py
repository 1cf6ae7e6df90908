"""The parts of SASL that SMTP and POP3 share. RFC 4422, RFC 4616."""

import base64
import hmac


def decode_response(response: bytes) -> bytes:
    """Decode a response from base64; "=" is the empty one (RFC 4954 §4, RFC 5034 §4). Raises binascii.Error."""
    return b"" if response == b"=" else base64.b64decode(response, validate=True)


def read_plain(message: bytes) -> tuple[str, str]:
    """Return user and password of a PLAIN message, "[authzid] NUL authcid NUL password". Raises ValueError."""
    _, user, password = message.split(b"\0")
    return decode_text(user), decode_text(password)


def decode_text(octets: bytes) -> str:
    """Decode UTF-8; other octets become backslash escapes."""
    return octets.decode("utf-8", "backslashreplace")


def is_same_password(one: str, other: str) -> bool:
    """Compare two passwords in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
