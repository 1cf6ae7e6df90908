"""The row of a mail in lists, and its size."""

import pytest

from catcher.checks import InboxFacts, SizeFacts
from catcher.checks.rules.inbox import check_inbox
from catcher.checks.rules.size import check_size
from tests.checks.mails import HEAD, html_mail, rules, subject_of, text_mail


def inbox(html: str, *, subject: str = "Your order 1234 is on its way") -> InboxFacts:
    facts = check_inbox(html_mail(html, subject=subject)).facts
    assert isinstance(facts, InboxFacts)
    return facts


def test_rows_are_cut_as_lists_cut_them() -> None:
    """30, 40 and 70 characters of the subject, the preheader behind it."""
    subject = "Your order 1234 of three books and one lamp was sent this morning from Berlin"
    facts = inbox("<p>Track your parcel here.</p>", subject=subject)
    assert [(row.device, len(row.subject)) for row in facts.rows] == [
        ("small phone", 30),
        ("phone", 39),
        ("desktop", 70),
    ]
    assert facts.rows[0].subject == "Your order 1234 of three book…"
    assert facts.rows[0].preheader == "Track your parcel here."
    assert facts.sender == "Ann Example"


def test_hidden_preheader_and_its_padding_are_found() -> None:
    """Lists show hidden text; invisible characters behind it keep the rest out of the row."""
    html = '<div style="display:none">It arrives on Monday.' + "&zwnj;&nbsp;" * 90 + "</div><h1>Hello Bob</h1>"
    facts = inbox(html)
    assert (facts.preheader, facts.is_hidden) == ("It arrives on Monday.", True)
    assert facts.padding == 180


def test_preheader_without_padding_runs_on() -> None:
    """Without padding the row goes on with the mail's first words."""
    facts = inbox('<span style="max-height:0px">It arrives on Monday.</span><p>Hello Bob</p>')
    assert (facts.preheader, facts.is_hidden, facts.padding) == ("It arrives on Monday. Hello Bob", True, 0)


def test_title_and_styles_are_no_preheader() -> None:
    """The content of the head is never shown."""
    assert inbox("<head><title>T</title><style>p{}</style></head><body><p>Hello</p>").preheader == "Hello"


def test_plain_text_is_its_own_preheader() -> None:
    """A mail without HTML shows its first words."""
    facts = check_inbox(text_mail("Hello\n\nBob,  how are you?")).facts
    assert isinstance(facts, InboxFacts)
    assert facts.preheader == "Hello Bob, how are you?"


@pytest.mark.parametrize(
    ("subject", "html", "expected"),
    [
        ("Order 1234", "<p>Hello Bob, thank you.</p>", []),
        ("x" * 80, "<p>Hello</p>", ["subject-cut"]),
        ("LAST CHANCE TODAY", "<p>Hello</p>", ["subject-capitals"]),
        ("Order!!!", "<p>Hello</p>", ["subject-marks"]),
        ("Re: Order", "<p>Hello</p>", ["subject-reply"]),
        ("Order", "<img src=x>", ["preheader-missing"]),
        ("Order", "<p>View this mail in your web browser</p>", ["preheader-technical"]),
        ("Order", "<p>https://example.com/track?x</p>", ["preheader-technical"]),
        ("Your order", "<h1>Your order</h1>", ["preheader-repeats"]),
        ("Order", f'<p style="display:none">{"word " * 40}</p>', ["preheader-runs-on"]),
    ],
)
def test_findings_on_the_row(subject: str, html: str, expected: list[str]) -> None:
    """Features of the row that filters and readers dislike."""
    assert rules(check_inbox(html_mail(html, subject=subject))) == expected


def test_reply_may_begin_with_re() -> None:
    """A message with In-Reply-To is a reply."""
    subject = subject_of(f"{HEAD}Subject: Re: Order\nIn-Reply-To: <1@example.net>\n\nHello")
    assert rules(check_inbox(subject)) == []


def test_parts_are_measured() -> None:
    """Octets of the message, its HTML, its text, inline parts and attachments."""
    message = (
        f"{HEAD}Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/html; charset=utf-8\n\n<p>Grüße</p>\n"
        '--b\nContent-Type: image/gif\nContent-Disposition: inline; filename="a.gif"\n'
        "Content-Transfer-Encoding: base64\n\nAAAA\n"
        '--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n'
        "Content-Transfer-Encoding: base64\n\nAAAAAAAA\n--b--\n"
    )
    subject = subject_of(message)
    facts = check_size(subject).facts
    assert isinstance(facts, SizeFacts)
    assert (facts.html, facts.inlines, facts.attachments, facts.parts) == (len("<p>Grüße</p>".encode()), 3, 6, 4)
    assert facts.message == len(subject.octets)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>x</p>", []),
        ("<p>" + "x\n" * 60_000, ["size-clipped"]),
        ("<p>" + "x\n" * 33_000, ["size-near-clip"]),
        ("<p>" + "word " * 220_000, ["size-clipped", "size-heavy"]),
        ('<img src="https://e.com/o.gif" width="1" height="1">', ["tracking-pixel"]),
        ('<img src="https://e.com/o.gif" width=0 height=0>', ["tracking-pixel"]),
        ('<img src="https://e.com/o.gif" style="width:1px; height: 1px">', ["tracking-pixel"]),
        ('<img src="https://e.com/o.gif" style="display:none">', ["tracking-pixel"]),
        ('<img src="https://e.com/o.gif" width="600" height="1">', []),
        ('<img src="cid:x" width="1" height="1">', []),
        ('<img src="data:image/png;base64,AAAA">', ["image-data"]),
    ],
)
def test_findings_on_weight(html: str, expected: list[str]) -> None:
    """Gmail clips at 102 kB; an invisible image reports that the mail was opened."""
    assert rules(check_size(html_mail(html))) == expected


def test_remote_images_are_listed_once() -> None:
    """All images that the mail loads, by elements and by styles."""
    html = (
        '<img src="https://e.com/a.png"><p style="background:url(https://e.com/b.png)"><img src="https://e.com/a.png">'
    )
    facts = check_size(html_mail(html)).facts
    assert isinstance(facts, SizeFacts)
    assert facts.remote == ("https://e.com/a.png", "https://e.com/b.png")
