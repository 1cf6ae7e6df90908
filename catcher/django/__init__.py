"""Django's test outbox across processes: mail of a live server, a worker, or any other process that sends by SMTP.

`settings()` is for the project's settings while it is tested. `MailOutboxMixin` is for `TestCase` classes, the fixture
of `catcher.django.fixtures` for pytest; both provide `mailoutbox`, which is Django's list and waits.
"""

from typing import TYPE_CHECKING

from catcher import lazy
from catcher.django.project_settings import MAILBOX, settings

if TYPE_CHECKING:
    from catcher.django.mail import CaughtEmail
    from catcher.django.outbox import MailOutbox
    from catcher.django.testcases import MailOutboxMixin
else:  # imported at first use: these need Django's settings, which import this package
    __getattr__ = lazy.exports(
        __name__,
        {
            "mail": "CaughtEmail",
            "outbox": "MailOutbox",
            "testcases": "MailOutboxMixin",
        },
    )

__all__ = ["MAILBOX", "CaughtEmail", "MailOutbox", "MailOutboxMixin", "settings"]
