"""Mail library with the API of Django's `django.core.mail`, on the standard library alone.

`settings` has Django's EMAIL_ settings; `backends` has one module a way to send. The in-memory backend appends to
`outbox`, a list in this package that exists from the first such connection on; with the SQLite backend
`outbox` is a view of the stored messages.
"""

from typing import Any

from catcher.mail import settings
from catcher.mail.connections import DEFAULT_MAILER_ALIAS, get_connection
from catcher.mail.exceptions import BadHeaderError, ImproperlyConfigured, InvalidMailer, MailerDoesNotExist
from catcher.mail.handler import mailers
from catcher.mail.message import (
    DEFAULT_ATTACHMENT_MIME_TYPE,
    EmailAlternative,
    EmailAttachment,
    EmailMessage,
    EmailMultiAlternatives,
    SafeMIMEMultipart,
    SafeMIMEText,
    forbid_multi_line_headers,
    make_msgid,
)
from catcher.mail.shortcuts import mail_admins, mail_managers, send_mail, send_mass_mail
from catcher.mail.utils import DNS_NAME, CachedDnsName

__all__ = [
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "DEFAULT_MAILER_ALIAS",
    "DNS_NAME",
    "BadHeaderError",
    "CachedDnsName",
    "EmailAlternative",
    "EmailAttachment",
    "EmailMessage",
    "EmailMultiAlternatives",
    "ImproperlyConfigured",
    "InvalidMailer",
    "MailerDoesNotExist",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "forbid_multi_line_headers",
    "get_connection",
    "mail_admins",
    "mail_managers",
    "mailers",
    "make_msgid",
    "send_mail",
    "send_mass_mail",
    "settings",
]

outbox: Any
