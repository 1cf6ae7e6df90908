"""A SCRAM-SHA-256 client for smtplib, after RFC 5802 §3."""

import base64
import hashlib
import hmac
import smtplib


class Scram:
    """Called by `smtplib.SMTP.auth` for each challenge. Fails if the server's proof is wrong."""

    def __init__(self, user: str, password: str) -> None:
        self._password = password
        self._bare = f"n={user},r=fyko+d2lbbFgONRv9qkxdawL"
        self._proof_of_server = ""

    def __call__(self, challenge: bytes | None = None) -> str:
        if challenge is None:
            return f"n,,{self._bare}"
        if self._proof_of_server:
            assert challenge.decode() == self._proof_of_server
            return ""
        return self._final(challenge.decode())

    def _final(self, first: str) -> str:
        fields = dict(piece.split("=", 1) for piece in first.split(","))
        salt, rounds = base64.b64decode(fields["s"]), int(fields["i"])
        assert rounds >= 4096, "RFC 7677 §4"
        salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), salt, rounds)
        without_proof = f"c=biws,r={fields['r']}"
        signed = f"{self._bare},{first},{without_proof}".encode()
        key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        right = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), signed, "sha256")
        self._proof_of_server = f"v={base64.b64encode(right).decode()}"
        proof = bytes(one ^ other for one, other in zip(key, signature, strict=True))
        return f"{without_proof},p={base64.b64encode(proof).decode()}"


def scram(host: str, port: int, user: str, password: str) -> int:
    """The code of the last reply to a login."""
    with smtplib.SMTP(host, port, timeout=30) as client:
        client.ehlo()
        try:
            return client.auth("SCRAM-SHA-256", Scram(user, password))[0]
        except smtplib.SMTPAuthenticationError as refusal:
            return refusal.smtp_code
