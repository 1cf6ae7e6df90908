"""The mail that customers get."""

from django.core.mail import EmailMultiAlternatives


def welcome(address: str) -> None:
    """Send a code to sign in with."""
    text = "Welcome!\n\nYour code is 482913.\n"
    mail = EmailMultiAlternatives("Welcome to the shop", text, None, [address], bcc=["audit@example.com"])
    mail.attach_alternative("<p>Welcome!</p><p>Your code is <b>482913</b>.</p>", "text/html")
    mail.attach("terms.txt", "All sales are final.", "text/plain")
    mail.send()
