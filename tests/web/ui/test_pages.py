"""Every page by plain HTTP, as a browser without scripts sees it."""

import html
import re
import smtplib
from pathlib import Path

import httpx2
import pytest

from catcher.paths import data_directory
from catcher.store import Everything
from catcher.web.ui.site.site import PAGE_POLICY
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import PDF, hostile, invoice, mail, page, png, report, thirty, welcome

PAGES = [
    "",
    "search?q=acme",
    "setup",
    "setup/rails",
    "settings",
    "keys",
    "api/v1/",
    "?q=before:nonsense",
    "view/0000000000000000000000",
]


def rows(text: str) -> list[str]:
    """The store ids of the rows of a page, from top to bottom."""
    return re.findall(r'data-id="([0-9A-Za-z]+)" data-testid="row"', text)


def own_fetch(address: str) -> str:
    """An address as the frame's document has it, ready to ask for."""
    return html.unescape(address).lstrip("/")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_policy_of_pages(reader: httpx2.Client, path: str) -> None:
    """No inline script or style, no framing, no resources of other origins."""
    answer = reader.get(path)
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"] or "no-cache" in answer.headers["cache-control"]
    assert " style=" not in answer.text
    assert not re.search(r"<script(?! type=\"module\" src=)", answer.text)


def test_the_list_shows_the_newest_first(reader: httpx2.Client, filled: Mailbox) -> None:
    """Subject, sender, recipient, snippet, time, attachments: what one row says."""
    filled.catcher.store.mark(Everything(), is_read=False)
    text = reader.get("").text
    assert rows(text) == [summary.store_id for summary in filled.catcher.store.page(limit=50).messages]
    row = text[text.index(f'id="r-{filled.id_of("Weekly report")}"') :].partition("</li>")[0]
    for words in ("Weekly report", "Reports", "ann@example.com", "Two files.", "Unread.", "<time datetime="):
        assert words in row
    assert re.search(r"Attachments:\s*</span>2", row)


def test_a_list_page_is_small(reader: httpx2.Client) -> None:
    """50 rows in at most 48 kB of HTML and 1,200 elements."""
    text = reader.get("").text
    per_row = len(text[text.index("<li class") : text.index("</ol>")]) / len(rows(text))
    assert len(text) + per_row * (50 - len(rows(text))) < 48_000
    assert len(re.findall(r"<[a-z]", text)) / len(rows(text)) * 50 < 1200


@pytest.mark.slow
def test_paging_reaches_every_message_once(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Keyset paging (`before`): no message twice, none left out."""
    mailbox.send(*(mail(f"Number {number}", text="x") for number in range(120)))
    found: list[str] = []
    path: str | None = ""
    while path is not None:
        text = http.get(path).text
        found += rows(text)
        older = re.search(r'<a href="([^"]*)" rel="next"', text)
        path = own_fetch(older[1]) if older else None
    assert len(found) == len(set(found)) == 120


def test_an_invalid_search_shows_its_error(reader: httpx2.Client) -> None:
    """It shows nothing rather than everything, and a reason."""
    text = reader.get("", params={"q": "before:nonsense"}).text
    assert rows(text) == []
    assert "Invalid search" in text


def test_a_search_finds_and_keeps_its_place(reader: httpx2.Client, filled: Mailbox) -> None:
    """The query stands in every link of its rows, so Back finds the list again."""
    text = reader.get("search", params={"q": "subject:invoice"}).text
    assert rows(text) == [filled.id_of("Invoice")]
    assert f'/view/{filled.id_of("Invoice")}?q=subject%3Ainvoice"' in text


def test_opening_a_message_marks_it_read(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The page sets the read mark; frame, parts and images fetched by a mail do not."""
    mailbox.send(welcome())
    store, store_id = mailbox.catcher.store, mailbox.id_of("Welcome")
    http.get(f"view/{store_id}/frame")
    http.get(f"view/{store_id}/raw")
    http.get(f"view/{store_id}", headers={"Sec-Fetch-Dest": "image"})
    http.get(f"view/{store_id}", headers={"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "cross-site"})
    http.get(f"view/{store_id}", headers={"Sec-Purpose": "prefetch"})
    http.head(f"view/{store_id}")
    assert not store.summary(store_id).is_read
    assert 'class="row unread' not in http.get(f"view/{store_id}").text
    assert store.summary(store_id).is_read


@pytest.mark.slow
@pytest.mark.parametrize("view", ["html", "text", "source", "parts", "headers", "raw", "checks", "delivery"])
def test_every_mail_has_every_view(reader: httpx2.Client, filled: Mailbox, view: str) -> None:
    """No view of any of the thirty mails fails; one that a mail does not have shows what it has."""
    for summary in filled.catcher.store.page(limit=50).messages:
        answer = reader.get(f"view/{summary.store_id}", params={"view": view})
        assert answer.status_code == 200
        assert 'aria-current="page" data-view-link=' in answer.text


def test_the_text_view_links_addresses(reader: httpx2.Client, filled: Mailbox) -> None:
    """Clickable links in plain text, escaped by the template."""
    text = reader.get(f"view/{filled.id_of('Plain text')}?view=text").text
    assert '<a href="https://example.com/a?b=c" target="_blank" rel="noopener noreferrer">' in text
    assert "&gt; What time?" in text


def test_the_headers_view_keeps_order_and_filters(reader: httpx2.Client, filled: Mailbox) -> None:
    """All fields in order; the filter "unsub" leaves two."""
    path = f"view/{filled.id_of('Acme news')}?view=headers"
    names = re.findall(r"<div class=\"g-\w+\"><dt>([^<]+)", reader.get(path).text)
    assert names[:3] == ["From", "To", "Subject"]
    filtered = reader.get(path + "&filter=unsub").text
    assert re.findall(r"<div class=\"g-\w+\"><dt>([^<]+)", filtered) == ["List-Unsubscribe", "List-Unsubscribe-Post"]


def test_the_headers_view_decodes_and_shows_as_sent(reader: httpx2.Client, filled: Mailbox) -> None:
    """RFC 2047: the decoded value, the encoded one on demand."""
    text = reader.get(f"view/{filled.id_of('Grüße')}?view=headers").text
    assert "Grüße aus Köln, déjà vu" in text
    assert "=?utf-8?" in text


def test_the_parts_view_is_the_tree(reader: httpx2.Client, filled: Mailbox) -> None:
    """Each part with number, type, size, coding; the embedded message's parts below it."""
    text = reader.get(f"view/{filled.id_of('Fwd: Welcome')}?view=parts").text
    tree = re.findall(
        r'<li class="d(\d)">.*?<span class="partid">([\d.]+)</span>\s*<[ab][^>]* ?class="type"[^>]*>([^<]+)',
        text,
        re.DOTALL,
    )
    assert tree == [
        ("0", "0", "multipart/mixed"),
        ("1", "1", "text/plain"),
        ("1", "2", "message/rfc822"),
        ("2", "2.0", "multipart/alternative"),
        ("3", "2.1", "text/plain"),
        ("3", "2.2", "text/html"),
    ]


def test_a_finding_on_the_source_leads_to_its_line(mailbox: Mailbox, http: httpx2.Client) -> None:
    """What cannot be shown in the HTML is marked in the message as sent."""
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, timeout=30) as client:
        client.sendmail("a@example.com", ["b@example.com"], b"From: a@example.com\r\nDate: <never>\r\n\r\nhello\r\n")
    address = f"view/{http.get('api/v1/messages').json()['messages'][0]['ID']}"
    found = re.search(r'href="([^"]*\?[^"]*line=2[^"]*)#marked"', http.get(f"{address}?view=checks").text)
    assert found is not None
    assert '<mark id="marked">Date: &lt;never&gt;</mark>' in http.get(own_fetch(found[1])).text
    assert "<mark" not in http.get(f"{address}?view=raw&line=9999").text


def test_raw_is_what_was_sent(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Promise 2: the octets as they came, to save."""
    octets = bytes(invoice())
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, timeout=30) as client:
        client.sendmail("a@example.com", ["ann@example.com"], octets)
    answer = http.get(f"view/{mailbox.id_of('Invoice')}/raw")
    assert answer.content == octets
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_attachments_are_saved_to_the_octet(reader: httpx2.Client, filled: Mailbox) -> None:
    """An attachment is downloaded byte-exact, under its own name, and never shown by accident."""
    text = reader.get(f"view/{filled.id_of('Invoice')}").text
    save = re.search(r'<a href="([^"]+)" download data-testid="save"', text)
    assert save is not None
    answer = reader.get(own_fetch(save[1]))
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="INV-2026-0042.pdf"'


def test_only_harmless_parts_are_shown(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Images and text may be looked at, HTML as text, SVG not at all; all of it locked."""
    message = mail("Parts", text="x")
    message.add_attachment(png(2, 2, (0, 0, 0)), "image", "png", filename="a.png")
    message.add_attachment("<script>1</script>", subtype="html", filename="b.html")
    message.add_attachment(b"<svg/>", "image", "svg+xml", filename="c.svg")
    mailbox.send(message)
    base = f"view/{mailbox.id_of('Parts')}/part"
    types = [http.get(f"{base}/{number}?show=1").headers["content-type"] for number in (2, 3, 4)]
    assert types == ["image/png", "text/plain; charset=utf-8", "application/octet-stream"]
    for number in (1, 2, 3, 4):
        answer = http.get(f"{base}/{number}?show=1")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert http.get(f"{base}/9").status_code == 404


def test_an_inline_image_needs_its_signature(reader: httpx2.Client, filled: Mailbox) -> None:
    """The signed address gives the image, any other one 403, and it is not kept from opaque origins."""
    store_id = filled.id_of("Inline image")
    answer = reader.get(f"view/{store_id}/frame")
    address = own_fetch(re.search(r'src="([^"]*/cid/[^"]*)"', answer.text)[1])  # type: ignore[index]
    image = reader.get(address)
    assert image.headers["content-type"] == "image/png"
    assert "cross-origin-resource-policy" not in image.headers
    assert f"img-src {filled.url}view/{store_id}/cid/ data:" in answer.headers["content-security-policy"]
    assert reader.get(address[:-1] + ("0" if address[-1] != "0" else "1")).status_code == 403
    assert reader.get(address.partition("?")[0]).status_code == 403


@pytest.mark.slow
def test_large_html_is_shown_on_request(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Above 5 MB a page asks first."""
    mailbox.send(mail("Huge", html=page("Huge", "<p>" + "x" * 900 + "</p>\n" + ("y" * 900 + "\n") * 6000)))
    path = f"view/{mailbox.id_of('Huge')}"
    assert "<iframe" not in http.get(path).text
    assert "Show anyway" in http.get(path).text
    assert "<iframe" in http.get(f"{path}?large=1").text
    assert len(http.get(f"{path}/frame").content) < 1000
    assert len(http.get(f"{path}/frame?large=1").content) > 5_000_000


def test_a_megabyte_in_the_subject_does_not_fill_the_page(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Subject and names are cut in pages, and said to be; the octets are all there."""
    raw = b"From: " + b"y" * 500_000 + b" <a@example.com>\r\nSubject: Long " + b"x" * 1_000_000 + b"\r\n\r\nhello\r\n"
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, timeout=30) as client:
        client.sendmail("a@example.com", ["b@example.com"], raw)
    path = f"view/{mailbox.id_of('Long')}"
    for page_path in ("", path, f"{path}/print"):
        shown = http.get(page_path).text
        assert len(shown) < 40_000, page_path
        assert "xxx…" in shown or not page_path, page_path
    assert http.get(f"{path}/raw").content == raw


@pytest.mark.slow
def test_hostile_mail_reaches_no_page_unescaped(reader: httpx2.Client, filled: Mailbox) -> None:
    """Subject, sender and body of an attacker are text in every view and in the list."""
    store_id = filled.id_of("Your account")
    for path in [
        "",
        *(f"view/{store_id}?view={view}" for view in ("html", "text", "source", "parts", "headers", "raw")),
    ]:
        text = reader.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "\u202e" not in re.sub(r'class="source".*?</pre>', "", text, flags=re.DOTALL)


def test_ticked_messages_are_deleted(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Tick two and delete, by a form; the browser is sent back to the list, which says so."""
    mailbox.send(welcome(), invoice(), report())
    ids = [mailbox.id_of("Welcome"), mailbox.id_of("Weekly")]
    answer = http.post("actions", data={"action": "delete", "id": ids})
    assert answer.status_code == 303
    shown = http.get(answer.headers["location"])
    assert "Deleted 2 messages." in shown.text
    assert rows(shown.text) == [mailbox.id_of("Invoice")]


def test_all_that_a_search_matches_is_deleted_and_no_more(mailbox: Mailbox, http: httpx2.Client) -> None:
    """A search narrows "all"; one that cannot be read deletes nothing."""
    mailbox.send(welcome(), invoice(), report())
    assert http.post("actions", data={"action": "delete-all", "q": "before:nonsense"}).status_code == 400
    assert http.post("actions", data={"action": "delete", "q": ""}).status_code == 400
    assert mailbox.catcher.store.counts().messages == 3
    http.post("actions", data={"action": "delete-all", "q": "from:reports"})
    assert [summary.subject for summary in mailbox.catcher.store.page().messages] == [
        "Invoice INV-2026-0042",
        "Welcome to Acme",
    ]
    http.post("actions", data={"action": "delete-all", "q": ""})
    assert mailbox.catcher.store.counts().messages == 0


def test_messages_are_marked(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Read and unread, one and all."""
    mailbox.send(welcome(), invoice())
    http.post("actions", data={"action": "read-all"})
    assert mailbox.catcher.store.counts().unread == 0
    http.post("actions", data={"action": "unread", "id": mailbox.id_of("Welcome")})
    assert mailbox.catcher.store.counts().unread == 1


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_delete(mailbox: Mailbox, http: httpx2.Client, headers: dict[str, str]) -> None:
    """A form from another origin is refused with 403, and the mail is still there."""
    mailbox.send(welcome())
    assert http.post("actions", data={"action": "delete-all"}, headers=headers).status_code == 403
    assert mailbox.catcher.store.counts().messages == 1


def test_what_is_not_there_has_a_page_with_the_list(reader: httpx2.Client) -> None:
    """404, what happened, what to do, and the list beside it."""
    for path in ("view/0000000000000000000000", "view/x", "view/0000000000000000000000/frame"):
        answer = reader.get(path)
        assert answer.status_code == 404
        assert "Message not found" in answer.text
        assert rows(answer.text)


def test_the_newest_is_one_address_away(reader: httpx2.Client, filled: Mailbox) -> None:
    """/view/latest honours the search; without a match it leads to the list."""
    newest = filled.catcher.store.latest().store_id
    assert reader.get("view/latest").headers["location"] == f"/view/{newest}"
    assert filled.id_of("Invoice") in reader.get("view/latest?q=subject:invoice").headers["location"]
    assert reader.get("view/latest?q=subject:nowhere").headers["location"] == "/?q=subject%3Anowhere"


def test_a_message_far_down_is_shown_in_its_list(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The list beside a message contains it, however old it is."""
    mailbox.send(*(mail(f"Number {number}", text="x") for number in range(70)))
    oldest = mailbox.id_of("Number 0")
    text = http.get(f"view/{oldest}").text
    assert oldest in rows(text)
    assert "70 / 70" in text


def test_settings_stay_in_the_browser(reader: httpx2.Client) -> None:
    """Theme and density come from a cookie; a made-up way back stays on this site."""
    answer = reader.post("settings", data={"theme": "dark", "dense": "1", "back": "/?q=x"})
    assert answer.headers["location"] == "/?q=x"
    text = reader.get("", headers={"Cookie": answer.headers["set-cookie"].partition(";")[0]}).text
    assert 'data-theme="dark" data-dense' in text
    answer = reader.post("settings", data={"below": "1", "times": "utc", "lang": ""})
    text = reader.get("", headers={"Cookie": answer.headers["set-cookie"].partition(";")[0]}).text
    assert ' data-below data-times="utc"' in text
    for back in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert reader.post("settings", data={"back": back}).headers["location"].startswith("/settings")
    assert 'data-theme="auto"' in reader.get("", headers={"Cookie": "catcher_look=theme=x.dense"}).text
    reader.cookies.clear()


def test_an_empty_mailbox_teaches(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Where to send, for each framework, with the real host and port; and a test message."""
    address = f"{mailbox.catcher.smtp_host}:{mailbox.catcher.smtp_port}"
    assert f"Waiting for the first message on <code>{address}</code>" in http.get("").text
    for key in re.findall(r'href="/setup/(\w+)"', http.get("setup").text):
        text = http.get(f"setup/{key}").text
        assert str(mailbox.catcher.smtp_port) in "".join(re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL))
        assert mailbox.catcher.smtp_host in "".join(re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL))
        assert "{{" not in text
    for kind in re.findall(r'name="kind" value="(\w+)"', http.get("setup").text):
        assert http.post("setup/test", data={"kind": kind}).status_code == 303
    assert mailbox.catcher.store.counts().messages == 5
    for summary in mailbox.catcher.store.page().messages:
        assert http.get(f"view/{summary.store_id}").status_code == 200


def test_the_print_view_is_the_mail_alone(reader: httpx2.Client, filled: Mailbox) -> None:
    """A sandboxed page of its own, with who and what on top; text mail too."""
    answer = reader.get(f"view/{filled.id_of('Acme news')}/print")
    assert "sandbox allow-popups" in answer.headers["content-security-policy"]
    assert "News of the week." in answer.text
    assert "Acme news, November" in answer.text
    assert "&gt; What time?" in reader.get(f"view/{filled.id_of('Plain text')}/print").text


@pytest.mark.slow
def test_everything_works_below_a_path(mailbox: Mailbox) -> None:
    """Behind a path prefix every address of a page keeps the prefix."""
    from catcher.testing import running_catcher

    with running_catcher(webroot="/mail/") as running:
        box = Mailbox(running)
        box.send(*thirty()[:6])
        with httpx2.Client(base_url=running.url, timeout=30) as client:
            for path in (
                "",
                f"view/{box.id_of('Inline')}",
                "setup",
                "settings",
                "keys",
                f"view/{box.id_of('Inline')}/frame",
            ):
                answer = client.get(path)
                assert answer.status_code == 200
                own = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)
                assert own
                assert all(each.startswith("/mail/") for each in own)
                for each in own:
                    if not any(posted in each for posted in ("/actions", "/setup/test", "/trust", "/compare/")):
                        assert client.get(html.unescape(each)[len("/mail/") :]).status_code in {200, 303}


def test_no_template_trusts_what_came_by_mail() -> None:
    """No `|safe`, no Markup, no autoescape switched off, anywhere in the pages."""
    sources = [*data_directory("templates").rglob("*.html"), *Path("catcher/web").rglob("*.py")]
    assert len(sources) > 20
    for path in sources:
        text = path.read_text(encoding="utf-8")
        # The words of the catalogues are ours, and what is filled into them is escaped.
        assert not re.search(r"\|\s*safe\b|Markup\((?!_catalogue\()|autoescape\s+false|autoescape=False", text), path


def test_only_words_of_the_pages_are_translated() -> None:
    """Translations are markup, so the text to translate is never a variable."""
    calls = []
    for path in data_directory("templates").rglob("*.html"):
        calls += re.findall(r"(?<![\w.])(?:_|n?gettext)\(\s*(.)", path.read_text(encoding="utf-8"))
    assert len(calls) > 100
    assert set(calls) == {'"'}


def test_the_search_field_shows_a_hostile_query_as_text(reader: httpx2.Client) -> None:
    """A query is a stranger's words as well: it may come in a link."""
    assert "<script>1" not in reader.get("", params={"q": '"><script>1</script>'}).text


def test_a_hostile_mail_is_listed_with_its_letters(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Nothing is dropped from a subject: what could hide is spelled out."""
    mailbox.send(hostile())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Your account [U+202E]is locked" in http.get("").text


def test_the_checks_view_shows_findings_and_places(reader: httpx2.Client, filled: Mailbox) -> None:
    """Sections with counts, the worst first; what asks the network is offered, not made."""
    text = reader.get(f"view/{filled.id_of('Acme news')}", params={"view": "checks"}).text
    titles = re.findall(r'<h2 id="check-(\w+)"', text)
    assert titles[0] == "headers"
    assert set(titles) == {"structure", "headers", "inbox", "size", "clients", "accessibility", "links"}
    assert "There is no Date field." in text
    assert re.search(r"[?&;]mark=\d+-\d+", text)
    assert "ask=authentication" in text


def test_links_are_checked_without_a_script(reader: httpx2.Client, filled: Mailbox) -> None:
    """The link does what the script does; an internal address is blocked."""
    filled.send(mail("Links inside", html='<a href="http://127.0.0.1:9/x">x</a>'))
    text = reader.get(f"view/{filled.id_of('Links inside')}", params={"view": "checks", "ask": "links"}).text
    assert 'id="link-results"' in text
    assert "was not requested" in text


def test_the_page_of_the_api_names_every_route(reader: httpx2.Client) -> None:
    """`/api/v1/` is a page for people that says what the OpenAPI document says. Mailpit compatibility: Routes."""
    text = reader.get("api/v1/").text
    paths = reader.get("api/v1/openapi.json").json()["paths"]
    assert all(f"<code>{html.escape(path)}</code>" in text for path in paths if not path.endswith((".json", ".pem")))


def test_browsers_find_an_icon_where_they_look(reader: httpx2.Client) -> None:
    """/favicon.ico without a link to it."""
    answer = reader.get("favicon.ico")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"


def test_pages_speak_the_language_of_the_browser(reader: httpx2.Client, filled: Mailbox) -> None:
    """French for who accepts it, in templates, code and scripts, and said to screen readers; caches keep them apart."""
    answer = reader.get("", headers={"Accept-Language": "fr-FR,fr;q=0.9"})
    assert answer.headers["vary"].startswith("Cookie, Accept-Language")
    assert '<html lang="fr"' in answer.text
    for words in ("Tous les messages", "Corbeille", " messages<", "nouveaux messages", "(sans objet)"):
        assert words in answer.text
    message = reader.get(f"view/{filled.id_of('Invoice')}", headers={"Accept-Language": "fr"}).text
    assert "Facture" not in message
    assert "En-têtes" in message
    assert '<html lang="en"' in reader.get("").text


def test_the_language_can_be_chosen(reader: httpx2.Client) -> None:
    """The settings name one for this browser, whatever it accepts."""
    answer = reader.post("settings", data={"lang": "fr"})
    cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    assert "Réglages" in reader.get("settings", headers={**cookie, "Accept-Language": "en"}).text
    assert 'value="fr" checked' in reader.get("settings", headers=cookie).text
    reader.cookies.clear()
    assert "script" not in reader.post("settings", data={"lang": "<script>"}).headers["set-cookie"]
    reader.cookies.clear()


def test_numbers_have_their_form_in_each_language(mailbox: Mailbox, http: httpx2.Client) -> None:
    """None is plural in English and singular in French."""
    path = "?done=deleted-0"
    assert "Deleted 0 messages." in http.get(path).text
    assert "0 message supprimé." in http.get(path, headers={"Accept-Language": "fr"}).text


def test_images_have_thumbnails(reader: httpx2.Client, filled: Mailbox) -> None:
    """A small picture beside each image that came along; a file of another kind has a sign."""
    text = reader.get(f"view/{filled.id_of('Weekly report')}").text
    thumbs = re.findall(r'<img src="([^"]*)" width="45" height="30" alt="" loading="lazy">', text)
    assert len(thumbs) == 1
    answer = reader.get(own_fetch(thumbs[0]))
    assert answer.headers["content-type"] == "image/jpeg"


def test_the_checks_view_shows_inbox_rows_and_sizes(reader: httpx2.Client, filled: Mailbox) -> None:
    """How lists cut sender, subject and preheader; what the mail weighs."""
    text = reader.get(f"view/{filled.id_of('Wooo')}", params={"view": "checks"}).text
    rows_shown = text[text.index('data-testid="inbox-rows"') :].partition("</div></div>")[0]
    assert "small phone · 30" in rows_shown
    assert "W" + "o" * 28 + "…" in rows_shown
    text = reader.get(f"view/{filled.id_of('A large one')}", params={"view": "checks"}).text
    assert re.search(r"\d+ kB, 3\d\d% of Gmail&#39;s limit", text)


def test_a_large_mail_warns_of_clipping(reader: httpx2.Client, filled: Mailbox) -> None:
    """400 kB of HTML are cut at 102 kB."""
    assert "some mail clients clip at 102 kB" in reader.get(f"view/{filled.id_of('A large one')}").text
    assert "some mail clients clip" not in reader.get(f"view/{filled.id_of('Welcome')}").text


def test_many_attachments_are_folded(http: httpx2.Client, mailbox: Mailbox) -> None:
    """A message with hundreds of files still shows its views at once; what the page does not list is counted."""
    message = mail("Files", text="Many.\n")
    for number in range(205):
        message.add_attachment(b"x", "application", "octet-stream", filename=f"file-{number}.bin")
    mailbox.send(message)
    text = http.get(f"view/{mailbox.id_of('Files')}").text
    above, _mark, folded = text.partition('data-testid="more-files"')
    assert re.findall(r"file-(\d+)\.bin</bdi>", above) == [str(number) for number in range(6)]
    assert re.findall(r"file-(\d+)\.bin</bdi>", folded) == [str(number) for number in range(6, 200)]
    assert "199 more files" in folded
