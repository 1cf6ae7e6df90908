"""Threads: what belongs together, and why something does not."""

import re

import httpx2
import pytest

from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, thread


def lines(text: str) -> list[str]:
    """The subjects of a thread's page."""
    found = text[text.index('data-testid="thread"') :].partition("</ol>")[0]
    return re.findall(r"<a href=\"/view/[^>]*>([^<]*)", found)


def test_the_messages_of_a_thread_find_each_other(mailbox: Mailbox, http: httpx2.Client) -> None:
    """RFC 5322 §3.6.4: from its beginning and from each answer the whole of it, oldest first."""
    mailbox.send(*thread(), mail("Lunch on Friday", text="Another lunch.\n", Message_ID="<other@acme.example>"))
    ids = [summary.store_id for summary in mailbox.catcher.store.page().messages]
    for store_id in ids[1:]:
        assert f'href="/thread/{store_id}"' in http.get(f"view/{store_id}").text
        found = lines(http.get(f"thread/{store_id}").text)
        assert found == ["Lunch on Friday", "Re: Lunch on Friday", "Re: Lunch on Friday"]
    assert lines(http.get(f"thread/{ids[0]}").text) == ["Lunch on Friday"]
    text = http.get(f"thread/{ids[1]}").text
    assert "1 other message has the same subject, but neither refers to the other." in text


def test_a_reply_outside_of_a_thread_shows_the_reasons(mailbox: Mailbox, http: httpx2.Client) -> None:
    """What axllent/mailpit#567 asks for: why a mail does not thread."""
    mailbox.send(
        mail("Re: Invoice", text="x", In_Reply_To="<gone@acme.example>", Message_ID="<a@acme.example>"),
        mail("AW: Order", text="x"),
        mail("Alone", text="x", Message_ID="<b@acme.example>"),
    )
    text = http.get(f"thread/{mailbox.id_of('Re: Invoice')}").text
    assert "This message replies to &lt;gone@acme.example&gt;, which is not in this mailbox." in text
    assert "Reply without thread headers" in http.get(f"view/{mailbox.id_of('AW: Order')}").text
    text = http.get(f"thread/{mailbox.id_of('AW: Order')}").text
    assert "In-Reply-To and References are missing" in text
    assert "no Message-ID field" in text
    assert "Reply without thread headers" not in http.get(f"view/{mailbox.id_of('Alone')}").text
    assert "are consistent" in http.get(f"thread/{mailbox.id_of('Alone')}").text


@pytest.mark.slow
def test_endless_references_cost_a_bounded_search(mailbox: Mailbox, http: httpx2.Client) -> None:
    """A thousand ids are a thousand strangers."""
    many = " ".join(f"<{number}@x.example>" for number in range(1000))
    mailbox.send(mail("Re: Endless", text="x", References=many))
    assert http.get(f"view/{mailbox.id_of('Endless')}").status_code == 200
    assert http.get(f"thread/{mailbox.id_of('Endless')}").text.count("which is not in this mailbox") == 5
    assert http.get("thread/x").status_code == 404
