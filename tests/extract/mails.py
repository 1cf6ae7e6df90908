"""Small mails for the tests of this room."""

from catcher.extract import Extract, extract
from catcher.mime import parse


def mail(body: str, *, subject: str = "Hello", kind: str = "plain", header: str = "") -> bytes:
    """A mail of one part; kind: "plain" or "html"."""
    head = f"Subject: {subject}\r\n{header}MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n"
    return (head + body).encode()


def found(body: str, *, subject: str = "Hello", kind: str = "plain", header: str = "") -> Extract:
    """The codes and links in such a mail."""
    octets = mail(body, subject=subject, kind=kind, header=header)
    return extract(octets, parse(octets))
