"""Mechanisms, by clients and by hand; with any credentials, and with a password file."""

import base64
import smtplib
from collections.abc import Callable
from typing import Any

import pytest

from catcher.errors import StoreUnavailable
from catcher.net.htpasswd import Htpasswd
from catcher.smtp import AuthPolicy, auth
from tests.smtp.scram import Scram, scram

Start = Callable[..., Any]
PLAIN = Htpasswd.parse("ann:secret\nbob:wörd\n")
HASHED = Htpasswd.parse("ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n")


def login(server: Any, mechanism: str, user: str, password: str) -> int:
    """The code of the last reply to a login."""
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        return login_on(client, mechanism, user, password)


def login_on(client: smtplib.SMTP, mechanism: str, user: str, password: str) -> int:
    """The code of the last reply to a login."""
    client.user, client.password = user, password
    try:
        return client.auth(mechanism, getattr(client, f"auth_{mechanism.lower().replace('-', '_')}"))[0]
    except smtplib.SMTPAuthenticationError as refusal:
        return refusal.smtp_code


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
@pytest.mark.parametrize("passwords", [None, PLAIN], ids=["any", "file"])
def test_smtplib_logs_in_and_the_identity_is_kept(start: Start, mechanism: str, passwords: Htpasswd | None) -> None:
    """The message says who sent it, how, and over ESMTPA. RFC 4954, RFC 3848."""
    server = start(auth=AuthPolicy(passwords=passwords))
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        assert login_on(client, mechanism, "ann", "secret") == 235
        client.sendmail("a@b", ["c@d"], "x")
    kept = server.message[0].client
    assert (kept.user, kept.mechanism, kept.protocol) == ("ann", mechanism, "ESMTPA")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_a_wrong_password_is_refused(start: Start, mechanism: str) -> None:
    """535, and mail is refused where AUTH is required. RFC 4954 §4."""
    server = start(auth=AuthPolicy(passwords=PLAIN, required=True))
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        for user, password in (("ann", "wrong"), ("nobody", "secret")):
            assert login_on(client, mechanism, user, password) == 535
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
    """CRAM-MD5 and SCRAM need the password itself, so they do not work with hashes."""
    assert auth.offered(policy) == mechanisms
    server = start(auth=policy)
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        assert client.esmtp_features["auth"].split() == list(mechanisms)


def test_scram_proves_both_sides(start: Start) -> None:
    """The server proves that it knows the password too; a wrong password and an unknown user fail alike. RFC 7677."""
    server = start(auth=AuthPolicy(passwords=PLAIN))
    for user, password, code in (("ann", "secret", 235), ("bob", "wörd", 235), ("ann", "wrong", 535), ("x", "y", 535)):
        assert scram(server.host, server.port, user, password) == code


def test_scram_by_an_unknown_user_is_refused(start: Start) -> None:
    """Where any credentials are accepted it is not offered, and still there is no 235 without a proof."""
    server = start()
    assert scram(server.host, server.port, "ann", "secret") == 535


def test_a_user_with_a_password_of_its_own_proves_it_by_any_mechanism(start: Start) -> None:
    """It takes precedence over a policy that accepts anything, or a file; others are under the policy."""

    async def user_password(user: str) -> str:
        return "inbox-secret" if user == "ann" else ""

    for policy in (AuthPolicy(), AuthPolicy(passwords=PLAIN), AuthPolicy(passwords=HASHED)):
        server = start(auth=policy, user_password=user_password)
        for password, code in (("inbox-secret", 235), ("secret", 535), ("", 535)):
            assert scram(server.host, server.port, "ann", password) == code
            for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
                assert login(server, mechanism, "ann", password) == code
        assert scram(server.host, server.port, "bob", "wörd") == (235 if policy.passwords is PLAIN else 535)


def test_a_bearer_token_does_not_stand_for_a_password(start: Start) -> None:
    """A user with a password of its own has to prove it; any other user may send any token."""

    async def user_password(user: str) -> str:
        return "inbox-secret" if user == "ann" else ""

    for user, pattern in (("ann", "535 *"), ("bob", "235 *")):
        raw = start(user_password=user_password).connect()
        raw.ask("EHLO x", "250 *")
        token = base64.b64encode(f"user={user}\x01auth=Bearer inbox-secret\x01\x01".encode()).decode()
        raw.ask(f"AUTH XOAUTH2 {token}", pattern)


@pytest.mark.parametrize(("changed", "replacement"), [("r=fyko", "r=other"), ("c=biws", "c=eSws"), ("c=biws,", "")])
def test_scram_takes_no_proof_over_other_values(changed: str, replacement: str) -> None:
    """The final message repeats the nonce and the channel binding of this exchange. RFC 5802 §5.1."""
    client = Scram("ann", "secret")
    exchange = auth.begin("SCRAM-SHA-256", (client() or "").encode())
    assert next(exchange) == auth.PasswordRequest("ann")
    first = exchange.send("secret")
    assert isinstance(first, bytes)
    final = client(first)
    with pytest.raises(auth.MalformedResponse):
        exchange.send(final.replace(changed, replacement).encode())


def test_scram_reads_commas_and_equals_signs_in_names() -> None:
    """They are sent as =2C and =3D. RFC 5802 §5.1."""
    assert next(auth.begin("SCRAM-SHA-256", b"n,,n=a=2Cb=3Dc,r=x")) == auth.PasswordRequest("a,b=c")


def test_scram_refuses_channel_binding() -> None:
    """It is not offered. RFC 5802 §6."""
    with pytest.raises(auth.MalformedResponse):
        next(auth.begin("SCRAM-SHA-256", b"p=tls-unique,,n=ann,r=x"))


def test_only_the_mechanisms_of_the_policy_may_be_used(start: Start) -> None:
    """Not even a user with a password of its own may use another."""
    raw = start(auth=AuthPolicy(mechanisms=("LOGIN",))).connect()
    raw.ask("EHLO x", "250 *")
    for mechanism in ("CRAM-MD5", "SCRAM-SHA-256", "PLAIN"):
        raw.ask(f"AUTH {mechanism}", "504 *")


def test_many_wrong_passwords_end_the_connection(start: Start) -> None:
    """A refused login is an error like a wrong command."""
    server = start(auth=AuthPolicy(passwords=PLAIN), max_errors=3)
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    for _ in range(3):
        raw.ask("AUTH PLAIN AGFubgBi", "535 *")
    raw.expect("421 4.7.0 Too many errors*")
    raw.expect_end()


@pytest.mark.parametrize("mechanism", ["PLAIN", "CRAM-MD5"])
def test_a_password_that_cannot_be_looked_up_is_a_temporary_failure(start: Start, mechanism: str) -> None:
    """454, and the connection goes on. RFC 4954 §6."""

    async def user_password(user: str) -> str:
        raise StoreUnavailable("database is locked")

    server = start(user_password=user_password)
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        for _ in range(2):
            assert login_on(client, mechanism, "ann", "secret") == 454
        client.sendmail("a@b", ["c@d"], "x")
    assert server.message[0].client.user == ""


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
def test_a_malformed_response_is_never_accepted(name: str, response: bytes) -> None:
    """Nothing but MalformedResponse is raised."""
    policy = AuthPolicy(passwords=PLAIN)
    exchange = auth.begin(name, response)
    with pytest.raises((StopIteration, auth.MalformedResponse)) as end:  # noqa: PT012 - any of the steps may be the last
        step = next(exchange)
        for _ in range(3):
            step = exchange.send("secret" if isinstance(step, auth.PasswordRequest) else response)
    if isinstance(end.value, StopIteration):
        assert not auth.is_true(end.value.value, policy)
