"""Sample messages for the setup page, built as an application builds its mail."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from catcher.web.ui.site.languages import marked

SENDER = "Example Shop <shop@example.com>"
RECIPIENT = "Ann Example <ann@example.com>"

_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>{title}</title><style>body{{font-family:Arial,sans-serif;margin:0;'
    "background:#eef1f5;color:#1c2430}}.card{{max-width:560px;margin:24px auto;padding:32px;background:#fff;"
    "border-radius:8px}}h1{{font-size:22px}}.button{{display:inline-block;padding:12px 20px;background:#1b58cc;"
    "color:#fff;border-radius:6px;text-decoration:none}}@media (prefers-color-scheme:dark)"
    "{{body{{background:#10141a;color:#e8eaee}}"
    '.card{{background:#1d2026}}}}</style></head><body><div class="card"><h1>{title}</h1>{body}</div></body></html>'
)
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 150]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 45>>stream\nBT /F 20 Tf 30 90 Td (Invoice 2026-0042) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_PIXELS = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000001000000010080200000090916836000000164944415478da63908e3843126218d5"
    "30aa61f86a0000e6993f10733594440000000049454e44ae426082"
)


def sample(kind: str, *, now: datetime) -> bytes | None:
    """Return the octets of a sample message, None for an unknown kind."""
    make = SAMPLES.get(kind)
    return make[1](now) if make else None


def _start(subject: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"], message["Date"] = SENDER, RECIPIENT, subject, now
    message["Message-ID"] = f"<{now:%Y%m%d%H%M%S%f}@example.com>"
    return message


def _plain(now: datetime) -> bytes:
    message = _start("Your order has been sent", now)
    message.set_content("Hello Ann,\n\nyour order is on its way.\nFollow it: https://shop.example/orders/1042\n")
    return message.as_bytes()


def _html(now: datetime) -> bytes:
    message = _start("Welcome to Example Shop", now)
    message.set_content("Welcome, Ann.\n\nYour account is ready: https://shop.example/start\n")
    body = (
        '<p><img src="cid:logo@example.com" width="64" height="64" alt="Example Shop"></p>'
        "<p>Welcome, Ann. Your account is ready.</p>"
        '<p><a class="button" href="https://shop.example/start">Start shopping</a></p>'
        '<img src="https://shop.example/open.gif" width="1" height="1" alt="">'
    )
    message.add_alternative(_PAGE.format(title="Welcome", body=body), subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(_PIXELS, "image", "png", cid="<logo@example.com>", filename="logo.png")  # type: ignore[union-attr]
    return message.as_bytes()


def _invoice(now: datetime) -> bytes:
    message = _start("Invoice 2026-0042", now)
    message.set_content("Hello Ann,\n\nyou find your invoice attached.\n")
    body = "<p>Hello Ann,</p><p>you find your invoice attached.</p>"
    message.add_alternative(_PAGE.format(title="Invoice 2026-0042", body=body), subtype="html")
    message.add_attachment(_PDF, "application", "pdf", filename="invoice 2026-0042.pdf")
    return message.as_bytes()


def _code(now: datetime) -> bytes:
    message = _start("Your sign-in code is 482913", now)
    message.set_content("Your sign-in code is 482913. It is valid for ten minutes.\n")
    body = "<p>Your sign-in code is</p><p style='font-size:32px'>482913</p><p>Valid for ten minutes.</p>"
    message.add_alternative(_PAGE.format(title="Sign in", body=body), subtype="html")
    return message.as_bytes()


def _broken(now: datetime) -> bytes:
    head = f"From: shop@@example\r\nSubject: =?utf-8?B?QnJva2Vu IG9uIHB1cnBvc2U?=\r\nDate: yesterday, {now:%H:%M}\r\n"
    body = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=never-closed\r\n\r\n--never-closed\r\n"
    part = "Content-Type: text/html; charset=utf-9\r\n\r\n<p>The boundary is never closed, <b>nor is this tag."
    return (head + body + part).encode()


SAMPLES: Mapping[str, tuple[str, Callable[[datetime], bytes]]] = {
    "plain": (marked("Plain text"), _plain),
    "html": (marked("HTML with images"), _html),
    "invoice": (marked("Invoice with PDF"), _invoice),
    "code": (marked("Sign-in code"), _code),
    "broken": (marked("Malformed message"), _broken),
}
"""Label and maker of each sample, by its key in the form."""
