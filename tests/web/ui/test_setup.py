"""The setup guide: for the whole mailbox, and for one inbox with its user and password."""

import html
import re
import smtplib

import httpx2
import pytest

from catcher.web.ui.instance.snippets import ANY, Login, filled, frameworks, is_plain
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import welcome

LOGIN = Login(host="mail.test", port="2525", user="ann+1@example.com", password="s3cret-x_y")


def snippets(text: str) -> str:
    """All that a page says to copy."""
    return html.unescape("\n".join(re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)))


@pytest.mark.parametrize("key", frameworks())
def test_every_snippet_has_all_values(key: str) -> None:
    """Host, port, user and password; without a login nothing of one is left but what the program insists on."""
    texts = [entry["text"] for entry in frameworks()[key]["snippet"]]
    whole = "\n".join(filled(text, LOGIN) for text in texts)
    bare = "\n".join(filled(text, Login(host="mail.test", port="2525")) for text in texts)
    for text in (whole, bare):
        assert "mail.test" in text
        assert "2525" in text
        assert not re.search(r"\[\[|\]\]|\{\{|[ \t]$", text, re.MULTILINE)
    # What hands a message over without logging in: php.ini's sendmail_path.
    assert "s3cret-x_y" in whole
    assert "ann+1@example.com" in whole or "ann%2B1%40example.com" in whole
    assert "s3cret" not in bare
    assert len(bare) < len(whole) or ANY in bare


def test_a_name_that_would_be_code_is_not_written() -> None:
    """Mail makes inboxes, so their names are hostile: no quote of one gets into anybody's settings."""
    assert is_plain("ann+1@example.com")
    for name in ('a"; import os; "', "a'b", "a\nb", "a b", "", "$(x)", "a\\"):
        assert not is_plain(name)


def test_an_empty_inbox_shows_its_setup_guide(http: httpx2.Client, mailbox: Mailbox) -> None:
    """The forms of its addresses and the snippets with its own user and password, which really work."""
    made = http.post("api/v1/inboxes", json={"name": "staging"}).json()
    mailbox.send(welcome())  # the mailbox is not empty, the inbox is
    text = http.get("i/staging").text
    assert f'EMAIL_HOST_USER = "{made["username"]}"' in snippets(text)
    assert f'EMAIL_HOST_PASSWORD = "{made["password"]}"' in snippets(text)
    assert "<code><bdi>*+staging@*</bdi></code>" in text
    assert 'href="/setup/rails?i=staging"' in text
    assert made["password"] in snippets(http.get("setup/rails", params={"i": "staging"}).text)
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, timeout=30) as client:
        client.login(made["username"], made["password"])
        client.send_message(welcome())
    assert http.get("i/staging").text.count('data-testid="row"') == 1
    assert 'href="/setup?i=staging"' in http.get("i/staging").text


def test_an_inbox_of_any_password(http: httpx2.Client, mailbox: Mailbox) -> None:
    """An inbox without a password accepts any, and the page says so."""
    text = http.get("setup/python", params={"i": "project-x"}).text
    assert f'client.login("project-x", "{ANY}")' in snippets(text)
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, timeout=30) as client:
        client.login("project-x", ANY)
        client.send_message(welcome())
    assert http.get("i/project-x").text.count('data-testid="row"') == 1


def test_a_hostile_inbox_gets_plain_settings(http: httpx2.Client) -> None:
    """Its name is shown as text and stands in no snippet."""
    name = '"; evil(); "'
    text = http.get("setup/python", params={"i": name}).text
    assert "evil" not in snippets(text)
    assert html.escape(name, quote=True).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in text


def test_the_whole_mailbox_asks_for_no_login(http: httpx2.Client) -> None:
    """Nothing about a user where none is needed."""
    for key in re.findall(r'href="/setup/(\w+)"', http.get("setup").text):
        assert 'data-testid="login"' not in http.get(f"setup/{key}").text
