"""Sending mail, with the API of Django's `django.core.mail` and without Django: the standard library is enough.

`settings` holds what Django keeps in its settings; `backends` are the ways to send. The in-memory backend puts what it
is given into the list `outbox` of this package, which exists from the first such connection on; with the SQLite backend
`outbox` is a view of what is stored.
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
