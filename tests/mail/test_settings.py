"""Settings as attributes: where a value comes from, setting it, taking it back."""

import asyncio
import unittest
from typing import Any

import pytest

from catcher.mail import EmailMessage, ImproperlyConfigured, settings
from catcher.mail.backends.smtp import EmailBackend


def test_the_defaults_are_those_of_django() -> None:
    """Names and defaults of Django's settings; the backend is this library's."""
    assert {name: getattr(settings, name) for name in settings.TABLE} == {
        "EMAIL_BACKEND": "catcher.mail.backends.smtp.EmailBackend",
        "MAILERS": None,
        "EMAIL_HOST": "localhost",
        "EMAIL_PORT": 25,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_SSL_CERTFILE": None,
        "EMAIL_SSL_KEYFILE": None,
        "EMAIL_TIMEOUT": None,
        "EMAIL_FILE_PATH": None,
        "EMAIL_SUBJECT_PREFIX": "[Django] ",
        "EMAIL_USE_LOCALTIME": False,
        "EMAIL_MESSAGE_POLICY": None,
        "DEFAULT_FROM_EMAIL": "webmaster@localhost",
        "SERVER_EMAIL": "root@localhost",
        "ADMINS": [],
        "MANAGERS": [],
        "DEFAULT_CHARSET": "utf-8",
    }


def test_a_setting_can_be_set_read_and_deleted() -> None:
    """Setting is seen at once; deleting restores the default, also when nothing was set."""
    settings.DEFAULT_FROM_EMAIL = "set@example.com"
    assert EmailMessage().from_email == "set@example.com"
    del settings.DEFAULT_FROM_EMAIL
    assert EmailMessage().from_email == "webmaster@localhost"
    del settings.DEFAULT_FROM_EMAIL


def test_names_outside_the_table_can_be_set_too() -> None:
    """A custom backend may keep its settings here; an unknown one is an AttributeError."""
    with settings.override(MY_REGION="eu"):
        assert settings.MY_REGION == "eu"  # type: ignore[attr-defined]
    for name in ("MY_REGION", "lower"):
        with pytest.raises(AttributeError, match=name):
            getattr(settings, name)
        with pytest.raises(AttributeError):
            delattr(settings, name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("EMAIL_HOST", "mail.example", "mail.example"),
        ("EMAIL_PORT", "1025", 1025),
        ("EMAIL_USE_TLS", "True", True),
        ("EMAIL_USE_SSL", "no", False),
        ("EMAIL_USE_LOCALTIME", "1", True),
        ("EMAIL_USE_LOCALTIME", "", False),
        ("EMAIL_TIMEOUT", "2.5", 2.5),
        ("EMAIL_TIMEOUT", "", None),
        ("EMAIL_SSL_KEYFILE", "", None),
        ("EMAIL_FILE_PATH", "/tmp/mail", "/tmp/mail"),
        ("ADMINS", "Ann <ann@example.com>, bob@example.com", [("Ann", "ann@example.com"), ("", "bob@example.com")]),
        ("MANAGERS", "", []),
        ("EMAIL_SUBJECT_PREFIX", "", ""),
    ],
)
def test_the_environment_gives_values(name: str, text: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment variables of the same names are read with the setting; values set here take precedence."""
    monkeypatch.setenv(name, text)
    assert getattr(settings, name) == value
    with settings.override(**{name: "set"}):
        assert getattr(settings, name) == "set"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("EMAIL_PORT", "25x", "integer 0–65535"),
        ("EMAIL_PORT", "70000", "integer 0–65535"),
        ("EMAIL_PORT", "²", "integer 0–65535"),
        ("EMAIL_USE_TLS", "maybe", "true or false"),
        ("EMAIL_TIMEOUT", "soon", "seconds"),
        ("EMAIL_TIMEOUT", "-1", "seconds"),
        ("EMAIL_TIMEOUT", "nan", "seconds"),
        ("ADMINS", "<<", "addresses"),
    ],
)
def test_a_wrong_value_in_the_environment_is_an_error(
    name: str, text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variable, its value and the expectation; it never becomes a default."""
    monkeypatch.setenv(name, text)
    with pytest.raises(ImproperlyConfigured, match=f"{name}='.+' in the environment: expected .*{expected}"):
        getattr(settings, name)


def test_configure_sets_several() -> None:
    """configure(**values) for good; a wrong name or a contradictory pair sets nothing."""
    settings.configure(EMAIL_HOST="mail.example", EMAIL_PORT=1025)
    assert (EmailBackend().host, EmailBackend().port) == ("mail.example", 1025)
    with pytest.raises(TypeError, match="EMAIL_HOTS"):
        settings.configure(EMAIL_HOST="other", EMAIL_HOTS="x")
    with pytest.raises(ValueError, match="mutually exclusive"):
        settings.configure(EMAIL_HOST="other", EMAIL_USE_TLS=True, EMAIL_USE_SSL=True)
    assert settings.EMAIL_HOST == "mail.example"


def test_override_is_a_with_block() -> None:
    """Afterwards everything is as before, also after an error and when nested."""
    settings.EMAIL_HOST = "outer"
    with settings.override(EMAIL_HOST="inner", EMAIL_PORT=1):
        with settings.override(EMAIL_HOST="innermost"):
            assert (settings.EMAIL_HOST, settings.EMAIL_PORT) == ("innermost", 1)
        assert settings.EMAIL_HOST == "inner"
    with pytest.raises(ZeroDivisionError), settings.override(EMAIL_HOST="inner", EMAIL_PORT=1):
        _ = 1 / 0
    assert (settings.EMAIL_HOST, settings.EMAIL_PORT) == ("outer", 25)
    with pytest.raises(TypeError, match="email_host"):
        settings.override(email_host="x")


def test_override_decorates_functions_coroutines_and_test_cases() -> None:
    """As Django's override_settings does."""

    @settings.override(EMAIL_HOST="decorated")
    def plain(suffix: str) -> str:
        return settings.EMAIL_HOST + suffix

    @settings.override(EMAIL_HOST="decorated")
    async def later() -> str:
        await asyncio.sleep(0)
        return settings.EMAIL_HOST

    seen = []

    @settings.override(EMAIL_HOST="decorated")
    class Case(unittest.TestCase):
        def test_it(self) -> None:
            seen.append(settings.EMAIL_HOST)

    assert plain("!") == "decorated!"
    assert asyncio.run(later()) == "decorated"
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(unittest.TestResult())
    assert (seen, settings.EMAIL_HOST) == (["decorated"], "localhost")
    with pytest.raises(TypeError, match="TestCase"):
        settings.override(EMAIL_HOST="x")(dict)


def test_a_default_list_cannot_be_spoilt() -> None:
    """Appending to a value does not change it for the next reader."""
    settings.ADMINS.append(("x", "x@example.com"))
    assert settings.ADMINS == []
