"""The parts and headers views by plain HTTP: what is in a part, and fields by kind and by what else has them."""

import html
import re

import httpx2
import pytest

from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, png


def content(text: str) -> str:
    """What a page shows of the chosen part."""
    return text[text.index('data-testid="content"') :].partition("</li>")[0]


def field_names(text: str) -> list[str]:
    return re.findall(r"<div class=\"g-\w+\"><dt>([^<]+)", text)


def test_a_part_can_be_looked_at_decoded_and_as_sent(reader: httpx2.Client, filled: Mailbox) -> None:
    """Click a part for its content, in both forms, with its header fields and checksums."""
    path = f"view/{filled.id_of('Weekly report')}"
    tree = reader.get(path, params={"view": "parts"}).text
    assert 'data-testid="content"' not in tree
    hrefs = [html.unescape(href) for href in re.findall(r'<a href="([^"]*)" class="type"', tree)]
    assert len(hrefs) == 3
    assert "day,count" in content(reader.get(hrefs[1]).text)
    sent = content(reader.get(f"{hrefs[1]}&as=sent").text)
    assert "ZGF5LGNvdW50" in sent or "day,count" in sent
    image = content(reader.get(hrefs[2]).text)
    src = re.search(r'<img src="([^"]*)" alt="chart of the week.png">', image)
    assert src is not None
    assert reader.get(html.unescape(src[1])).headers["content-type"] == "image/png"
    assert "iVBORw0KGgo" in content(reader.get(f"{hrefs[2]}&as=sent").text)
    for name in ("MD5", "SHA-1", "SHA-256"):
        assert f"<dt>{name}</dt>" in tree


def test_a_binary_part_has_no_preview(reader: httpx2.Client, filled: Mailbox) -> None:
    """A PDF is saved or opened by itself; a part that is not there is not shown."""
    path = f"view/{filled.id_of('Invoice')}"
    assert "No preview for this type" in content(reader.get(path, params={"view": "parts", "part": "2"}).text)
    for part in ("9", "<script>", "0"):
        assert 'data-testid="content"' not in reader.get(path, params={"view": "parts", "part": part}).text


def test_html_and_scripts_in_a_part_are_text(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Decoded or as sent: escaped; a drawing that could run is no image here."""
    message = mail("Parts", text="x")
    message.add_attachment("<script>alert(1)</script>", subtype="html", filename="b.html")
    message.add_attachment(b"<svg onload='alert(1)'/>", "image", "svg+xml", filename="c.svg")
    message.add_attachment(png(2, 2, (0, 0, 0)), "image", "png", filename="a.png")
    mailbox.send(message)
    path = f"view/{mailbox.id_of('Parts')}"
    assert "&lt;script&gt;alert(1)" in content(http.get(path, params={"view": "parts", "part": "2"}).text)
    assert "<img" not in content(http.get(path, params={"view": "parts", "part": "3"}).text)


@pytest.mark.slow
def test_a_large_part_is_cut_and_said_to_be(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The page stays small; the download has all of it."""
    mailbox.send(mail("Long", text="0123456789 " * 40_000))
    answer = http.get(f"view/{mailbox.id_of('Long')}", params={"view": "parts", "part": "0"})
    assert "only the beginning is shown" in answer.text
    assert len(answer.text) < 200_000


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("list", ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"]),
        ("who", ["From", "To", "Subject"]),
        ("content", ["MIME-Version", "Content-Type"]),
    ],
)
def test_fields_are_narrowed_by_kind(reader: httpx2.Client, filled: Mailbox, group: str, names: list[str]) -> None:
    """Groups; only those that the message has are offered, with their number."""
    path = f"view/{filled.id_of('Acme news')}"
    assert field_names(reader.get(path, params={"view": "headers", "group": group}).text) == names
    text = reader.get(path, params={"view": "headers"}).text
    offered = text[text.index('class="chips groups"') :].partition("</nav>")[0]
    assert "Mailing list 3" in offered
    assert "Authentication" not in offered
    assert len(field_names(reader.get(path, params={"view": "headers", "group": "x"}).text)) == len(field_names(text))


def test_a_field_leads_to_other_messages_with_it(mailbox: Mailbox, http: httpx2.Client) -> None:
    """A search for `header:value`, whatever the value has in it."""
    odd = 'say "hi" (and) \\ more: -x OR y'
    mailbox.send(
        mail("First", text="x", X_Odd=odd), mail("Second", text="x", X_Odd=odd), mail("Third", text="x", X_Odd="other")
    )
    text = http.get(f"view/{mailbox.id_of('First')}", params={"view": "headers"}).text
    field = text[text.index("<dt>X-Odd</dt>") :].partition("</dd>")[0]
    href = re.search(r'<a href="([^"]*)">Find similar', field)
    assert href is not None
    found = http.get(html.unescape(href[1])).text
    assert re.findall(r'aria-label="Select (\w+)"', found) == ["Second", "First"]
    assert f'data-copy="X-Odd: {html.escape(odd)}"'.replace("&quot;", "&#34;") in text


def test_the_checks_tab_shows_the_number_of_findings(http: httpx2.Client, mailbox: Mailbox) -> None:
    """Checks (n). The page does not wait for it; what is known stands there, nothing when all is well."""
    mailbox.send(mail("Grey", html='<p style="color:#bbb">grey</p><img src="cid:none">'))
    path = f"view/{mailbox.id_of('Grey')}"
    before = http.get(path).text
    assert "data-uncounted" in before
    assert 'data-testid="finding-count"' not in before
    count = http.get(f"{path}/findings")
    assert count.status_code == 200
    number = re.search(r"\">(\d+)<span class=\"sr\"> errors and warnings", count.text)
    assert number is not None
    after = http.get(path).text
    assert "data-uncounted" not in after
    assert count.text in after
    checks = http.get(path, params={"view": "checks"}).text
    shown = sum(int(each) for each in re.findall(r">(\d+) (?:error|warning)s?<", checks))
    assert shown == int(number[1])
    assert http.get(f"view/{'0' * 22}/findings").status_code == 404
