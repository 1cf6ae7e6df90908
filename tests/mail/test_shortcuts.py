"""send_mail() and its kin, get_connection() and mailers."""

from typing import Any

import pytest

from catcher import mail
from catcher.mail import EmailMessage, mail_admins, mail_managers, send_mail, send_mass_mail, settings
from tests.mail.recording import EmailBackend

OWN = "tests.mail.recording.EmailBackend"


@pytest.fixture(autouse=True)
def _memory() -> None:
    settings.EMAIL_BACKEND = "catcher.mail.backends.locmem.EmailBackend"


def test_send_mail_sends_one_message_and_returns_one() -> None:
    """All of recipient_list are in To; the return value is 0 or 1. Django docs: send_mail()."""
    assert send_mail("Subject here", "Here is the message.", "from@example.com", ["a@b.c", "d@e.f"]) == 1
    assert send_mail("Nobody", "", None, []) == 0
    (kept,) = mail.outbox
    assert kept.message()["To"] == "a@b.c, d@e.f"
    assert (kept.subject, kept.body, kept.from_email) == ("Subject here", "Here is the message.", "from@example.com")


def test_html_message_makes_two_versions() -> None:
    """multipart/alternative with text/plain and text/html. Django docs: send_mail(), html_message."""
    send_mail("S", "text", None, ["a@b.c"], html_message="<p>text")
    written = mail.outbox[0].message()
    assert written.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in written.get_payload()] == ["text/plain", "text/html"]


def test_the_default_sender_is_used_without_one() -> None:
    """from_email None is DEFAULT_FROM_EMAIL. Django docs: EmailMessage Objects."""
    with settings.override(DEFAULT_FROM_EMAIL="default@example.com"):
        send_mail("S", "b", None, ["a@b.c"])
    assert mail.outbox[0].from_email == "default@example.com"


def test_optional_arguments_may_be_positional() -> None:
    """Argument order is the documented one, as in Django 5.2."""
    connection = EmailBackend()
    assert send_mail("S", "b", None, ["a@b.c"], False, "user", "password", connection, "<p>") == 1
    assert send_mass_mail([("S", "b", None, ["a@b.c"])], False, "user", "password", connection) == 1
    with settings.override(ADMINS=[("A", "a@b.c")], MANAGERS=[("M", "m@b.c")]):
        mail_admins("S", "b", False, connection, "<p>")
        mail_managers("S", "b", False, connection, "<p>")
    assert [one.to for one in connection.outbox] == [["a@b.c"], ["a@b.c"], ["a@b.c"], ["m@b.c"]]
    assert len(connection.outbox[0].alternatives) == 1
    assert not hasattr(mail, "outbox")


def test_credentials_and_silence_reach_the_backend() -> None:
    """auth_user, auth_password and fail_silently become arguments of the default backend. Django docs: send_mail()."""
    settings.EMAIL_BACKEND = OWN
    made: list[EmailMessage] = []

    def record(backend: EmailBackend, messages: list[EmailMessage]) -> int:
        made.extend(messages)
        return len(messages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", record)
        send_mail("S", "b", None, ["a@b.c"], fail_silently=True, auth_user="u", auth_password="p")
    assert made[0].connection.options == {"fail_silently": True, "username": "u", "password": "p"}


def test_mass_mail_is_one_message_each() -> None:
    """Each element is a message of its own; the count is returned. Django docs: send_mass_mail()."""
    data = (("1", "b", "f@e.c", ["john@example.com"]), ("2", "b", "f@e.c", ["jane@example.com"]))
    assert send_mass_mail(data) == 2
    assert [one.to for one in mail.outbox] == [["john@example.com"], ["jane@example.com"]]


@pytest.mark.parametrize(("send", "name"), [(mail_admins, "ADMINS"), (mail_managers, "MANAGERS")])
def test_mail_to_the_people_of_the_site(send: Any, name: str) -> None:
    """From SERVER_EMAIL, subject after EMAIL_SUBJECT_PREFIX, to all of the setting. Django docs: mail_admins()."""
    send("nobody", "there")
    people = [("Ann", "ann@example.com"), ("Bob", "bob@example.com")]
    with settings.override(**{name: people, "SERVER_EMAIL": "server@example.com"}):
        send("Subject", "Content", html_message="<p>Content")
        with settings.override(EMAIL_SUBJECT_PREFIX="[Site] "):
            send("Subject", "Content")
    first, second = mail.outbox
    assert (first.subject, first.from_email) == ("[Django] Subject", "server@example.com")
    assert first.to == ["ann@example.com", "bob@example.com"]
    assert first.message().get_content_type() == "multipart/alternative"
    assert second.subject == "[Site] Subject"


@pytest.mark.parametrize("people", ["a@b.c", ("a@b.c",), ["a@b.c", "d@e.f"], [("a", "b", "c")]])
@pytest.mark.parametrize(("send", "name"), [(mail_admins, "ADMINS"), (mail_managers, "MANAGERS")])
def test_the_people_must_be_pairs(send: Any, name: str, people: Any) -> None:
    """ValueError names the setting, as in Django 5.2."""
    with settings.override(**{name: people}), pytest.raises(ValueError, match=f"The {name} setting must be a list"):
        send("Subject", "Content")


def test_get_connection_passes_everything_on() -> None:
    """All other arguments go to the backend's constructor. Django docs: Obtaining an instance of an email backend."""
    assert mail.get_connection(OWN, True, foo="bar").options == {"fail_silently": True, "foo": "bar"}
    assert mail.get_connection(OWN).options == {"fail_silently": False}


@pytest.mark.parametrize("name", ["smtp", "console", "locmem", "dummy"])
def test_paths_of_django_name_the_backends_here(name: str) -> None:
    """Outside of Django, settings written for Django work as they are."""
    connection = mail.get_connection(f"django.core.mail.backends.{name}.EmailBackend")
    assert type(connection).__module__ == f"catcher.mail.backends.{name}"


@pytest.mark.parametrize("path", ["nodots", "no.such.module.EmailBackend", "catcher.mail.backends.smtp.Missing"])
def test_a_path_that_leads_nowhere_is_an_import_error(path: str) -> None:
    """ImportError, as in Django; in MAILERS InvalidMailer with the alias."""
    with pytest.raises(ImportError):
        mail.get_connection(path)
    with settings.override(MAILERS={"one": {"BACKEND": path}}), pytest.raises(mail.InvalidMailer, match="'one'"):
        mail.mailers["one"]


MAILERS = {
    "default": {"BACKEND": OWN, "OPTIONS": {"one": 1}},
    "news": {"BACKEND": "catcher.mail.backends.locmem.EmailBackend"},
    "imposter": {"BACKEND": OWN, "OPTIONS": {"alias": "default"}},
}


def test_mailers_is_a_mapping_of_new_connections() -> None:
    """Looking up makes a new backend each time, iterating none; unknown aliases are KeyErrors (Django 6.1)."""
    with settings.override(MAILERS=MAILERS):
        assert list(mail.mailers) == ["default", "news", "imposter"]
        assert len(mail.mailers) == 3
        assert "news" in mail.mailers
        assert None not in mail.mailers
        assert mail.mailers["default"].options == {"alias": "default", "one": 1}
        assert mail.mailers.default is not mail.mailers.default
        assert mail.mailers.get("unknown", "foo") == "foo"
        with pytest.raises(KeyError) as caught:
            mail.mailers["unknown"]
        assert str(caught.value) == "The mailer 'unknown' is not configured."
        assert isinstance(caught.value, mail.MailerDoesNotExist)
        with pytest.raises(mail.InvalidMailer, match="must not define 'alias'"):
            mail.mailers["imposter"]
        assert mail.get_connection(username=None, fail_silently=True).options == {
            "alias": "default",
            "one": 1,
            "fail_silently": True,
        }


def test_without_mailers_there_is_the_default_one() -> None:
    """`mailers.default` is what EMAIL_BACKEND says; an empty MAILERS switches sending off."""
    assert mail.mailers.default.alias is None
    assert list(mail.mailers) == ["default"]
    with settings.override(MAILERS={}):
        for send in (lambda: mail.mailers.default, lambda: send_mail("S", "b", None, ["a@b.c"])):
            with pytest.raises(mail.MailerDoesNotExist):
                send()


def test_using_picks_a_mailer() -> None:
    """`using` names the entry for every function (Django 6.1)."""
    with settings.override(MAILERS=MAILERS, ADMINS=[("A", "a@b.c")], MANAGERS=[("M", "m@b.c")]):
        assert send_mail("1", "b", None, ["a@b.c"], using="news") == 1
        assert send_mass_mail([("2", "b", None, ["a@b.c"])], using="news") == 1
        mail_admins("3", "b", using="news")
        mail_managers("4", "b", using="news")
        again = EmailMessage("5", to=["a@b.c"])
        assert again.send() == 1
        assert again.send(using="news") == 1
    assert [one.sent_using for one in mail.outbox] == ["news"] * 5


@pytest.mark.parametrize(
    "other",
    [{"fail_silently": True}, {"auth_user": "u"}, {"auth_password": "p"}, {"connection": EmailBackend()}],
    ids=lambda options: "-".join(options),
)
def test_using_excludes_other_ways_to_connect(other: dict[str, Any]) -> None:
    """TypeError, as both would say how to connect."""
    with settings.override(MAILERS=MAILERS), pytest.raises(TypeError, match="not compatible with 'using'"):
        send_mail("S", "b", None, ["a@b.c"], using="news", **other)
