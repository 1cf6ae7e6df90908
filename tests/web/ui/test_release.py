"""The release page: who will get the message, which addresses the relay's lists forbid, what became of each one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from catcher.testing import running_catcher
from tests.mail.servers import smtp_server
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail


@contextmanager
def releasing(**settings: Any) -> Iterator[tuple[httpx2.Client, str]]:
    """A catcher with a relay and one message for two people: a client, and the path of the page."""
    with running_catcher(smtp_relay_host="127.0.0.1", **settings) as running:
        box = Mailbox(running)
        box.send(mail("Onward", text="Hello.\n", to="ann@example.org, boss@example.org"))
        with httpx2.Client(base_url=running.url, timeout=30) as client:
            yield client, f"view/{box.id_of('Onward')}/release"


def boxes(text: str) -> dict[str, str]:
    """The addresses that are offered, and the attributes of their boxes."""
    return dict(re.findall(r'name="to" value="([^"]*)"([^>]*)>', text))


def test_the_page_lists_possible_recipients() -> None:
    """The envelope's recipients, none selected; forbidden ones cannot be."""
    lists = {"smtp_relay_allowed_recipients": "@example.org$", "smtp_relay_blocked_recipients": "^boss@"}
    with releasing(smtp_relay_port=9, **lists) as (client, path):
        text = client.get(path).text
        assert boxes(text) == {"ann@example.org": "", "boss@example.org": " disabled"}
        assert "on the blocklist" in text
        assert "<code>@example.org$</code>" in text
        checked = client.get(path, params={"to": "ann@example.org", "others": "x@elsewhere.example, y@example.org"})
        assert boxes(checked.text) == {
            "ann@example.org": " checked",
            "boss@example.org": " disabled",
            "x@elsewhere.example": " disabled",
            "y@example.org": "",
        }
        assert "not on the allowlist" in checked.text


def test_a_release_goes_to_the_selected_recipients() -> None:
    """Recipient by recipient, with the server's reply."""
    with smtp_server() as sink, releasing(smtp_relay_port=sink.port) as (client, path):
        answer = client.post(path, data={"to": ["ann@example.org"], "others": "Bob <bob@example.org>"})
        assert answer.status_code == 200
        assert "Sent to 2 recipients" in answer.text
        assert [message.rcpt_tos for message in sink.messages] == [["ann@example.org", "bob@example.org"]]


def test_what_is_wrong_is_said_and_nothing_is_sent() -> None:
    """What happened, what it means for the mail; the ticks stay."""
    with smtp_server() as sink, releasing(smtp_relay_port=sink.port) as (client, path):
        for data, said in (
            ({}, "No valid addresses found"),
            ({"to": ["ann@example.org"], "others": "no address"}, "Invalid email address: no address"),
            ({"to": ["ann@example.org"], "relay": "nowhere"}, "There is no such relay."),
        ):
            answer = client.post(path, data=data)
            assert answer.status_code == 400
            assert said in answer.text
            assert "Nothing was sent." in answer.text
        assert sink.messages == []
    with releasing(smtp_relay_port=9) as (client, path):
        answer = client.post(path, data={"to": ["ann@example.org"]})
        assert answer.status_code == 400
        assert 'value="ann@example.org" checked' in answer.text


def test_without_a_relay_the_page_explains_the_setting(reader: httpx2.Client, filled: Mailbox) -> None:
    """There is no form that could only fail."""
    text = reader.get(f"view/{filled.id_of('Welcome')}/release").text
    assert "No relay is configured." in text
    assert 'data-testid="release"' not in text


def test_refused_recipients_are_listed_first() -> None:
    """Some have it, some have not: the refused ones come first, with the reply."""
    with smtp_server() as sink, releasing(smtp_relay_port=sink.port) as (client, path):
        sink.refuse.add("boss@example.org")
        answer = client.post(path, data={"to": ["ann@example.org", "boss@example.org"]})
        assert "Sent to 1 recipient" in answer.text
        results = answer.text[answer.text.index('data-testid="results"') :].partition("</ul>")[0]
        assert re.findall(r'class="mono">([^<]*)', results) == ["boss@example.org", "ann@example.org"]
        assert "550 no such mailbox" in results
