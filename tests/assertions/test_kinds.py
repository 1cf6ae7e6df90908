"""Each kind of assertion: when it holds, and what it says when it does not."""

import hashlib
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.assertions import (
    HasAttachment,
    HtmlContains,
    LinksTo,
    Mail,
    NoTemplateVariables,
    Plain,
    RecipientsAre,
    SubjectIs,
    TextContains,
    TextIsHtml,
    UnsubscribeIsValid,
)
from tests.assertions.mails import PDF, invoice, welcome

HTML = '<p>Hello Ann, your code is <b>482913</b>.</p><a href="https://app.example.com/confirm?t=1">Confirm</a>'
ONE_CLICK = "List-Unsubscribe=One-Click"


def fault(wanted: Plain, message: EmailMessage, *recipients: str) -> str:
    return wanted.fault(Mail.of(message.as_bytes(), recipients=recipients))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (RecipientsAre(exactly=("ann@EXAMPLE.com",)), welcome()),
        (RecipientsAre(exactly=("b@example.com", "ann@example.com")), welcome(Bcc="b@example.com")),
        (SubjectIs(equals="Welcome, Ann"), welcome()),
        (SubjectIs(contains="Ann"), welcome()),
        (TextContains(contains="Hello Ann, your code"), welcome()),
        (HtmlContains(contains="your code is 482913."), welcome(html=HTML)),
        (LinksTo(host="app.example.com", contains="/confirm"), welcome(html=HTML)),
        (LinksTo(host=".example.com"), welcome(html=HTML)),
        (LinksTo(contains="https://x.test/a"), welcome("See https://x.test/a.\n")),
        (HasAttachment(), invoice()),
        (HasAttachment(name="invoice.pdf", type="application/PDF"), invoice()),
        (HasAttachment(sha256=hashlib.sha256(PDF).hexdigest()), invoice()),
        (NoTemplateVariables(), welcome(html=HTML)),
        (NoTemplateVariables(), welcome("None of the 100% sure {things} are null-terminated; $5, 50%s off\n")),
        (NoTemplateVariables(ignore=("{{ name }}",)), welcome("Write {{ name }} for the name.\n")),
        (TextIsHtml(), welcome("Hello Ann, your code is 482913. Confirm\n", HTML)),
        (UnsubscribeIsValid(), welcome(List_Unsubscribe="<mailto:out@example.com>")),
        (
            UnsubscribeIsValid(one_click=True),
            welcome(List_Unsubscribe="<https://example.com/u>", List_Unsubscribe_Post=ONE_CLICK),
        ),
    ],
)
def test_what_is_so_holds(wanted: Plain, message: EmailMessage) -> None:
    """An assertion that is true has no fault."""
    assert fault(wanted, message) == ""


@pytest.mark.parametrize(
    ("wanted", "message", "said"),
    [
        (RecipientsAre(exactly=("bob@example.com",)), welcome(), "not to bob@example.com, but to ann@example.com"),
        (RecipientsAre(exactly=()), welcome(), "it went but to ann@example.com"),
        (SubjectIs(equals="Welcome"), welcome(), "the subject is 'Welcome, Ann', expected 'Welcome'"),
        (SubjectIs(contains="Bob"), welcome(), "does not contain 'Bob'"),
        (TextContains(contains="482914"), welcome(), "the text does not contain '482914'"),
        (HtmlContains(contains="Hello"), welcome(), "it has no HTML"),
        (HtmlContains(contains="href"), welcome(html=HTML), "the HTML does not show 'href'"),
        (LinksTo(host="example.com"), welcome(html=HTML), "no link to example.com; it links to https://app.example"),
        (LinksTo(), welcome(), "no link to anywhere; it links to nothing"),
        (HasAttachment(name="bill.pdf"), invoice(), "no file bill.pdf; there is invoice.pdf application/pdf"),
        (HasAttachment(name="invoice.pdf", type="text/csv"), invoice(), "no file invoice.pdf text/csv"),
        (HasAttachment(sha256="0" * 64), invoice(), "no file 000"),
        (NoTemplateVariables(), welcome("Hello {{ name }}, {% now %}\n"), "left unfilled: {{ name }}, {% now %}"),
        (NoTemplateVariables(), welcome("Hi %s, %(code)s ${code}\n"), "left unfilled: %(code)s, ${code}, %s"),
        (NoTemplateVariables(), welcome("Dear None,\n"), "left unfilled: None"),
        (NoTemplateVariables(), welcome(html="<p>Hi undefined [object Object]</p>"), "[object Object], undefined"),
        (NoTemplateVariables(), welcome(html='<a href="/u/{{ id }}">go</a>'), "left unfilled: {{ id }}"),
        (TextIsHtml(), welcome(), "it has no HTML"),
        (TextIsHtml(), welcome("Something else entirely\n", HTML), "only the text has something, else, entirely"),
        (TextIsHtml(), welcome("\n", HTML), "it has no text"),
        (UnsubscribeIsValid(), welcome(), "no List-Unsubscribe"),
        (UnsubscribeIsValid(), welcome(List_Unsubscribe="out@example.com"), "no link in angle brackets"),
        (UnsubscribeIsValid(one_click=True), welcome(List_Unsubscribe="<mailto:o@e.com>"), "no https link"),
        (UnsubscribeIsValid(one_click=True), welcome(List_Unsubscribe="<https://e.com/u>"), "List-Unsubscribe-Post"),
    ],
)
def test_what_is_not_so_is_said(wanted: Plain, message: EmailMessage, said: str) -> None:
    """The fault names what was found in place of what was asserted."""
    assert said in fault(wanted, message)


@pytest.mark.parametrize(
    "make", [lambda: SubjectIs(), lambda: TextContains(contains=" "), lambda: HtmlContains(contains="")]
)
def test_what_asserts_nothing_is_refused(make: Callable[[], Plain]) -> None:
    """A variable that is empty must not make a test pass."""
    with pytest.raises(ValueError, match="expected"):
        make()


def test_recipients_are_those_of_the_envelope() -> None:
    """Whom the mail went to is not what its header section says, where the envelope is known."""
    assert fault(RecipientsAre(exactly=("hidden@example.com",)), welcome(), "hidden@example.com") == ""


@given(octets=st.binary(max_size=400))
def test_nothing_raises_on_any_octets(octets: bytes) -> None:
    """Every message is hostile; a fault is a sentence even then."""
    mail = Mail.of(octets)
    kinds = (RecipientsAre(exactly=("a@b.c",)), SubjectIs(equals="x"), TextContains(contains="x"), LinksTo(host="x"))
    for wanted in (*kinds, HtmlContains(contains="x"), HasAttachment(name="x"), NoTemplateVariables(), TextIsHtml()):
        assert isinstance(wanted.fault(mail), str)
