"""Mail with opaque S/MIME signatures."""

import base64


def message(der: bytes, media_type: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m") -> bytes:
    return (
        f"Subject: signed\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(der).replace(b"\n", b"\r\n")
    )


def value(tag: int, content: bytes, *, is_definite: bool = True) -> bytes:
    """A BER value."""
    if not is_definite:
        return bytes((tag, 0x80)) + content + b"\0\0"
    if len(content) < 128:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes(4, "big")
    return bytes((tag, 0x84)) + length + content


def streamed(content: bytes, *, depth: int = 1) -> bytes:
    """A signature in values of indefinite length with the content in pieces, as OpenSSL writes streams."""
    pieces = b"".join(value(0x04, content[i : i + 10]) for i in range(0, len(content), 10))
    for _ in range(depth):
        pieces = value(0x24, pieces, is_definite=False)
    data = bytes.fromhex("06092a864886f70d010701")
    algorithms = value(0x31, value(0x30, bytes.fromhex("0609608648016503040201"), is_definite=False), is_definite=False)
    inner = value(0x30, data + value(0xA0, pieces, is_definite=False), is_definite=False)
    body = value(0x30, b"\x02\x01\x01" + algorithms + inner, is_definite=False)
    return value(
        0x30, bytes.fromhex("06092a864886f70d010702") + value(0xA0, body, is_definite=False), is_definite=False
    )
