"""An application to be tested: customers sign up and confirm by a code that comes by mail, sent in the background."""

import secrets
import smtplib
import threading
from email.message import EmailMessage


class Shop:
    """The application, told where to send its mail."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        self._server = (host, port)
        self._login = (username, password)
        self._codes: dict[str, str] = {}
        self._customers: set[str] = set()

    def sign_up(self, address: str) -> None:
        """Send a code; the mail is on its way when this returns."""
        self._codes[address] = f"{secrets.randbelow(10**6):06}"
        threading.Thread(target=self._send, args=(address, self._codes[address])).start()

    def confirm(self, address: str, code: str) -> None:
        """Make somebody a customer who knows the code."""
        if self._codes.get(address) != code:
            raise ValueError("that is not the code")
        self._customers.add(address)

    def is_customer(self, address: str) -> bool:
        """Whether the address was confirmed."""
        return address in self._customers

    def _send(self, address: str, code: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "shop@example.com", address, "Welcome to the shop"
        mail.set_content(f"Hello!\n\nYour code is {code}.\n\nhttps://shop.example/confirm?code={code}\n")
        with smtplib.SMTP(*self._server, timeout=30) as smtp:
            smtp.login(*self._login)
            smtp.send_message(mail)
