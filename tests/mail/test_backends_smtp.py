"""The SMTP backend against real servers: envelope, TLS, authentication, errors, one session for many messages."""

import smtplib
import socket
import ssl
from email.policy import default
from typing import Any

import pytest
import trustme

from catcher import mail
from catcher.mail import EmailMessage, settings
from catcher.mail.backends.smtp import EmailBackend
from tests.mail.servers import Mailbox, smtp_server


def message(**changes: Any) -> EmailMessage:
    return EmailMessage(**({"subject": "Hello", "from_email": "from@example.com", "to": ["to@example.com"]} | changes))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_envelope_has_every_recipient_and_bare_addresses(server: Mailbox) -> None:
    """to, cc and bcc all reach RCPT TO, without display names. Django docs: EmailMessage Objects, recipients()."""
    message(
        from_email='"Fröm" <from@example.com>', to=["Tö <to@öäü.com>"], cc=["cc@example.com"], bcc=["B <bcc@a.example>"]
    ).send()
    (envelope,) = server.messages
    assert envelope.mail_from == "from@example.com"
    assert envelope.rcpt_tos == ["to@xn--4ca9at.com", "cc@example.com", "bcc@a.example"]


def test_a_domain_that_is_already_ascii_stays_as_it_is(server: Mailbox) -> None:
    """IDNA 2008 labels are not re-encoded by Python's IDNA 2003 codec."""
    message(to=["to@xn--fa-hia.example.com"]).send()
    assert server.messages[0].rcpt_tos == ["to@xn--fa-hia.example.com"]


def test_the_null_reverse_path_can_be_sent(server: Mailbox) -> None:
    """ "<>" as from_email is MAIL FROM:<>, as bounces have it. RFC 5321 §4.5.5."""
    message(from_email="<>", headers={"From": "daemon@example.com"}).send()
    assert server.messages[0].mail_from == "<>"  # aiosmtpd's way to write the null path
    assert EmailBackend().prep_address("<>") == ""


@pytest.mark.parametrize(
    "address", ["to@other.com@example.com", "to@other.com <to@example.com>", "@", "to@", "@example.com"]
)
def test_an_address_that_is_none_fails_before_anything_is_opened(address: str, server: Mailbox) -> None:
    """A ValueError unless it is exactly one address, as in Django, and no session."""
    with pytest.raises(ValueError, match="Invalid address"):
        EmailBackend().send_messages([message(), message(bcc=[address])])
    assert server.sessions == 0


def test_a_non_ascii_local_part_is_encoded_or_with_a_policy_refused(server: Mailbox) -> None:
    """An encoded-word as in Django 5.2; a ValueError in the modern form, as in Django 6."""
    assert EmailBackend().prep_address("Tó <tó@example.com>") == "=?utf-8?b?dMOz?=@example.com"
    assert EmailBackend().prep_address("Tó <tó@example.com>", force_ascii=False) == "tó@example.com"
    with settings.override(EMAIL_MESSAGE_POLICY=default), pytest.raises(ValueError, match="non-ASCII"):
        message(to=["tó@example.com"]).send()


def test_lines_end_in_crlf_and_octets_above_127_are_announced(server: Mailbox) -> None:
    """Every line ends in CRLF (RFC 5321 §2.3.8); BODY=8BITMIME goes with octets above 127 (RFC 6152 §2)."""
    message(body="plain\nlines\r\nof all\rkinds").send()
    message(body="àáä").send()
    plain, eight_bit = server.messages
    assert plain.original_content.replace(b"\r\n", b"").count(b"\n") == 0
    assert plain.original_content.replace(b"\r\n", b"").count(b"\r") == 0
    assert "BODY=8BITMIME" not in plain.mail_options_seen
    assert "BODY=8BITMIME" in eight_bit.mail_options_seen
    assert "àáä".encode() in eight_bit.original_content


def test_one_session_carries_all_messages_of_a_call(server: Mailbox) -> None:
    """send_messages() opens a connection, sends the list and closes it. Django docs: Sending multiple emails."""
    backend = EmailBackend()
    assert backend.send_messages([message(), message(), message()]) == 3
    assert (len(server.messages), server.sessions, backend.connection) == (3, 1, None)


def test_an_open_connection_stays_open_after_sending(server: Mailbox) -> None:
    """send_messages() neither opens nor closes an open connection. Django docs: Sending multiple emails."""
    backend = EmailBackend()
    assert backend.open() is True
    assert backend.open() is False
    backend.send_messages([message()])
    backend.send_messages([message(), message()])
    assert backend.connection is not None
    backend.close()
    assert (len(server.messages), server.sessions, backend.connection) == (3, 1, None)


def test_no_recipients_open_no_session(server: Mailbox) -> None:
    """A message without recipients is not sent and not an error. Django docs: EmailMessage Objects, send()."""
    assert message(to=[]).send() == 0
    assert EmailBackend().send_messages([message(to=[]), message()]) == 1
    assert EmailBackend().send_messages([]) == 0
    assert server.sessions == 1


def test_refused_recipients_are_reported(server: Mailbox) -> None:
    """Some refused: sent to the others; all refused: SMTPRecipientsRefused. `refused` says which and why."""
    server.refuse = {"no@example.com"}
    backend = EmailBackend()
    assert backend.send_messages([message(to=["no@example.com", "to@example.com"])]) == 1
    assert backend.refused == {"no@example.com": (550, b"no such mailbox")}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        backend.send_messages([message(to=["no@example.com"])])
    assert EmailBackend(fail_silently=True).send_messages([message(to=["no@example.com"]), message()]) == 1


def test_a_server_that_is_not_there_is_an_os_error_or_silence() -> None:
    """fail_silently swallows what goes wrong while sending.

    Django docs: Obtaining an instance of an email backend, fail_silently.
    """
    port = closed_port()
    with pytest.raises(ConnectionError):
        EmailBackend("127.0.0.1", port).send_messages([message()])
    silent = EmailBackend("127.0.0.1", port, fail_silently=True)
    assert silent.open() is None
    assert silent.send_messages([message()]) == 0
    silent.close()


def test_closing_after_the_server_went_away_is_harmless() -> None:
    """close() does not fail because the other side hung up first."""
    with smtp_server() as mailbox:
        backend = EmailBackend("127.0.0.1", mailbox.port)
        backend.open()
    backend.close()
    assert backend.connection is None


def test_starttls_secures_the_session(trusted: trustme.CA) -> None:
    """use_tls upgrades with STARTTLS and checks the certificate. Django docs: SMTP backend, use_tls."""
    with smtp_server(trusted) as mailbox:
        assert EmailBackend("127.0.0.1", mailbox.port, use_tls=True).send_messages([message()]) == 1
        assert mailbox.messages[0].over_tls


def test_implicit_tls_secures_the_session(trusted: trustme.CA) -> None:
    """use_ssl speaks TLS from the first octet. Django docs: SMTP backend, use_ssl."""
    with smtp_server(trusted, implicit_tls=True) as mailbox:
        assert EmailBackend("127.0.0.1", mailbox.port, use_ssl=True, timeout=20).send_messages([message()]) == 1
        assert mailbox.messages[0].over_tls


@pytest.mark.parametrize("implicit_tls", [False, True])
def test_an_unknown_authority_is_refused(authority: trustme.CA, implicit_tls: bool) -> None:
    """A certificate that does not verify ends the attempt; nothing is sent in the clear."""
    with smtp_server(authority, implicit_tls=implicit_tls) as mailbox:
        backend = EmailBackend("127.0.0.1", mailbox.port, use_tls=not implicit_tls, use_ssl=implicit_tls)
        with pytest.raises(ssl.SSLError):
            backend.send_messages([message()])
        assert (backend.connection, mailbox.messages) == (None, [])
        backend.close()


def test_a_server_without_starttls_gets_nothing(server: Mailbox) -> None:
    """use_tls never falls back to a session in the clear, not even silently."""
    backend = EmailBackend(use_tls=True)
    with pytest.raises(smtplib.SMTPException, match="STARTTLS"):
        backend.send_messages([message()])
    backend.close()
    silent = EmailBackend(use_tls=True, fail_silently=True)
    assert silent.send_messages([message()]) == 0
    assert silent.send_messages([message()]) == 0
    silent.close()
    assert server.messages == []


def test_a_client_certificate_is_shown(trusted: trustme.CA, tmp_path: Any) -> None:
    """ssl_certfile and ssl_keyfile are presented, and the server's certificate is still checked."""
    certificate = trusted.issue_cert("client.example")
    certfile, keyfile = tmp_path / "client.pem", tmp_path / "client.key"
    certificate.cert_chain_pems[0].write_to_path(str(certfile))
    certificate.private_key_pem.write_to_path(str(keyfile))
    with smtp_server(trusted) as mailbox:
        options: dict[str, Any] = {"ssl_certfile": str(certfile), "ssl_keyfile": str(keyfile)}
        assert EmailBackend("127.0.0.1", mailbox.port, use_tls=True, **options).send_messages([message()]) == 1
    with pytest.raises(FileNotFoundError):
        _ = EmailBackend(use_tls=True, ssl_certfile=str(tmp_path / "missing.pem")).ssl_context


def test_it_authenticates_over_tls(trusted: trustme.CA) -> None:
    """username and password are used for AUTH. Django docs: Quick example, EMAIL_HOST_USER."""
    with (
        smtp_server(trusted, auth=True) as mailbox,
        settings.override(
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=mailbox.port,
            EMAIL_USE_TLS=True,
            EMAIL_HOST_USER="ann",
            EMAIL_HOST_PASSWORD="secret",
        ),
    ):
        assert message().send() == 1
        assert mailbox.logins == [("ann", "secret")]


def test_wrong_credentials_are_an_smtp_exception(trusted: trustme.CA) -> None:
    """A refused login raises, keeps the session from being used, and can be tried again."""
    with smtp_server(trusted, auth=True) as mailbox:
        backend = EmailBackend("127.0.0.1", mailbox.port, username="ann", password="wrong", use_tls=True)
        for _ in range(2):
            with pytest.raises(smtplib.SMTPAuthenticationError):
                backend.open()
            assert backend.connection is None
        backend.close()
        assert mailbox.messages == []


def test_auth_user_and_auth_password_replace_the_settings(trusted: trustme.CA) -> None:
    """send_mail(auth_user=…, auth_password=…) authenticates with these. Django docs: send_mail()."""
    with (
        smtp_server(trusted, auth=True) as mailbox,
        settings.override(EMAIL_HOST="127.0.0.1", EMAIL_PORT=mailbox.port, EMAIL_USE_TLS=True, EMAIL_HOST_USER="x"),
    ):
        assert mail.send_mail("S", "B", None, ["to@example.com"], auth_user="bob", auth_password="secret") == 1
        assert mailbox.logins == [("bob", "secret")]


def test_each_argument_comes_from_its_setting_when_it_is_none() -> None:
    """The value of each parameter is taken from the setting when it is None. Django docs: SMTP backend."""
    values = {
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": 2525,
        "EMAIL_HOST_USER": "user",
        "EMAIL_HOST_PASSWORD": "pass",
        "EMAIL_USE_TLS": True,
        "EMAIL_TIMEOUT": 7,
        "EMAIL_SSL_KEYFILE": "key",
        "EMAIL_SSL_CERTFILE": "cert",
    }
    with settings.override(**values):
        backend = EmailBackend()
        assert (backend.host, backend.port, backend.username, backend.password) == (
            "mail.example",
            2525,
            "user",
            "pass",
        )
        assert (backend.use_tls, backend.use_ssl, backend.timeout) == (True, False, 7)
        assert (backend.ssl_keyfile, backend.ssl_certfile) == ("key", "cert")
        given = EmailBackend("h", 1, "", "", False, True, None, 3, "k", "c")
        assert (given.host, given.port, given.username, given.password, given.use_tls) == ("h", 1, "", "", False)
        assert (given.fail_silently, given.timeout, given.ssl_keyfile, given.ssl_certfile) == (True, 3, "k", "c")


def test_without_timeout_the_default_of_sockets_holds() -> None:
    """timeout defaults to socket.getdefaulttimeout(), which is None. Django docs: SMTP backend."""
    assert EmailBackend().timeout is None


def test_a_timeout_ends_waiting_for_a_server_that_says_nothing() -> None:
    """EMAIL_TIMEOUT bounds every blocking step. Django docs: SMTP backend."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with settings.override(EMAIL_TIMEOUT=0.2), pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            EmailBackend("127.0.0.1", listener.getsockname()[1]).open()


def test_both_kinds_of_tls_are_a_value_error() -> None:
    """use_tls and use_ssl exclude each other, as arguments, settings and options."""
    for make in (
        lambda: EmailBackend(use_tls=True, use_ssl=True),
        lambda: mail.mailers["one"],
    ):
        settings.MAILERS = {"one": {"OPTIONS": {"host": "h", "use_tls": True, "use_ssl": True}}}
        with pytest.raises(ValueError, match="exclu"):
            make()


def test_an_entry_of_mailers_uses_no_settings() -> None:
    """Made from MAILERS: host needed, port by protocol, nothing from EMAIL_* (Django 6.1)."""
    entries = {
        "plain": {"OPTIONS": {"host": "h"}},
        "tls": {"OPTIONS": {"host": "h", "use_tls": True}},
        "ssl": {"OPTIONS": {"host": "h", "use_ssl": True}},
        "none": {},
    }
    with settings.override(MAILERS=entries, EMAIL_PORT=1, EMAIL_HOST_USER="x", EMAIL_TIMEOUT=1, EMAIL_HOST="other"):
        assert [mail.mailers[alias].port for alias in ("plain", "tls", "ssl")] == [25, 587, 465]
        assert (mail.mailers["plain"].host, mail.mailers["plain"].username) == ("h", None)
        assert mail.mailers["plain"].timeout is None
        with pytest.raises(mail.InvalidMailer, match="host"):
            mail.mailers["none"]
