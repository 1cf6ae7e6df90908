"""Django's test outbox across processes: mail of a live server, a worker, or anything else that sends by SMTP.

`settings()` is for the project's settings while it is tested. `MailOutboxMixin` is for classes of `TestCase`, the
fixture of `catcher.django.fixtures` for pytest; both give a `mailoutbox` that is Django's list, and waits.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from catcher.django.project_settings import MAILBOX, settings

if TYPE_CHECKING:
    from catcher.django.mail import CaughtEmail
    from catcher.django.outbox import MailOutbox
    from catcher.django.testcases import MailOutboxMixin

__all__ = ["MAILBOX", "CaughtEmail", "MailOutbox", "MailOutboxMixin", "settings"]

_ROOMS = {"CaughtEmail": "mail", "MailOutbox": "outbox", "MailOutboxMixin": "testcases"}


def __getattr__(name: str) -> Any:
    """What needs Django is imported when it is first used: a project's settings import this package."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
