"""Django's outbox over an inbox: while it is installed all mail of this process goes there, and it is `mail.outbox`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from catcher.client import Catcher, Inbox
from catcher.django.mail import CaughtEmail
from catcher.django.project_settings import MAILBOX, settings, url_of
from catcher.testing.outbox import PATIENCE, TIMEOUT, InboxSource, Outbox


class MailOutbox(Outbox[CaughtEmail]):
    """What comes into an inbox from now on, by whatever process, as messages of Django's class.

    See `Outbox` for what waits and what does not. timeout, patience: in seconds.
    """

    def __init__(self, catcher: Catcher, inbox: Inbox, *, timeout: float = TIMEOUT, patience: float = PATIENCE) -> None:
        since = catcher.page(limit=1).cursor
        super().__init__(InboxSource(catcher, inbox, CaughtEmail, since=since), timeout=timeout, patience=patience)

    @contextmanager
    def installed(self, inbox: Inbox) -> Iterator["MailOutbox"]:
        """Have this process send there and `django.core.mail.outbox` be this, for the length of the block."""
        from django.core import mail
        from django.test.utils import override_settings

        before = getattr(mail, "outbox", [])
        with override_settings(**_of_this_project(inbox)):
            mail.outbox = self
            try:
                yield self
            finally:
                mail.outbox = before


@contextmanager
def announced(inbox: Inbox) -> Iterator[None]:
    """Tell the processes that are started in the block, by CATCHER_MAILBOX, where their mail goes."""
    before = os.environ.get(MAILBOX)
    os.environ[MAILBOX] = url_of(inbox)
    try:
        yield
    finally:
        if before is None:
            del os.environ[MAILBOX]
        else:
            os.environ[MAILBOX] = before


def _of_this_project(inbox: Inbox) -> dict[str, Any]:
    """The settings in the way the project has them, every alias of its MAILERS leading to the same place."""
    from django.conf import settings as project

    has_mailers = hasattr(project, "MAILERS")
    given = settings(inbox, mailers=has_mailers)
    if has_mailers:
        given["MAILERS"] |= dict.fromkeys(project.MAILERS, given["MAILERS"]["default"])
    return given
