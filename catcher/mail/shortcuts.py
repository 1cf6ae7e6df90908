"""Functions that compose and send mail in one call."""

from collections.abc import Iterable, Sequence
from typing import Any

from catcher.mail import settings
from catcher.mail.connections import select_connection
from catcher.mail.exceptions import improperly_configured
from catcher.mail.message import EmailMessage, EmailMultiAlternatives

__all__ = ["mail_admins", "mail_managers", "send_mail", "send_mass_mail"]


def send_mail(
    subject: Any,
    message: Any,
    from_email: str | None,
    recipient_list: Sequence[str],
    fail_silently: bool = False,
    auth_user: str | None = None,
    auth_password: str | None = None,
    connection: Any = None,
    html_message: Any = None,
    *,
    using: str | None = None,
) -> int:
    """Send one message to all of `recipient_list`, who see each other; return the number of messages sent, 0 or 1.

    `html_message` makes it multipart/alternative. `auth_user` and `auth_password` replace EMAIL_HOST_USER and
    EMAIL_HOST_PASSWORD; they are ignored with a `connection`. `using` is an alias of MAILERS.
    Raises BadHeaderError, and, unless `fail_silently`, smtplib.SMTPException and OSError of the SMTP backend.
    """
    chosen = select_connection(
        using, connection=connection, fail_silently=fail_silently, username=auth_user, password=auth_password
    )
    return _composed(subject, message, from_email, recipient_list, html_message, connection=chosen).send()


def send_mass_mail(
    datatuple: Iterable[tuple[Any, Any, str | None, Sequence[str]]],
    fail_silently: bool = False,
    auth_user: str | None = None,
    auth_password: str | None = None,
    connection: Any = None,
    *,
    using: str | None = None,
) -> int:
    """Send one message for each (subject, message, from_email, recipient_list) over one connection.

    Returns the number of messages sent. The other arguments are those of `send_mail()`.
    """
    chosen = select_connection(
        using, connection=connection, fail_silently=fail_silently, username=auth_user, password=auth_password
    )
    messages = [
        EmailMessage(subject, message, sender, recipients, connection=chosen)
        for subject, message, sender, recipients in datatuple
    ]
    return int(chosen.send_messages(messages) or 0)


def mail_admins(
    subject: Any,
    message: Any,
    fail_silently: bool = False,
    connection: Any = None,
    html_message: Any = None,
    *,
    using: str | None = None,
) -> None:
    """Send a message from SERVER_EMAIL to ADMINS, if any, with EMAIL_SUBJECT_PREFIX before its subject.

    Raises ValueError if ADMINS is not a list of (name, address) pairs.
    """
    _send_to("ADMINS", subject, message, html_message, connection=connection, fail_silently=fail_silently, using=using)


def mail_managers(
    subject: Any,
    message: Any,
    fail_silently: bool = False,
    connection: Any = None,
    html_message: Any = None,
    *,
    using: str | None = None,
) -> None:
    """Send a message to MANAGERS; see `mail_admins()`."""
    _send_to(
        "MANAGERS", subject, message, html_message, connection=connection, fail_silently=fail_silently, using=using
    )


def _send_to(people: str, subject: Any, message: Any, html: Any, *, connection: Any, **options: Any) -> None:
    if not getattr(settings, people):
        return
    # An f-string: adding a lazy subject to a string need not give text.
    subject, to = f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", _addresses(people)
    _composed(subject, message, settings.SERVER_EMAIL, to, html, connection=connection).send(**options)


def _composed(
    subject: Any, body: Any, sender: str | None, to: Sequence[str], html: Any, *, connection: Any
) -> EmailMultiAlternatives:
    alternatives = [(html, "text/html")] if html else ()
    return EmailMultiAlternatives(subject, body, sender, to, connection=connection, alternatives=alternatives)


def _addresses(setting_name: str) -> list[Any]:
    people = getattr(settings, setting_name)
    in_pairs = isinstance(people, (list, tuple)) and all(
        isinstance(person, (list, tuple)) and len(person) == 2 for person in people
    )
    if settings.in_django(6) and not in_pairs:
        if not isinstance(people, (list, tuple)) or any(isinstance(person, (list, tuple)) for person in people):
            raise improperly_configured(f"The {setting_name} setting must be a list of email address strings.")
        return list(people)
    if not in_pairs:
        raise ValueError(f"The {setting_name} setting must be a list of 2-tuples.")
    return [address for _, address in people]
