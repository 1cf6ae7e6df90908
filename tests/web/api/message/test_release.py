"""`POST /api/v1/message/{id}/release`."""

import contextlib
import re
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme

from catcher.errors import SettingError
from catcher.intake import deliver_now
from catcher.testing import RunningCatcher, running_catcher
from tests.mail.servers import Mailbox, smtp_server
from tests.relay.scripted import scripted
from tests.waiting import wait_until
from tests.web.api.mails import MIXED, envelope, plain

Put = Callable[..., list[str]]


@contextlib.contextmanager
def relaying(**settings: Any) -> Iterator[tuple[httpx2.Client, RunningCatcher, str]]:
    """A catcher with a relay and one message: a client for its API, the catcher, and the path to release to."""
    given = {"smtp_relay_host": "127.0.0.1"} | settings
    with running_catcher(**given) as running, httpx2.Client(base_url=running.url, timeout=60) as api:
        content = MIXED.replace(b"Cc:", b"Bcc: hidden@example.com\r\nCc:")
        [store_id] = deliver_now(running.store, [(envelope(), content)])
        yield api, running, f"/api/v1/message/{store_id}/release"


@pytest.fixture
def sink() -> Iterator[Mailbox]:
    """A plain SMTP server."""
    with smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts: OpenSSL reads SSL_CERT_FILE when a default context is made."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def test_a_message_is_released_with_new_date_and_id_and_without_bcc(sink: Mailbox) -> None:
    """All else as it was stored; MAIL FROM is the author. Mailpit compatibility: Release."""
    with relaying(smtp_relay_port=sink.port) as (api, _, path):
        answer = api.post(path, json={"To": ["Xaver <x@example.org>", "y@example.org", "x@example.org"]})
        assert (answer.status_code, answer.text) == (200, "ok")
        shown = api.get("/api/v1/webui").json()["MessageRelay"]
        assert (shown["Enabled"], shown["SMTPServer"]) == (True, f"127.0.0.1:{sink.port}")
    [arrived] = sink.messages
    assert (arrived.mail_from, arrived.rcpt_tos) == ("anna@example.com", ["x@example.org", "y@example.org"])
    header = message_from_bytes(arrived.content)
    assert parsedate_to_datetime(header["Date"]).year >= 2026
    assert re.fullmatch(r"<[0-9a-f]{22}@catcher\.local>", header["Message-ID"])
    restored = arrived.content.replace(header["Date"].encode(), b"Tue, 02 Jan 2024 10:20:30 +0530", 1)
    assert restored.replace(header["Message-ID"].encode(), b"<mixed@example.com>", 1) == MIXED


def test_the_relay_rewrites_by_its_settings(sink: Mailbox) -> None:
    """return-path on top, the author replaced, the Message-ID kept; webui reports it.

    Mailpit compatibility: Release; Info.
    """
    rewriting = {
        "smtp_relay_return_path": "r@example.com",
        "smtp_relay_override_from": "o@example.com",
        "smtp_relay_preserve_message_ids": True,
        "smtp_relay_allowed_recipients": "@example.org$",
        "smtp_relay_blocked_recipients": "^boss",
    }
    with relaying(smtp_relay_port=sink.port, **rewriting) as (api, _, path):
        assert api.post(path, json={"to": ["x@EXAMPLE.org"]}).text == "ok"
        assert api.get("/api/v1/webui").json()["MessageRelay"] == {
            "Enabled": True, "SMTPServer": f"127.0.0.1:{sink.port}", "ReturnPath": "r@example.com",
            "AllowedRecipients": "@example.org$", "BlockedRecipients": "^boss", "OverrideFrom": "o@example.com",
            "PreserveMessageIDs": True, "RecipientAllowlist": "@example.org$",
        }  # fmt: skip
    [arrived] = sink.messages
    assert arrived.mail_from == "o@example.com"
    header = message_from_bytes(arrived.content)
    assert header.keys()[:2] == ["Return-Path", "X-Original-From"]
    assert (header["Message-ID"], header["X-Original-From"]) == ("<mixed@example.com>", "anna@example.com")
    assert header["From"].endswith(" <o@example.com>")


def test_a_release_that_is_not_allowed_sends_nothing(sink: Mailbox) -> None:
    """The checks in their order, with the texts that clients expect.

    Mailpit compatibility: Release.
    """
    lists = {"smtp_relay_allowed_recipients": "@example.org$", "smtp_relay_blocked_recipients": "^boss@"}
    with relaying(smtp_relay_port=sink.port, **lists) as (api, running, path):
        for body, text in (
            ({"To": []}, "No valid addresses found"),
            ({}, "No valid addresses found"),
            ({"To": ["x@example.org", "no address"]}, "Invalid email address: no address"),
            ({"To": ["a@example.org, b@example.org"]}, "Invalid email address: a@example.org, b@example.org"),
            ({"To": ["a@example.org\r\nRCPT TO:<b@example.com>"]}, "Invalid email address: a@example.org"),
            ({"To": ["a@example.com", "BOSS@example.org", "b@example.com"]},
             "Failed: 2 Address(es) do not match the allowlist: a@example.com, b@example.com"),
            ({"To": ["a@example.org", "BOSS@example.org"]},
             "Failed: 1 Address(es) found on blocklist: BOSS@example.org"),
            ({"To": [f"{n}@example.org" for n in range(1001)]}, "Failed: 1001 addresses, expected at most 1000"),
            ({"To": ["a@example.org"], "Relay": "other"}, "Unknown relay: other"),
            ({"To": "a@example.org"}, "invalid JSON"),
            ({"To": [5]}, "invalid JSON"),
        ):  # fmt: skip
            answer = api.post(path, json=body)
            assert answer.status_code == 400, body
            assert answer.text.startswith(text), body
        assert api.post(path, content=b"").text == "EOF"
        assert api.post(path, content=b"{").status_code == 400
        assert api.post("/api/v1/message/unknown/release", content=b"{").status_code == 404
        [nameless] = deliver_now(running.store, [(envelope(), b"Subject: from nobody\r\n\r\n")])
        answer = api.post(f"/api/v1/message/{nameless}/release", json={"To": ["a@example.org"]})
        assert (answer.status_code, answer.text[:36]) == (400, "Failed: unable to parse From header:")
    assert sink.sessions == 0


def test_rejected_and_accepted_recipients_are_named(sink: Mailbox) -> None:
    """400, so that it is not taken for a success; the report has the outcome for each recipient."""
    sink.refuse = {"no@example.org"}
    with relaying(smtp_relay_port=sink.port) as (api, _, path):
        both = {"To": ["no@example.org", "yes@example.org"]}
        answer = api.post(path, json=both)
        assert (answer.status_code, answer.text) == (
            400,
            "SMTP error: 1 of 2 recipients refused: no@example.org: 550 no such mailbox; sent to: yes@example.org",
        )
        answer = api.post(path, json=both, params={"report": "1"})
        assert answer.status_code == 400
        assert answer.json() == {
            "Recipients": [
                {"Address": "no@example.org", "Accepted": False, "Code": 550, "Text": "no such mailbox"},
                {"Address": "yes@example.org", "Accepted": True, "Code": 250, "Text": ""},
            ]
        }
        assert api.post(path, json={"To": ["no@example.org"]}).text.endswith("550 no such mailbox")
        accepted = api.post(path, json={"To": ["yes@example.org"]}, params={"report": "1"})
        assert (accepted.status_code, accepted.json()["Recipients"][0]["Accepted"]) == (200, True)
    assert [each.rcpt_tos for each in sink.messages] == [["yes@example.org"]] * 3


def test_without_a_relay_nothing_is_sent(api: httpx2.Client, put: Put) -> None:
    """400 after all other checks. Mailpit compatibility: Release."""
    [store_id] = put(plain(1))
    answer = api.post("/api/v1/message/latest/release", json={"To": ["a@b.test"]})
    assert (answer.status_code, answer.text) == (400, "SMTP error: no relay is configured")
    assert api.post(f"/api/v1/message/{store_id}/release", json={"To": ["x"]}).text == "Invalid email address: x"


def test_a_relay_with_tls_and_a_login(authority: trustme.CA) -> None:
    """STARTTLS and AUTH by the settings; the error of a wrong password does not show it."""
    with smtp_server(authority, auth=True) as server:
        settings = {"smtp_relay_port": server.port, "smtp_relay_starttls": True, "smtp_relay_username": "me"}
        with relaying(**settings, smtp_relay_password="secret") as (api, _, path):
            assert api.post(path, json={"To": ["x@y.test"]}).text == "ok"
        with relaying(**settings, smtp_relay_password="hunter2") as (api, _, path):
            answer = api.post(path, json={"To": ["x@y.test"]})
            assert (answer.status_code, answer.text[:28]) == (400, "SMTP error: login refused: 5")
            assert "hunter2" not in answer.text
        assert server.logins == [("me", "secret")]
        assert server.messages[0].over_tls


def test_a_relay_that_hangs_blocks_nothing_else() -> None:
    """More releases than there are threads for them wait; pages answer meanwhile, and stopping cuts the sessions."""
    with scripted(b"220 hi\r\n", b"250 hi\r\n") as server, ThreadPoolExecutor(20) as pool:
        with relaying(smtp_relay_port=server.port, smtp_relay_timeout=600) as (api, running, path):
            url = running.url.rstrip("/") + path

            def release() -> int:
                with contextlib.suppress(httpx2.HTTPError):
                    return httpx2.post(url, json={"To": ["x@y.test"]}, timeout=60).status_code
                return 0

            waiting = [pool.submit(release) for _ in range(20)]
            assert server.silent.wait(20)
            assert api.get("/api/v1/messages").json()["total"] == 1
        assert all(each.result(timeout=20) in (0, 400, 500, 503) for each in waiting)
    assert not [each for each in threading.enumerate() if each.name.startswith("catcher-relay")]


def test_another_backend_can_be_the_relay(tmp_path: Path) -> None:
    """Any dotted path with its options; Django's names mean the library's."""
    directory = tmp_path / "out"
    settings = {
        "smtp_relay_host": "",
        "smtp_relay_backend": "django.core.mail.backends.filebased.EmailBackend",
        "smtp_relay_options": f'{{"file_path": "{directory}"}}',
    }
    with relaying(**settings) as (api, _, path):
        assert api.post(path, json={"To": ["x@y.test"]}).text == "ok"
    [file] = directory.iterdir()
    assert b"JVBERi0xLjQKJeKCrA==\r\n--outer" in file.read_bytes()


def test_relays_have_names(sink: Mailbox) -> None:
    """Each with its own server, lists and rewriting; the one of the single settings is the default."""
    with smtp_server() as staging:
        more = {
            "staging": {"host": "127.0.0.1", "port": staging.port, "blocked-recipients": "boss", "password": "hunter2"},
            "nowhere": {"backend": "catcher.mail.backends.dummy.EmailBackend", "return_path": "r@example.com"},
        }
        with relaying(smtp_relay_port=sink.port, relays=more) as (api, _, path):
            answer = api.get("/api/v1/relays")
            assert [(each["Name"], each["Server"]) for each in answer.json()] == [
                ("default", f"127.0.0.1:{sink.port}"), ("staging", f"127.0.0.1:{staging.port}"),
                ("nowhere", "catcher.mail.backends.dummy.EmailBackend"),
            ]  # fmt: skip
            assert "hunter2" not in answer.text
            assert (answer.json()[1]["BlockedRecipients"], answer.json()[2]["ReturnPath"]) == ("boss", "r@example.com")
            for relay in ("staging", "nowhere", ""):
                assert api.post(path, json={"To": ["x@y.test"], "Relay": relay}).text == "ok"
            assert "blocklist" in api.post(path, json={"To": ["boss@y.test"], "Relay": "staging"}).text
        assert (len(sink.messages), len(staging.messages)) == (1, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp_relay_backend": "no.such.Backend"},
        {"smtp_relay_backend": "catcher.mail.backends.filebased.EmailBackend", "smtp_relay_host": ""},
        {"smtp_relay_return_path": "no address"},
        {"smtp_relay_override_from": "ü@example.com"},
        {"smtp_relay_allowed_recipients": "("},
        {"smtp_relay_port": "0"},
        {"smtp_relay_options": "[]"},
        {"smtp_relay_starttls": True, "smtp_relay_tls": True},
        {"relays": '{"default": {"host": "x"}}'},
        {"relays": '{"a": {"host": "x", "starttls": true, "tls": true}}'},
        {"relays": '{"a": {"hots": "x"}}'},
        {"relays": '{"a": {"port": 25}}'},
        {"relays": '{"a b": {"host": "x"}}'},
        {"relays": '{"a": 5}'},
        {"relays": "{"},
    ],
)
def test_an_invalid_setting_of_the_relay_prevents_the_start(settings: dict[str, Any]) -> None:
    """It never becomes a default."""
    with pytest.raises(SettingError), relaying(**settings):
        pass


def test_rules_relay_mail_automatically(sink: Mailbox) -> None:
    """Recipients that match, or the results of a query to other recipients; the API lists the deliveries."""
    rules = '[{"query": "subject:invoice", "to": "audit@example.net", "relay": "second"}]'
    with smtp_server() as other:
        more = {"second": {"host": "127.0.0.1", "port": other.port}}
        given = {"smtp_relay_matching": "@example.org$", "relay_rules": rules, "relays": more}
        with relaying(smtp_relay_port=sink.port, **given) as (api, running, _):
            with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client:
                client.sendmail("a@example.com", ["x@example.org", "y@example.com"], plain(1, subject="invoice 1"))
            shown: list[dict[str, Any]] = []

            def is_sent() -> bool:
                shown[:] = api.get("/api/v1/outgoing").json()["jobs"]
                return len(shown) == 2 and all(each["state"] == "sent" for each in shown)

            wait_until(is_sent, said=lambda: f"not sent: {shown}")
            stored = api.get("/api/v1/messages").json()["messages"][0]
            assert [(each["relay"], each["recipients"], each["due_at"], each["attempts"]) for each in shown] == [
                ("second", ["audit@example.net"], None, 1), ("default", ["x@example.org"], None, 1),
            ]  # fmt: skip
            assert {each["message_id"] for each in shown} == {stored["ID"]}
    assert [(each.mail_from, each.rcpt_tos) for each in sink.messages] == [("a@example.com", ["x@example.org"])]
    for arrived in (*sink.messages, *other.messages):
        assert arrived.content.partition(b"\r\n")[2] == plain(1, subject="invoice 1")


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp_relay_all": True},
        {"smtp_relay_matching": "x"},
        {"relay_rules": '[{"to": "a@b.test"}]'},
        {"relay_rules": '[{"relay": "other"}]', "smtp_relay_host": "127.0.0.1"},
        {"relay_rules": '[{"query": "before:never"}]', "smtp_relay_host": "127.0.0.1"},
        {"relay_rules": '[{"recipients": "("}]', "smtp_relay_host": "127.0.0.1"},
        {"relay_rules": '[{"too": "a@b.test"}]', "smtp_relay_host": "127.0.0.1"},
        {"relay_rules": "{}"},
        {"relay_rules": "["},
    ],
)
def test_an_invalid_rule_prevents_the_start(settings: dict[str, Any]) -> None:
    """A missing relay, an invalid query or pattern, an unknown key."""
    with pytest.raises(SettingError), running_catcher(**settings):
        pass


# Before the reply


@pytest.fixture
def picky() -> Iterator[Mailbox]:
    """A server that refuses one recipient."""
    with smtp_server() as mailbox:
        mailbox.refuse.add("no@example.org")
        yield mailbox


@pytest.fixture
def free_port() -> int:
    """A port without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def prompt(port: int, **more: Any) -> contextlib.AbstractContextManager[tuple[httpx2.Client, RunningCatcher, str]]:
    """A catcher whose senders wait for the relay."""
    return relaying(smtp_relay_port=port, smtp_relay_all=True, smtp_relay_forward_smtp_errors=True, **more)


def test_senders_get_the_relays_rejection(picky: Mailbox) -> None:
    """If no recipient is accepted, the sender gets the rejection; the message is kept. Mailpit compatibility: Relay."""
    with prompt(picky.port) as (api, running, _):
        with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=60) as client:
            with pytest.raises(smtplib.SMTPDataError) as caught:
                client.sendmail("a@example.com", ["no@example.org"], plain(1))
            assert caught.value.smtp_code == 550
            client.sendmail("a@example.com", ["yes@example.org", "no@example.org"], plain(2))
        assert api.get("/api/v1/messages").json()["total"] == 3
        jobs = api.get("/api/v1/outgoing").json()["jobs"]
    assert picky.messages[-1].rcpt_tos == ["yes@example.org"]
    assert [(job["state"], job["attempts"]) for job in jobs[:2]] == [("failed", 1), ("failed", 1)]


def test_an_unavailable_relay_is_a_temporary_error(free_port: int) -> None:
    """4yz: the sender retries, so the outbox does not."""
    with (
        prompt(free_port) as (api, running, _),
        smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=60) as client,
    ):
        with pytest.raises(smtplib.SMTPDataError) as caught:
            client.sendmail("a@example.com", ["x@example.org"], plain(1))
        assert caught.value.smtp_code == 451
        assert api.get("/api/v1/outgoing").json()["jobs"][0]["state"] == "failed"


def test_mail_without_a_matching_rule_does_not_wait_for_the_relay(free_port: int) -> None:
    """Only relayed mail depends on the relay."""
    rules = '[{"query": "subject:out", "forward_smtp_errors": true}]'
    with (
        relaying(smtp_relay_port=free_port, relay_rules=rules) as (_, running, _path),
        smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=60) as client,
    ):
        client.sendmail("a@example.com", ["x@example.org"], plain(1, subject="inside"))
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("a@example.com", ["x@example.org"], plain(1, subject="out"))


# Send and relay


def test_a_message_is_stored_and_relayed_in_one_request(picky: Mailbox) -> None:
    """`?relay=`: stored, then relayed unchanged; the response has the outcome for each recipient."""
    message = {"From": {"Email": "a@example.com"}, "To": [{"Email": "x@example.org"}, {"Email": "no@example.org"}]}
    with relaying(smtp_relay_port=picky.port) as (api, _, _path):
        answer = api.post("/api/v1/send?relay=default", json=message)
        assert answer.status_code == 200
        sent = answer.json()
        assert [(each["Address"], each["Accepted"], each["Code"]) for each in sent["Relayed"]] == [
            ("x@example.org", True, 250),
            ("no@example.org", False, 550),
        ]
        assert api.get(f"/api/v1/message/{sent['ID']}").status_code == 200
        assert "Relayed" not in api.post("/api/v1/send", json=message).json()
        total = api.get("/api/v1/messages").json()["total"]
        for name in ("nosuch", "x" * 1000):
            answer = api.post(f"/api/v1/send?relay={name}", json=message)
            assert (answer.status_code, list(answer.json())) == (400, ["Error"])
        assert api.get("/api/v1/messages").json()["total"] == total
    assert [each.rcpt_tos for each in picky.messages] == [["x@example.org"]]


def test_a_message_that_cannot_be_relayed_is_kept(free_port: int) -> None:
    """The relay is down: the error has the id of the stored message."""
    message = {"From": {"Email": "a@example.com"}, "To": [{"Email": "x@example.org"}]}
    with relaying(smtp_relay_port=free_port) as (api, _, _path):
        answer = api.post("/api/v1/send?relay=default", json=message)
        assert answer.status_code == 400
        (newest,) = api.get("/api/v1/messages?limit=1").json()["messages"]
        assert newest["ID"] in answer.json()["Error"]
