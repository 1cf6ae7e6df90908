"""The settings that make a Django project send to a mailbox."""

import subprocess
import sys

import pytest

from catcher.client import Catcher
from catcher.django import settings
from catcher.django.project_settings import url_of
from catcher.testing import RunningCatcher


def test_an_inbox_becomes_settings_of_either_form(catcher: RunningCatcher) -> None:
    """EMAIL_HOST and so on for 5.2, MAILERS for 6.1; from an inbox, or from its URL in a variable."""
    with Catcher(catcher.url) as client, client.inbox() as inbox:
        old = settings(inbox, mailers=False)
        assert (old["EMAIL_HOST"], old["EMAIL_PORT"]) == (catcher.smtp_host, catcher.smtp_port)
        assert (old["EMAIL_HOST_USER"], old["EMAIL_HOST_PASSWORD"]) == (inbox.name, inbox.password)
        assert settings(url_of(inbox), mailers=False) == old
        options = settings(inbox, mailers=True)["MAILERS"]["default"]["OPTIONS"]
        assert options == {
            "host": inbox.host, "port": inbox.port, "username": inbox.username, "password": inbox.password,
        }  # fmt: skip


def test_the_version_of_django_decides() -> None:
    """This environment has 5.2."""
    assert settings("smtp://localhost") == settings("smtp://localhost:25", mailers=False)


def test_started_processes_get_the_mailbox_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable there are no settings; its URL may contain any characters."""
    monkeypatch.delenv("CATCHER_MAILBOX", raising=False)
    assert settings() == {}
    monkeypatch.setenv("CATCHER_MAILBOX", "smtp://a%40b:p%2Fw%3A@[::1]:1025")
    found = settings(mailers=False)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("::1", 1025)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("a@b", "p/w:")


@pytest.mark.parametrize("wrong", ["localhost:1025", "http://localhost", "smtp://"])
def test_an_invalid_url_is_refused(wrong: str) -> None:
    """The error names the variable and the expected form."""
    with pytest.raises(ValueError, match=r"CATCHER_MAILBOX=.*expected smtp://"):
        settings(wrong)


def test_settings_of_a_project_import_nothing_heavy() -> None:
    """No client, Django or server: projects import this in production, too."""
    code = "import sys, catcher.django; catcher.django.settings(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert not {"django", "httpx2", "msgspec", "catcher.client", "catcher.testing"} & set(done.stdout.split())
