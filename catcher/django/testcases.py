"""The outbox for Django's TestCase classes, with any test runner."""

import atexit
import functools
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

from catcher.client import Catcher, Inbox
from catcher.django.outbox import MailOutbox, announced
from catcher.testing.outbox import PATIENCE, TIMEOUT
from catcher.testing.shared_process import shared_url

if TYPE_CHECKING:
    from unittest import TestCase as _Base
else:
    _Base = object


class MailOutboxMixin(_Base):
    """A base class to put before TestCase, LiveServerTestCase and so on; mail of every process is in `self.mailoutbox`.

    `django.core.mail.outbox` is the same list during a test. Processes that are started after `setUpClass` get their
    mail settings from `catcher.django.settings()`, which their settings call.

    mail_timeout, mail_patience: see `Outbox`.
    """

    mail_timeout: ClassVar[float] = TIMEOUT
    mail_patience: ClassVar[float] = PATIENCE
    mailoutbox: MailOutbox
    mail_inbox: ClassVar[Inbox]

    @classmethod
    def setUpClass(cls) -> None:
        """Create the inbox of the class."""
        super().setUpClass()
        cls.mail_inbox = cls.enterClassContext(_catcher().inbox())
        cls.enterClassContext(announced(cls.mail_inbox))

    def setUp(self) -> None:
        """Install an empty outbox."""
        super().setUp()
        timeout, patience = self.mail_timeout, self.mail_patience
        self.mailoutbox = MailOutbox(_catcher(), self.mail_inbox, timeout=timeout, patience=patience)
        self.enterContext(self.mailoutbox.installed(self.mail_inbox))


@functools.cache
def _catcher() -> Catcher:
    """Return the catcher of this process: unittest has no fixture for a whole run."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(Catcher(stack.enter_context(shared_url())))
