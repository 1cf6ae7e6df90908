"""A site to be tested: a page to sign up, and one for the code that comes by mail."""

import secrets
import smtplib
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

PAGE = "<!doctype html><title>Shop</title><form method=post>{}</form>"
ADDRESS = PAGE.format("<label>Address <input name=address></label><button>Sign up</button>")
CODE = PAGE.format("<label>Code <input name=code></label><button>Confirm</button>")


class Site(BaseHTTPRequestHandler):
    """What answers. smtp: host, port, user name and password; code: the last one sent."""

    smtp: tuple[str, int, str, str]
    code = ""

    def do_GET(self) -> None:
        """The first page."""
        self._answer(ADDRESS)

    def do_POST(self) -> None:
        """An address gets a code; a code is right or wrong."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if "address" in form:
            self._send(form["address"][0])
            self._answer(CODE)
        else:
            self._answer("<h1>Welcome</h1>" if form["code"] == [Site.code] else "<h1>Wrong</h1>")

    def log_message(self, *arguments: object) -> None:
        """Not on the screen of the tests."""

    def _answer(self, page: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def _send(self, address: str) -> None:
        Site.code = f"{secrets.randbelow(10**6):06}"
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "shop@example.com", address, "Your code"
        mail.set_content(f"Your code is {Site.code}.\n")
        host, port, username, password = self.smtp
        with smtplib.SMTP(host, port, timeout=30) as smtp:
            smtp.login(username, password)
            smtp.send_message(mail)
