"""Mail for the API's tests, built by hand."""

from datetime import UTC, datetime

from catcher.envelope import Client, Envelope, ForwardPath

MIXED = b"""\
From: "Anna \xc3\x96sterreich" <anna@example.com>\r
To: Bob <bob@example.com>, carol@example.com\r
Cc: dora@example.com\r
Reply-To: answers@example.com\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= & <more>\r
Date: Tue, 02 Jan 2024 10:20:30 +0530\r
Message-ID: <mixed@example.com>\r
X-PHP-Script: a\r
 b\r
X-Tags: Zebra, apple\r
List-Unsubscribe: <mailto:off@example.com>, <https://example.com/off>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=outer\r
\r
--outer\r
Content-Type: multipart/related; boundary=related\r
\r
--related\r
Content-Type: multipart/alternative; boundary=alt\r
\r
--alt\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=FC=DFe aus Wien\r
--alt\r
Content-Type: text/html; charset=utf-8\r
\r
<link rel=preconnect href=https://evil.example><p>Gr\xc3\xbc\xc3\x9fe</p><img src="cid:logo@x"><a href="https://example.com">x</a>\r
--alt--\r
--related\r
Content-Type: image/png\r
Content-ID: <logo@x>\r
Content-Disposition: inline; filename=logo.png\r
Content-Transfer-Encoding: base64\r
\r
iVBORw0KGgo=\r
--related--\r
--outer\r
Content-Type: application/pdf; name="r.pdf"\r
Content-Disposition: attachment; filename*=utf-8''R%C3%A9sum%C3%A9.pdf\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0xLjQKJeKCrA==\r
--outer\r
Content-Type: text/calendar; charset=utf-8\r
\r
BEGIN:VCALENDAR\r
END:VCALENDAR\r
--outer--\r
"""
"""A message with everything that the message's shape shows."""


def plain(number: int, *, subject: str = "", text: str = "words", to: str = "b@example.com") -> bytes:
    """A small message; its subject is "mail <number>" unless given."""
    subject = subject or f"mail {number}"
    return f"From: a@example.com\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


def envelope(*recipients: str, reverse_path: str = "bounce@example.com") -> Envelope:
    """An envelope as SMTP would have given it."""
    return Envelope(
        reverse_path=reverse_path,
        forward_paths=tuple(ForwardPath(addr_spec=each) for each in recipients or ("b@example.com",)),
        received_at=datetime.now(UTC),
        client=Client(address="127.0.0.1", port=5, helo="client.test", protocol="ESMTP", user="robot"),
    )
