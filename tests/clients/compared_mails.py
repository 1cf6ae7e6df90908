# ruff: noqa: E501, ISC004 - tables
"""Sixty mails for the comparison with Mailpit: what mail programs, frameworks and broken senders really write."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAD0lEQVR4nGP4z8AARwzEcQCukw/x0F8jngAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, kw_only=True)
class SentMail:
    """A mail and its envelope. name: for reports."""

    name: str
    octets: bytes
    reverse_path: str = "bounce@example.com"
    recipients: tuple[str, ...] = ("ann@example.com",)


def mails() -> list[SentMail]:
    """Return all mails, in the order in which they are sent."""
    stored = [SentMail(name=path.stem, octets=path.read_bytes()) for path in sorted(DATA.glob("*.eml"))]
    return [*stored, *_written()]


def _written() -> Iterator[SentMail]:
    for name, fields, body in _SIMPLE:
        yield SentMail(name=name, octets=_octets(fields, body))
    for name, kind, parts in _MULTIPART:
        yield SentMail(name=name, octets=_multipart(name, kind, parts))
    yield SentMail(
        name="blind copies",
        octets=_octets("To: ann@example.com\nSubject: Blind copies", "Text"),
        recipients=("ann@example.com", "bcc@example.com", "BCC@example.com", "other@example.org"),
    )
    yield SentMail(
        name="bounce", octets=_octets("To: ann@example.com\nSubject: Null reverse path", "x"), reverse_path=""
    )
    yield SentMail(name="plus address", octets=_octets("To: ann+orders@example.com\nSubject: Plus", "x"))
    yield SentMail(name="two froms", octets=_octets("From: b@example.com\nTo: ann@example.com\nSubject: Two", "x"))
    yield SentMail(
        name="bare line feeds", octets=_octets("To: ann@example.com\nSubject: LF", "a\nb").replace(b"\r", b"")
    )
    yield SentMail(name="empty body", octets=_octets("To: ann@example.com\nSubject: Empty", ""))
    yield SentMail(name="no subject", octets=_octets("To: ann@example.com", "Text only"))
    yield SentMail(name="no date", octets=b"From: a@example.com\r\nTo: b@example.com\r\nSubject: No date\r\n\r\nx\r\n")
    yield SentMail(name="no to", octets=b"From: a@example.com\r\nSubject: No To\r\n\r\nx\r\n")
    yield SentMail(name="no from", octets=b"To: b@example.com\r\nSubject: No From\r\n\r\nx\r\n")
    yield SentMail(
        name="eight bit", octets=_octets("To: ann@example.com\nSubject: Gr\u00fc\u00dfe", "\u00c4pfel \u2603")
    )
    yield SentMail(name="long lines", octets=_octets("To: ann@example.com\nSubject: " + "long " * 60, "word " * 400))


_PLAIN = "Content-Type: text/plain; charset=utf-8"
_HTML = "Content-Type: text/html; charset=utf-8"
_QP = "Content-Transfer-Encoding: quoted-printable"
_B64 = "Content-Transfer-Encoding: base64"

_SIMPLE: list[tuple[str, str, str]] = [
    ("plain", f"To: Ann <ann@example.com>\nSubject: Plain\n{_PLAIN}", "Hello Ann\nSecond line\n\n-- \nSignature"),
    ("html only", f"To: ann@example.com\nSubject: HTML\n{_HTML}", "<h1>Hi &amp; welcome</h1><p>Some <b>text</b></p>"),
    ("html entities", f"To: ann@example.com\nSubject: Entities\n{_HTML}", "<p>&euro;&nbsp;5 &lt;b&gt; &#9731;</p>"),
    ("html links", f"To: ann@example.com\nSubject: Links\n{_HTML}", '<a href="http://127.0.0.1:9/a?x=1&amp;y=2">a</a>'
     '<a href="http://127.0.0.1:9/ok?token=abc">b</a><img src="http://127.0.0.1:9/i.png"><a href="mailto:x@y.test">m</a>'),
    ("text links", f"To: ann@example.com\nSubject: Text links\n{_PLAIN}",
     "See http://127.0.0.1:9/one, <http://127.0.0.1:9/two> and (http://127.0.0.1:9/three). https://127.0.0.1:9/four?a=b"),
    ("html css", f"To: ann@example.com\nSubject: CSS\n{_HTML}",
     "<html><head><style>.a{display:flex;background-image:url(http://127.0.0.1:9/b.png)} @media (max-width:600px)"
     "{.a{color:red}}</style></head><body><div class=a style='position:absolute;margin:0 auto'>x</div>"
     "<video src=http://127.0.0.1:9/v.mp4></video><form><input></form><svg></svg></body></html>"),
    ("quoted-printable", f"To: ann@example.com\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n{_PLAIN}\n{_QP}",
     "Caf=C3=A9 =E2=82=AC=\njoined =20\nend=3D"),
    ("base64", f"To: ann@example.com\nSubject: =?utf-8?B?w4RwZmVs?=\n{_PLAIN}\n{_B64}", "Q2Fmw6kg4oKsCg=="),
    ("latin-1", f"To: =?iso-8859-1?Q?J=F6rg?= <joerg@example.com>\nSubject: =?iso-8859-1?Q?=DCber?=\n"
     f"Content-Type: text/plain; charset=iso-8859-1\n{_QP}", "H=E9llo"),
    ("windows-1252", f"To: ann@example.com\nSubject: cp1252\nContent-Type: text/plain; charset=windows-1252\n{_QP}",
     "=93quoted=94 =80"),
    ("shift_jis", f"To: ann@example.com\nSubject: =?shift_jis?B?k/qWe4zq?=\nContent-Type: text/plain; charset=shift_jis\n"
     f"{_B64}", "k/qWe4zqCg=="),
    ("unknown charset", f"To: ann@example.com\nSubject: Charset\nContent-Type: text/plain; charset=x-none\n{_QP}", "a=E9b"),
    ("many recipients", "To: Ann <ann@example.com>, \"Bob, Jr.\" <bob@example.com>, carl@example.com\nCc: dora@example.com\n"
     "Bcc: eve@example.com\nReply-To: reply@example.com, other@example.com\nSubject: Many", "x"),
    ("groups", "To: Team: ann@example.com, bob@example.com;, undisclosed-recipients:;\nSubject: Groups", "x"),
    ("comments", "To: ann@example.com (Ann), (x) bob@example.com\nSubject: Comments", "x"),
    ("encoded names", "To: =?utf-8?Q?=C3=84nn?= <ann@example.com>\nCc: \"=?utf-8?Q?B=C3=B6b?=\" <bob@example.com>\n"
     "Subject: =?utf-8?Q?a?= =?utf-8?Q?b?= c", "x"),
    ("idn", "To: ann@xn--mnchen-3ya.example\nSubject: IDN", "x"),
    ("bad addresses", "To: not an address, <ann@example.com, bob@\nSubject: Bad addresses", "x"),
    ("list", "To: ann@example.com\nSubject: List\nList-Id: <news.example.com>\nPrecedence: bulk\n"
     "List-Unsubscribe: <https://127.0.0.1:9/u?x=1>, <mailto:u@example.com?subject=stop>\n"
     "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "x"),
    ("list, wrong", "To: ann@example.com\nSubject: Bad list\nList-Unsubscribe: https://127.0.0.1:9/u", "x"),
    ("tags", "To: ann@example.com\nSubject: Tags\nX-Tags: First tag, second,  third one ,second", "x"),
    ("folded", "To: ann@example.com,\n\tbob@example.com\nSubject: A folded\n  subject\n\tline\nX-Long: a\n b\n  c", "x"),
    ("repeated fields", "To: ann@example.com\nSubject: Repeated\nX-Same: one\nX-Same: two\nReceived: from a by b; now\n"
     "Received: from c by d; now", "x"),
    ("headers only case", "tO: ann@example.com\nSUBJECT: Case\nmessage-id: <case@example.com>\nX-CUSTOM-header: v", "x"),
    ("reply", "To: ann@example.com\nSubject: Re: Plain\nIn-Reply-To: <plain@example.com>\nReferences: <a@b> <plain@example.com>",
     "> quoted\nanswer"),
    ("old date", "To: ann@example.com\nSubject: Old\nDate: Mon, 3 Feb 1997 10:11:12 +0100", "x"),
    ("bad date", "To: ann@example.com\nSubject: Bad date\nDate: yesterday", "x"),
    ("format flowed", "To: ann@example.com\nSubject: Flowed\nContent-Type: text/plain; format=flowed; charset=us-ascii",
     "A line that \nflows.\n-- \nsig"),
    ("markup in text", f"To: ann@example.com\nSubject: <script>alert(1)</script>\n{_PLAIN}", "<b>not bold</b> & so on"),
    ("calendar only", "To: ann@example.com\nSubject: Calendar\nContent-Type: text/calendar; method=REQUEST; charset=utf-8",
     "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR"),
    ("picture only", f"To: ann@example.com\nSubject: Picture\nContent-Type: image/png; name=dot.png\n{_B64}",
     base64.b64encode(PNG).decode()),
    ("html, no body", f"To: ann@example.com\nSubject: Nothing\n{_HTML}", ""),
    ("return path", "Return-Path: <first@example.com>\nTo: ann@example.com\nSubject: Return-Path", "x"),
]  # fmt: skip

Part = tuple[str, str]

_TEXT_PART: Part = (f"{_PLAIN}", "The text\nof the mail")
_HTML_PART: Part = (f"{_HTML}", '<p>The <i>HTML</i> of the mail</p><img src="cid:dot@x">')
_INLINE: Part = (
    f"Content-Type: image/png; name=dot.png\n{_B64}\nContent-ID: <dot@x>\nContent-Disposition: inline; filename=dot.png",
    base64.b64encode(PNG).decode(),
)
_FILE: Part = (
    f"Content-Type: application/pdf\n{_B64}\nContent-Disposition: attachment; filename=report.pdf",
    base64.b64encode(b"%PDF-1.4 nothing").decode(),
)
_NOTES: Part = (f"{_PLAIN}\nContent-Disposition: inline; filename=notes.txt", "Notes inline")
_RFC2231: Part = (
    "Content-Type: text/csv\nContent-Disposition: attachment;\n filename*0*=utf-8''%C3%84;\n filename*1=pfel.csv",
    "a;b",
)
_NESTED: Part = (
    "Content-Type: message/rfc822\nContent-Disposition: attachment",
    "From: inner@example.com\nTo: x@example.com\nSubject: Inner\n\nInner text",
)
_CALENDAR: Part = ("Content-Type: text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\nEND:VCALENDAR")
_NAMELESS: Part = (f"Content-Type: application/octet-stream\n{_B64}", base64.b64encode(b"\0\1\2").decode())

_MULTIPART: list[tuple[str, str, list[Part]]] = [
    ("alternative", "alternative", [_TEXT_PART, _HTML_PART]),
    ("alternative, html first", "alternative", [_HTML_PART, _TEXT_PART]),
    ("mixed", "mixed", [_TEXT_PART, _FILE]),
    ("mixed, two texts", "mixed", [_TEXT_PART, _FILE, _TEXT_PART]),
    ("mixed, named text", "mixed", [_TEXT_PART, _NOTES]),
    ("mixed, html and text", "mixed", [_HTML_PART, _TEXT_PART]),
    ("related", "related", [_HTML_PART, _INLINE]),
    ("encoded file name", "mixed", [_TEXT_PART, _RFC2231]),
    ("nested message", "mixed", [_TEXT_PART, _NESTED]),
    ("invitation", "alternative", [_TEXT_PART, _HTML_PART, _CALENDAR]),
    ("nameless part", "mixed", [_TEXT_PART, _NAMELESS]),
    ("inline without html", "mixed", [_TEXT_PART, _INLINE]),
    ("files only", "mixed", [_FILE, _RFC2231]),
    ("report", "report; report-type=delivery-status", [_TEXT_PART, (
        "Content-Type: message/delivery-status", "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\n"
        "Action: failed\nStatus: 5.1.1")]),
    ("signed", "signed; protocol=\"application/pgp-signature\"", [_TEXT_PART, (
        "Content-Type: application/pgp-signature; name=signature.asc", "-----BEGIN PGP SIGNATURE-----\n\nx\n")]),
]  # fmt: skip


def _octets(fields: str, body: str) -> bytes:
    given = fields.lower()
    own = [
        "From: Sender <sender@example.com>",
        *([] if "date:" in given else ["Date: Thu, 01 Oct 2026 10:00:00 +0200"]),
        *([] if "message-id:" in given else [f"Message-ID: <{abs(hash_of(fields))}@example.com>"]),
        "MIME-Version: 1.0",
    ]
    text = "\n".join([*own, fields, "", body, ""])
    return text.replace("\n", "\r\n").encode()


def _multipart(name: str, kind: str, parts: list[Part]) -> bytes:
    body = "".join(f"--cut\n{fields}\n\n{content}\n" for fields, content in parts) + "--cut--"
    subtype, _, more = kind.partition(";")
    fields = f"To: ann@example.com\nSubject: {name}\nContent-Type: multipart/{subtype};{more + ';' if more else ''} boundary=cut"
    return _octets(fields, body)


def hash_of(text: str) -> int:
    """Return a number that is the same in every process."""
    return int.from_bytes(text.encode()[:64], "big") % 10**12
