"""The outbox for pytest: `pytest_plugins = ["catcher.django.fixtures"]` in the project's conftest.py.

`mailoutbox` replaces pytest-django's.
"""

from collections.abc import Iterator

import pytest

from catcher.client import Catcher, Inbox
from catcher.django.outbox import MailOutbox, announced


@pytest.fixture(scope="session")
def django_mailbox(catcher_server: Catcher) -> Iterator[Inbox]:
    """Provide the inbox of this process's tests, for fixtures that start other processes of the project.

    Those processes get their mail settings from `catcher.django.settings()`, which their settings call.
    """
    with catcher_server.inbox(ttl=None) as inbox, announced(inbox):
        yield inbox


@pytest.fixture
def mailoutbox(catcher_server: Catcher, django_mailbox: Inbox, pytestconfig: pytest.Config) -> Iterator[MailOutbox]:
    """Provide an empty outbox for the mail of all processes; `django.core.mail.outbox` is the same list."""
    outbox = MailOutbox(catcher_server, django_mailbox, timeout=float(pytestconfig.getini("catcher_timeout")))
    with outbox.installed(django_mailbox):
        yield outbox
