"""Django's outbox over an inbox: while installed, it gets all mail of this process and is `mail.outbox`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings as project_settings
from django.core import mail
from django.test.utils import override_settings

from catcher.client import Catcher, Inbox
from catcher.django.mail import CaughtEmail
from catcher.django.project_settings import MAILBOX, settings, url_of
from catcher.testing.outbox import PATIENCE, TIMEOUT, InboxSource, Outbox


class MailOutbox(Outbox[CaughtEmail]):
    """The mail that arrives in an inbox from now on, from any process, as messages of Django's class.

    See `Outbox` for which operations wait. timeout, patience: seconds.
    """

    def __init__(self, catcher: Catcher, inbox: Inbox, *, timeout: float = TIMEOUT, patience: float = PATIENCE) -> None:
        since = catcher.page(limit=1).cursor
        super().__init__(InboxSource(catcher, inbox, CaughtEmail, since=since), timeout=timeout, patience=patience)

    @contextmanager
    def installed(self, inbox: Inbox) -> Iterator["MailOutbox"]:
        """Send this process's mail to the inbox and be `django.core.mail.outbox`, for the length of the block."""
        before = getattr(mail, "outbox", [])
        with override_settings(**_project_mail_settings(inbox)):
            mail.outbox = self
            try:
                yield self
            finally:
                mail.outbox = before


@contextmanager
def announced(inbox: Inbox) -> Iterator[None]:
    """Set CATCHER_MAILBOX, for processes that are started in the block."""
    before = os.environ.get(MAILBOX)
    os.environ[MAILBOX] = url_of(inbox)
    try:
        yield
    finally:
        if before is None:
            del os.environ[MAILBOX]
        else:
            os.environ[MAILBOX] = before


def _project_mail_settings(inbox: Inbox) -> dict[str, Any]:
    """Return the settings in the form that the project uses; each alias of its MAILERS leads to the inbox."""
    has_mailers = hasattr(project_settings, "MAILERS")
    given = settings(inbox, mailers=has_mailers)
    if has_mailers:
        given["MAILERS"] |= dict.fromkeys(project_settings.MAILERS, given["MAILERS"]["default"])
    return given
