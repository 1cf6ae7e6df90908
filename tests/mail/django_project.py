"""A minimal Django project, run as a process of its own: `python django_project.py <JSON>`.

The JSON has `settings` (what settings.py would say) and `mails` (the settings of MAILERS aliases to send through, or
[null] for the default backend). Django's own message classes and functions are used throughout; what the library left
in memory and what went wrong is printed as JSON. The file runs on every Python and Django that the tests find.
"""

import json
import sys
import warnings


def main() -> None:
    """Configure Django, send, report."""
    order = json.loads(sys.argv[1])
    warnings.simplefilter("ignore")

    from django.conf import settings

    settings.configure(USE_TZ=True, **order["settings"])
    import django

    django.setup()
    from django.core import mail

    backends = []
    for alias in order["mails"]:
        using = {} if alias is None else {"using": alias}
        html = {"html_message": "<p>Hällo"}
        assert mail.send_mail("Sübject", "Hällo", None, ["Tö <to@öäü.com>"], **html, **using) == 1
        message = mail.EmailMultiAlternatives("Second", "Bödy", "from@example.com", ["to@example.com"], bcc=["b@e.com"])
        message.attach_alternative("<p>Bödy", "text/html")
        message.attach("ü.txt", "ä", "text/plain")
        assert message.send(**using) == 1
        connection = mail.get_connection() if alias is None else mail.mailers[alias]
        backends.append(f"{type(connection).__module__} {getattr(connection, 'alias', None)}")
    mail.mail_admins("Broken", "Trouble", **({} if order["mails"][-1] is None else {"using": order["mails"][-1]}))
    try:
        using = {} if order["mails"][-1] is None else {"using": order["mails"][-1]}
        mail.send_mail("a\nBcc: x@example.com", "body", None, ["to@example.com"], **using)
        refused = ""
    except ValueError as error:
        refused = f"{type(error).__module__}.{type(error).__name__}"

    from catcher import mail as library

    report = {
        "django": django.VERSION[:2],
        "backends": backends,
        "refused": refused,
        "outbox": [one.subject for one in getattr(library, "outbox", [])],
        "sender": library.EmailMessage().from_email,
        "kind": type(library.EmailMessage("S", "b", to=["a@b.c"]).message()).__name__,
    }
    print("\nREPORT", json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
