"""Mechanisms, by clients and by hand; with any credentials, and with a password file."""

import base64
import hashlib
import hmac
import smtplib
from collections.abc import Callable
from typing import Any

import pytest

from catcher.htpasswd import Htpasswd
from catcher.smtp import AuthPolicy, auth

Start = Callable[..., Any]
PLAIN = Htpasswd.parse("ann:secret\nbob:wörd\n")
HASHED = Htpasswd.parse("ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n")


@pytest.mark.parametrize("mechanism", ["plain", "login", "cram_md5"])
@pytest.mark.parametrize("passwords", [None, PLAIN], ids=["any", "file"])
def test_smtplib_logs_in_and_the_identity_is_kept(start: Start, mechanism: str, passwords: Htpasswd | None) -> None:
    """The message says who sent it, how, and over ESMTPA. RFC 4954, RFC 3848."""
    server = start(auth=AuthPolicy(passwords=passwords))
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        client.user, client.password = "ann", "secret"
        assert client.auth(mechanism.replace("_", "-"), getattr(client, f"auth_{mechanism}"))[0] == 235
        client.sendmail("a@b", ["c@d"], "x")
    kept = server.message[0].client
    assert (kept.user, kept.mechanism, kept.protocol) == ("ann", mechanism.upper().replace("_", "-"), "ESMTPA")


@pytest.mark.parametrize("mechanism", ["plain", "login", "cram_md5"])
def test_a_wrong_password_is_refused(start: Start, mechanism: str) -> None:
    """535, and mail is not taken where AUTH is required. RFC 4954 §4."""
    server = start(auth=AuthPolicy(passwords=PLAIN, required=True))
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        for user, password in (("ann", "wrong"), ("nobody", "secret")):
            client.user, client.password = user, password
            with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
                client.auth(mechanism.replace("_", "-"), getattr(client, f"auth_{mechanism}"))
            assert refusal.value.smtp_code == 535
        assert client.mail("a@b")[0] == 530


@pytest.mark.parametrize(
    ("policy", "mechanisms"),
    [
        (AuthPolicy(), ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")),
        (AuthPolicy(passwords=PLAIN), ("SCRAM-SHA-256", "PLAIN", "LOGIN", "CRAM-MD5")),
        (AuthPolicy(passwords=HASHED), ("PLAIN", "LOGIN")),
        (AuthPolicy(passwords=HASHED, mechanisms=("CRAM-MD5", "LOGIN")), ("LOGIN",)),
    ],
)
def test_only_mechanisms_that_can_work_are_offered(
    start: Start, policy: AuthPolicy, mechanisms: tuple[str, ...]
) -> None:
    """CRAM-MD5 and SCRAM need the password itself, so hashes rule them out; SCRAM needs one at all."""
    assert auth.offered(policy) == mechanisms
    server = start(auth=policy)
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        assert client.esmtp_features["auth"].split() == list(mechanisms)


def scram(user: str, password: str, server: Any) -> str:
    """A SCRAM-SHA-256 client after RFC 5802 §3; the last reply."""
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    bare = f"n={user},r=fyko+d2lbbFgONRv9qkxdawL"
    reply = raw.ask(f"AUTH SCRAM-SHA-256 {base64.b64encode(f'n,,{bare}'.encode()).decode()}", "334 *")
    first = base64.b64decode(reply[4:]).decode()
    fields = dict(piece.split("=", 1) for piece in first.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
    without_proof = f"c=biws,r={fields['r']}"
    signed = f"{bare},{first},{without_proof}".encode()
    key = hmac.digest(salted, b"Client Key", "sha256")
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature, strict=True))).decode()
    raw.send(base64.b64encode(f"{without_proof},p={proof}".encode()) + b"\r\n")
    reply = raw.reply()
    if reply.startswith("334"):
        right = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), signed, "sha256")
        assert base64.b64decode(reply[4:]) == b"v=" + base64.b64encode(right)
        raw.send(b"\r\n")
        reply = raw.reply()
    return str(reply)


def test_scram_proves_both_sides(start: Start) -> None:
    """The server shows that it knows the password too; a wrong one and an unknown user fail alike. RFC 7677."""
    server = start(auth=AuthPolicy(passwords=PLAIN))
    assert scram("ann", "secret", server).startswith("235 ")
    assert scram("bob", "wörd", server).startswith("235 ")
    assert scram("ann", "wrong", server).startswith("535 ")
    assert scram("nobody", "secret", server).startswith("535 ")


def test_a_bearer_token_names_its_user(server: Any) -> None:
    """XOAUTH2 as Google and Microsoft describe it; the token is not kept."""
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    token = base64.b64encode(b"user=ann@example.com\x01auth=Bearer ya29.secret\x01\x01").decode()
    raw.ask("AUTH XOAUTH2 dXNlcj0=", "501 *")
    raw.ask(f"AUTH XOAUTH2 {token}", "235 *")
    raw.ask("MAIL FROM:<a@b>", "250 *")
    raw.ask("RCPT TO:<a@b>", "250 *")
    raw.ask("DATA", "354 *")
    raw.ask("x\r\n.", "250 *")
    assert server.message[0].client.user == "ann@example.com"
    assert token not in server.message[0].transcript


@pytest.mark.parametrize("name", ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "SCRAM-SHA-256"])
@pytest.mark.parametrize("response", [b"", b"\0", b"\xff\xfe", b"n,,", b"n,a=x", b"=", b"n,,n=a,r=b", b"," * 5000])
def test_a_response_of_the_wrong_form_is_unreadable_or_untrue(name: str, response: bytes) -> None:
    """No mechanism raises anything else, and none lets anyone in by it."""
    policy = AuthPolicy(passwords=PLAIN)
    exchange = auth._MECHANISMS[name](PLAIN.plain, response)
    with pytest.raises((StopIteration, auth.Unreadable)) as end:  # noqa: PT012 - any of the steps may be the last
        next(exchange)
        for _ in range(3):
            exchange.send(response)
    if isinstance(end.value, StopIteration):
        assert not auth.is_true(end.value.value, policy)
