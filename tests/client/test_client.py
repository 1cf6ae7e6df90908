"""The Python client against a real catcher: the same promises for the blocking and the asynchronous one."""

import asyncio
import inspect
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from catcher.client import (
    AsyncCatcher,
    AsyncInbox,
    AsyncMessage,
    BadRequest,
    Catcher,
    Conflict,
    Inbox,
    Message,
    Missing,
    NotAllowed,
    NothingCame,
    NotInMessage,
    Unavailable,
    UnexpectedMail,
    Unreachable,
    Unreadable,
    operations,
)
from catcher.store import Everything
from catcher.testing import RunningCatcher, running_catcher


@pytest.fixture(scope="module")
def shared_catcher() -> Iterator[RunningCatcher]:
    """One catcher for all tests of the module."""
    with running_catcher(pop3="127.0.0.1:0", enable_chaos=True, enable_prometheus=True) as running:
        yield running


@pytest.fixture
def server(shared_catcher: RunningCatcher) -> RunningCatcher:
    """The module's catcher with an empty mailbox."""
    shared_catcher.store.delete(Everything())
    return shared_catcher


@pytest.fixture
def catcher(server: RunningCatcher) -> Iterator[Catcher]:
    """A client that blocks."""
    with Catcher(server.url) as client:
        yield client


def send(inbox: Inbox | AsyncInbox, subject: str = "Welcome", *, to: str = "ann@example.com", html: str = "") -> None:
    """Send a message to an inbox, by its credentials."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "App <app@example.com>", to, subject
    message.set_content("Your code is 493021.\n")
    if html:
        message.add_alternative(html, subtype="html")
    message.add_attachment(b"\x00\x01", "application", "pdf", filename="r.pdf")
    with smtplib.SMTP(inbox.host, inbox.port, timeout=30) as client:
        client.login(inbox.username, inbox.password)
        client.send_message(message)


def test_a_test_in_a_few_lines(catcher: Catcher) -> None:
    """Create an inbox, send mail to it, wait for the mail, and read all its properties."""
    with catcher.inbox() as inbox:
        html = '<p>Hello</p><p><a href="https://app.example.com/confirm?t=1">Confirm your address</a></p>'
        send(inbox, html=html)
        message = inbox.wait(subject="welcome", to="ann@", from_="App")
        assert isinstance(message, Message)
        assert (message.subject, message.from_.address, message.recipients) == (
            "Welcome",
            "app@example.com",
            ("ann@example.com",),
        )
        assert message.text.strip() == "Your code is 493021."
        assert "Confirm" in message.html
        assert message.code == "493021"
        assert message.link == "https://app.example.com/confirm?t=1"
        assert [str(code) for code in message.codes] == ["493021"]
        assert "https://app.example.com/confirm?t=1" in map(str, message.links)
        assert message.headers["Subject"] == ["Welcome"]
        assert message.raw.startswith(b"From: App <app@example.com>\r\n")
        (file,) = message.attachments
        assert (file.name, file.content_type, file.content) == ("r.pdf", "application/pdf", b"\x00\x01")
        assert inbox.messages == (message,)
        assert inbox.latest() == message
        assert not message.is_read
    with pytest.raises(Missing):
        catcher.open_inbox(inbox.name)


def test_the_asynchronous_client_does_the_same(server: RunningCatcher) -> None:
    """Every step of the blocking client, awaited."""

    async def body() -> None:
        async with AsyncCatcher(server.url) as catcher, await catcher.inbox() as inbox:
            await asyncio.to_thread(send, inbox)
            message = await inbox.wait(subject="welcome")
            assert isinstance(message, AsyncMessage)
            assert (message.subject, message.code) == ("Welcome", "493021")
            assert (await message.raw()).startswith(b"From: App")
            assert (await message.headers())["Subject"] == ["Welcome"]
            assert await message.attachments[0].content() == b"\x00\x01"
            assert await inbox.messages() == (message,)
            await message.mark()
            assert (await inbox.latest()).is_read
            await message.delete()
            await inbox.wait_absent(timeout=0)
            name = inbox.name
            with pytest.raises(NothingCame):
                await inbox.wait(timeout=0)
            assert (await catcher.info()).messages == 0
        async with AsyncCatcher(server.url) as catcher:
            with pytest.raises(Missing):
                await catcher.open_inbox(name)

    asyncio.run(body())


def test_a_timeout_shows_the_messages_that_arrived(catcher: Catcher) -> None:
    """The error has the query, the messages that arrived instead, and why each did not match."""
    with catcher.inbox() as inbox:
        send(inbox, "Goodbye")
        with pytest.raises(NothingCame) as caught:
            inbox.wait(subject="welcome", timeout=0)
        assert str(caught.value) == (
            f'no message came within 0 seconds: subject:"welcome" in the inbox {inbox.name}\n'
            "what came instead:\n"
            "  'Goodbye' from app@example.com to ann@example.com\n"
            "      subject:welcome did not match 'Goodbye'"
        )
        assert isinstance(caught.value, TimeoutError)
        assert caught.value.near_misses[0].message.subject == "Goodbye"


def test_a_timeout_shows_the_messages_that_matched(catcher: Catcher) -> None:
    """Of several expected messages, those that arrived are shown as matches."""
    with catcher.inbox() as inbox:
        send(inbox)
        with pytest.raises(NothingCame, match=r"(?s)1 of 2 messages came.*these did:\n  'Welcome' from"):
            inbox.wait_for_all(2, timeout=0)


def test_unexpected_mail_is_shown(catcher: Catcher) -> None:
    """An AssertionError with the messages."""
    with catcher.inbox() as inbox:
        inbox.wait_absent(timeout=0)
        send(inbox, "Surprise")
        with pytest.raises(UnexpectedMail, match=r"'Surprise' from app@example\.com") as caught:
            inbox.wait_absent(timeout=600)
        assert isinstance(caught.value, AssertionError)


def test_since_continues_after_a_message(catcher: Catcher) -> None:
    """A cursor or a message: earlier messages do not count."""
    with catcher.inbox() as inbox:
        for number in range(3):
            send(inbox, str(number))
        first = inbox.wait(since=inbox.cursor)
        second = inbox.wait(since=first)
        assert [first.subject, second.subject] == ["0", "1"]
        assert [each.subject for each in catcher.messages(since=second.cursor)] == ["2"]
        assert [each.subject for each in inbox.wait_for_all(3)] == ["0", "1", "2"]


@pytest.mark.slow
def test_all_messages_may_take_several_requests(catcher: Catcher, server: RunningCatcher) -> None:
    """A list that needs several requests is complete and in order."""
    for number in range(205):
        catcher.send_octets(f"Subject: {number}\r\n\r\n".encode(), from_="a@example.com", to=["b@example.com"])
    assert [message.subject for message in catcher.messages()] == [str(number) for number in range(205)]


def test_addresses_lead_to_the_inbox(catcher: Catcher, server: RunningCatcher) -> None:
    """Without logging in."""
    with catcher.inbox() as inbox, smtplib.SMTP(inbox.host, inbox.port, timeout=30) as client:
        assert (inbox.host, inbox.port) == (server.smtp_host, server.smtp_port)
        client.sendmail("a@example.com", [inbox.address("ann")], b"Subject: hello\r\n\r\n")
        assert inbox.wait().recipients == (f"ann@{inbox.name}.inbox.test",)


def test_conditions_are_taken_literally(catcher: Catcher) -> None:
    """Their characters are never operators of the search language."""
    strange = 'a "b" OR (c) -d to:e =f \\ g'
    with catcher.inbox() as inbox:
        send(inbox, strange)
        send(inbox, "other")
        assert inbox.wait(subject=strange, timeout=0).subject == strange
        assert inbox.wait(text=strange, timeout=0).subject == strange
        assert inbox.wait("subject:nothing OR subject:other", to="ann", timeout=0).subject == "other"
        with pytest.raises(NothingCame):
            inbox.wait("subject:nothing OR subject:other", to="bob", timeout=0)
        with pytest.raises(ValueError, match="subject"):
            inbox.wait(subject=" ")


def test_a_message_without_code_or_link_raises_an_error(catcher: Catcher) -> None:
    """The error has the message's text."""
    catcher.send(from_="a@example.com", to=["b@example.com"], subject="Plain", text="nothing to do")
    message = catcher.latest()
    with pytest.raises(NotInMessage, match=r"(?s)'Plain'.*nothing to do"):
        message.code  # noqa: B018
    with pytest.raises(NotInMessage, match="'Plain'"):
        message.link  # noqa: B018


def test_events_arrive_as_they_happen(catcher: Catcher) -> None:
    """Events of an inbox, from a cursor on."""
    with catcher.inbox() as inbox:
        send(inbox, "first")
        events = inbox.events(after=inbox.cursor)
        first = next(events)
        assert (first.kind, first.summary and first.summary.subject) == ("new", "first")
        inbox.latest().mark()
        second = next(events)
        assert (second.kind, second.store_id, second.is_read) == ("update", first.store_id, True)
        inbox.latest().delete()
        assert next(events).kind == "delete"
        events.close()  # type: ignore[attr-defined]


def test_faults_of_an_inbox_affect_its_mail_only(catcher: Catcher) -> None:
    """They are added through the inbox and reject only its mail."""
    with catcher.inbox() as inbox, catcher.inbox() as other:
        fault = inbox.add_fault("rcpt", code=550, times=1)
        assert (fault.inbox, catcher.faults(inbox=inbox.name)) == (inbox.name, (fault,))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(inbox)
        send(other)
        inbox.clear_faults()
        assert catcher.faults(inbox=inbox.name) == ()


def test_every_other_route_has_a_method(catcher: Catcher) -> None:
    """Each is called once and returns a value."""
    sent = catcher.send(
        from_="a@example.com",
        to=["b@example.com"],
        subject="x",
        text="x",
        html="<p>x</p>",
        attachments={"a.txt": b"x"},
        tags=["t"],
    )
    assert catcher.message(sent.id).cursor == sent.cursor
    page = catcher.page(limit=1)
    assert (page.messages[0].id, page.cursor) == (sent.id, sent.cursor)
    assert catcher.search("subject:x").messages_count == 1
    assert catcher.part(sent.id, catcher.message(sent.id).attachments[0].info.part_id) == b"x"
    assert catcher.extract(sent.id).codes == ()
    assert "<p>x</p>" in catcher.html_document(sent.id)
    assert catcher.text_document(sent.id).strip() == "x"
    assert catcher.checks(sent.id)
    assert catcher.html_check(sent.id)
    catcher.set_tags([sent.id], ["old"])
    catcher.rename_tag("old", "new name")
    assert catcher.tags() == ("new name",)
    catcher.delete_tag("new name")
    verdicts = catcher.check_assertions(sent.id, [{"assert": "subject", "equals": "y"}])
    assert (verdicts.passed, verdicts.outcomes[0].passed) == (False, False)
    assert catcher.relays() == ()
    with pytest.raises(BadRequest):
        catcher.release(sent.id, ["c@example.com"])
    catcher.set_faults([{"stage": "data", "code": 451}])
    (fault,) = catcher.faults()
    assert catcher.remove_fault(fault.id) == ()
    assert catcher.set_chaos({"Sender": {"ErrorCode": 451, "Probability": 0}}).keys() == catcher.chaos().keys()
    assert catcher.outgoing() == ()
    assert catcher.webhooks() == ()
    with pytest.raises(Missing):
        catcher.test_webhook("none")
    token = catcher.make_token("ci", scope="read", days=1, inbox="x")
    assert token.secret
    assert [each.inbox for each in catcher.tokens()] == ["x"]
    catcher.revoke_token(token.id)
    assert catcher.info().messages == 1
    assert catcher.web_configuration()["ChaosEnabled"] is True
    assert catcher.openapi()["openapi"] == "3.1.0"
    assert "catcher" in catcher.metrics()
    assert catcher.is_ready()
    assert isinstance(catcher.sessions(), tuple)
    with pytest.raises(Missing):
        catcher.ca_certificate()
    with pytest.raises(BadRequest):
        catcher.thumbnail(sent.id, "9")
    with pytest.raises(Missing):
        catcher.spam_check(sent.id)
    assert catcher.link_check(sent.id)["Links"] == []
    assert catcher.link_checks(sent.id) == ()
    catcher.mark(query="subject:x", read=True)
    catcher.delete_found("subject:nothing")
    catcher.delete([])
    assert catcher.page().total == 1
    catcher.delete_all()
    assert catcher.page().total == 0


def test_every_route_of_the_document_has_its_method(catcher: Catcher) -> None:
    """Some flow requests each of the routes in the OpenAPI document, except MailHog's."""
    other = {"/api/v2/", "/api/v1/messages/{id}", "/api/v1/swagger.json", "/livez"}
    source = inspect.getsource(operations)
    for path in catcher.openapi()["paths"]:
        if not any(path.startswith(each) for each in other):
            last = [part for part in path.removeprefix("/api/v1").split("/") if part and not part.startswith("{")]
            assert not last or last[-1].split("}")[-1].lstrip(".") in source, path


@pytest.mark.parametrize(("blocks", "awaited"), [(Catcher, AsyncCatcher), (Inbox, AsyncInbox), (Message, AsyncMessage)])
def test_both_clients_have_the_same_methods(blocks: type[Any], awaited: type[Any]) -> None:
    """Names and parameters are the same."""
    names = {name for name in dir(blocks) if not name.startswith("_")}
    assert names == {name for name in dir(awaited) if not name.startswith("_")}
    for name in names:
        one, other = getattr(blocks, name), getattr(awaited, name)
        if callable(one):
            assert list(inspect.signature(one).parameters) == list(inspect.signature(other).parameters)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda catcher: catcher.message("nothing"), Missing),
        (lambda catcher: catcher.latest(), Missing),
        (lambda catcher: catcher.search("before:never"), BadRequest),
        (lambda catcher: catcher.wait_for(inbox="nobody"), Missing),
        (lambda catcher: catcher.wait_for("before:never"), BadRequest),
        (lambda catcher: catcher.inbox(" "), BadRequest),
        (lambda catcher: catcher.delete_inbox("nobody"), Missing),
        (lambda catcher: (catcher.inbox("taken"), catcher.inbox("taken")), Conflict),
        (lambda catcher: catcher.send(from_="nonsense"), BadRequest),
    ],
)
def test_errors_of_the_server_are_exceptions(
    catcher: Catcher, call: Callable[[Catcher], object], expected: type[Exception]
) -> None:
    """Each has its own class, with the server's text."""
    with pytest.raises(expected) as caught:
        call(catcher)
    assert str(caught.value)


def test_an_unknown_inbox_has_no_messages(catcher: Catcher) -> None:
    """Its list is empty."""
    assert catcher.messages(inbox="nobody") == ()


def test_tokens_and_passwords_are_sent() -> None:
    """A token bound to an inbox opens only that one, a password opens all; without either nothing is open."""
    with (
        running_catcher(ui_auth="ann:secret") as server,
        Catcher(server.url, login=("ann", "secret")) as admin,
        admin.inbox() as inbox,
    ):
        with pytest.raises(NotAllowed), Catcher(server.url) as nobody:
            nobody.page()
        send(inbox)
        secret = admin.make_token(inbox=inbox.name).secret
        with Catcher(server.url, token=secret) as bound:
            assert bound.wait_for(inbox=inbox.name).subject == "Welcome"
            with pytest.raises(NotAllowed):
                bound.info()


def test_an_unreachable_catcher_is_an_error(tmp_path: Path) -> None:
    """The error names the URL."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Catcher(url) as catcher, pytest.raises(Unreachable, match=url):
            catcher.info()
        with Catcher(url) as catcher, pytest.raises(Unreachable, match=url):
            next(catcher.events())


def test_another_server_is_recognised() -> None:
    """A response that is not a catcher's is Unreadable, and a failing server Unavailable."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answers = [b"HTTP/1.1 200 OK\r\n\r\n<html>", b"HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad"]

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with Catcher(f"http://127.0.0.1:{listener.getsockname()[1]}") as catcher:
            with pytest.raises(Unreadable):
                catcher.info()
            with pytest.raises(Unavailable, match="bad") as caught:
                catcher.info()
            assert caught.value.status == 502
        thread.join()


def test_the_environment_provides_defaults(server: RunningCatcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """CATCHER_URL and CATCHER_TOKEN replace missing arguments."""
    monkeypatch.setenv("CATCHER_URL", server.url)
    monkeypatch.setenv("CATCHER_TOKEN", "secret")
    with Catcher() as catcher:
        assert (catcher.endpoint.url, catcher.endpoint.token) == (server.url, "secret")
        assert catcher.is_ready()
    assert "secret" not in repr(catcher.endpoint)


def test_importing_is_cheap() -> None:
    """Neither the HTTP library nor anything of the server is imported before it is used."""
    heavy = ("httpx2", "starlette", "sqlalchemy", "aiosmtpd", "catcher.store", "catcher.errors", "asyncio")
    code = f"import catcher.client, sys; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
