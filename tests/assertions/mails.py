"""Messages for the tests of assertions."""

from email.message import EmailMessage

PDF = b"%PDF-1.7 not much of one"


def welcome(text: str = "Hello Ann,\n\nyour code is 482913.\n", html: str = "", **fields: str) -> EmailMessage:
    """A message with a text, an HTML part when one is given, and further header fields (List_Unsubscribe=…)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "App <app@example.com>", "ann@example.com", "Welcome, Ann"
    usual = {"Date": "Thu, 26 Nov 2026 10:00:00 +0000", "Message_ID": "<1@example.com>"}
    for name, body in (usual | fields).items():
        message[name.replace("_", "-")] = body
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def invoice() -> EmailMessage:
    """The same with a file."""
    message = welcome()
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="invoice.pdf")
    return message
