"""Every method of PyPI's mailpit-api-client against the catcher at CATCHER_URL; run by test_python.py."""

import os
import smtplib

from mailpit.client.api import API

api = API(os.environ["CATCHER_URL"], timeout=30)
host, port = os.environ["CATCHER_SMTP"].split(":")
MAIL = (
    b"Delivered-To: bob@example.com\r\nReceived: from x by y\r\nFrom: Ann <ann@example.com>\r\n"
    b"To: Bob <bob@example.com>\r\nSubject: %b\r\nMessage-ID: <%b@example.com>\r\n"
    b"Date: Sun, 22 Nov 2026 19:29:00 +0000\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    b"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1,2\r\n--b--\r\n"
)

api.delete_messages([])
with smtplib.SMTP(host, int(port), timeout=30) as client:
    for subject in (b"one", b"two", b"three"):
        client.sendmail("ann@example.com", ["bob@example.com"], MAIL % (subject, subject))

found = api.get_messages()
assert [message.subject for message in found.messages] == ["three", "two", "one"], found
assert found.total == found.unread == 3
assert [message.subject for message in api.get_messages(limit=1, start=1).messages] == ["two"]
newest = found.messages[0]
message = api.get_message(newest.id)
assert message.text.strip() == "hello"
assert message.from_.address == "ann@example.com"
(attachment,) = message.attachments
assert api.get_message_attachment(newest.id, attachment.part_id).strip() == "1,2"
headers = api.get_message_headers(newest.id)
assert headers.delivered_to in ("bob@example.com", ["bob@example.com"]), headers
api.put_messages([newest.id], "Read", "true")
assert api.get_messages().unread == 2
api.delete_messages([newest.id])
assert [message.subject for message in api.get_messages().messages] == ["two", "one"]
api.delete_messages([])
assert api.get_messages().total == 0
