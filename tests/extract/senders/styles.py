"""Layouts of mails, after the ways in which products build theirs: plain text, bare HTML, and tables of many kinds.

Kinds of pieces: head (a heading), p (a paragraph), code (a code that is set apart), boxes (an element for each
character), list (codes below each other), button (text and address), raw (an address written out), row (label and value),
quiet (small print), hidden (not displayed), foot (small links), icon (of a social network), logo (an image that links to the home page) and pixel.
"""

import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from tests.extract.senders.model import Draft, Piece

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True)
class Style:
    """How a sender draws its mails. text: whether there is a text part. url: how a text shows an address.

    page and the others: HTML with {0} for the text and {1} for the value; no page: no HTML part. omitted: pieces that
    this sender never has. is_tracked: all links go through the counter of a mail service, so that each has a token.
    """

    text: bool = True
    url: str = "\n{0}\n"
    link: str = "{0}: {1}"
    row: str = "{0}: {1}"
    alone: str = "{0}"
    page: str = ""
    pieces: dict[str, str] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()
    is_tracked: bool = False


_PLAIN = {
    "head": "<h2>{0}</h2>",
    "p": "<p>{0}</p>",
    "code": "<p><strong>{0}</strong></p>",
    "boxes": "<span>{0}</span> ",
    "button": '<p><a href="{1}">{0}</a></p>',
    "raw": '<p><a href="{1}">{1}</a></p>',
    "row": "<p>{0}: {1}</p>",
    "quiet": "<p><small>{0}</small></p>",
    "hidden": '<div style="display:none;max-height:0;overflow:hidden">{0}</div>',
    "foot": '<p><small><a href="{1}">{0}</a></small></p>',
    "logo": '<p><a href="{1}"><img src="{1}logo.png" alt="{0}"></a></p>',
    "icon": '<a href="{1}">{0}</a> ',
    "pixel": '<img src="{1}" width="1" height="1" alt="">',
}
_TABLE = _PLAIN | {
    "head": '<tr><td style="font-size:24px;font-weight:bold;padding:0 0 16px">{0}</td></tr>',
    "p": '<tr><td style="font-size:15px;line-height:22px;color:#444">{0}</td></tr>',
    "code": '<tr><td align="center" style="background:#f3f4f6;padding:18px;font-size:32px;letter-spacing:5px">{0}</td></tr>',
    "boxes": '<td style="border:1px solid #ccc;padding:6px;font-size:26px">{0}</td>',
    "button": '<tr><td align="center" bgcolor="#2b6cb0" style="border-radius:4px"><a href="{1}" target="_blank" '
    'style="display:inline-block;padding:12px 20px;color:#ffffff">{0}</a></td></tr>',
    "raw": '<tr><td style="font-size:13px;word-break:break-all"><a href="{1}">{1}</a></td></tr>',
    "row": '<tr><td style="color:#777">{0}</td><td align="right">{1}</td></tr>',
    "quiet": '<tr><td style="font-size:11px;color:#999">{0}</td></tr>',
    "foot": '<tr><td style="font-size:11px"><a href="{1}" style="color:#999">{0}</a></td></tr>',
    "logo": '<tr><td><a href="{1}"><img src="https://cdn.sender.example/logo.png" width="140" alt="{0}"></a></td></tr>',
    "icon": '<td><a href="{1}"><img src="https://cdn.sender.example/{0}.png" width="24" alt="{0}"></a></td>',
}
_DIVS = _PLAIN | {
    "head": '<h1 class="title">{0}</h1>',
    "p": "<div>{0}</div><br>",
    "code": '<div style="width:207px;height:53px;background-color:#f0f0f0;line-height:53px;font-weight:700;font-size:1.5em">{0}</div>',
    "boxes": '<span style="display:inline-block;width:34px;border:1px solid #ddd">{0}</span>',
    "button": '<div class="action"><a class="btn btn-primary" href="{1}">{0}</a></div>',
    "row": '<div><span class="label">{0}</span> <span class="value">{1}</span></div>',
    "quiet": '<div class="footer">{0}</div>',
    "foot": '<div class="footer"><a href="{1}">{0}</a></div>',
    "logo": '<div class="header"><a href="{1}"><img src="{1}static/mark.png" alt=""></a></div>',
    "hidden": '<span class="preheader">{0}</span>',
}
_TABLES = '<html><body style="margin:0;background:#f5f5f5"><table width="100%"><tr><td><table width="600">{0}</table></td></tr></table></body></html>'
_STYLED = (
    "<!DOCTYPE html><html><head><style>.preheader {{ display: none !important; }} .btn {{ color: #fff }}</style></head>"
    '<body><div class="wrapper">{0}</div></body></html>'
)

STYLES: dict[str, Style] = {
    "bare paragraphs": Style(text=False, page="{0}", pieces=_PLAIN, omitted=frozenset({"logo", "hidden", "pixel"})),
    "text only": Style(url="\n{0}\n", omitted=frozenset({"hidden"})),
    "text with labels": Style(url="{0}", link="{0} - {1}", row="{0}:\t{1}", alone="    {0}"),
    "bare with text": Style(page="<html><body>{0}</body></html>", pieces=_PLAIN | {"button": '<p><a href="{1}">{0}</a>.</p>'}),
    "markdown": Style(
        url="\n\n{0}\n",
        link="[{0}]({1})",
        alone="**{0}**",
        page='<table width="100%"><tr><td>{0}<hr></td></tr></table>',
        pieces=_PLAIN | {"head": "<h3>{0}</h3>", "code": "<p><code>{0}</code></p>", "hidden": '<div hidden>{0}</div>'},
    ),
    "tables": Style(page=_TABLES, pieces=_TABLE),
    "tables without text": Style(text=False, page=_TABLES, pieces=_TABLE | {
        "code": '<tr><td><h1 style="text-align:center">{0}</h1></td></tr>',
        "row": "<tr><th>{0}</th><td>{1}</td></tr>",
    }),
    "divs": Style(page=_STYLED, pieces=_DIVS),
    "tracked tables": Style(page=_TABLES, pieces=_TABLE, is_tracked=True),
    "tracked paragraphs": Style(text=False, page="<html><body>{0}</body></html>", pieces=_PLAIN | {
        "button": '<p style="text-align:center"><a href="{1}" style="background:#111;color:#fff;padding:14px">{0}</a></p>',
        "foot": '<a href="{1}">{0}</a> &nbsp; ',
    }, is_tracked=True),
    "subcopy": Style(
        page=_TABLES,
        link="{0}: {1}",
        pieces=_TABLE | {
            "button": '<tr><td><table><tr><td><a href="{1}" class="button button-primary">{0}</a></td></tr></table></td></tr>',
            "code": '<tr><td class="panel-content"><p><b>{0}</b></p></td></tr>',
        },
    ),
    "headings": Style(text=False, page="{0}", pieces=_PLAIN | {"code": "<h2>{0}</h2>", "p": '<p style="font-size:16px">{0}</p>'}),
    "serif": Style(page=_STYLED, pieces=_DIVS | {
        "code": '<p style="text-align:center;font-size:40px;margin:30px 0"><span>{0}</span></p>',
        "button": '<p><a href="{1}" style="background-color:#875a7b;padding:8px 16px;color:#fff;border-radius:5px">{0}</a></p>',
        "row": "<p>{0} <b>{1}</b></p>",
    }),
    "one paragraph": Style(text=False, page="<p>{0}</p>", pieces=dict.fromkeys(_PLAIN, "{0}<br>") | {
        "button": '<a href="{1}">{0}</a><br>', "raw": "{1}<br>", "row": "{0} = {1}<br>", "foot": '<a href="{1}">{0}</a> | ',
        "logo": '<a href="{1}"><img src="{1}l.gif"></a><br>', "pixel": '<img src="{1}" height=1 width=1>', "boxes": "{0} ",
        "hidden": '<font style="font-size:0px;color:#fff">{0}</font>', "code": "{0}<br>",
    }),
    # held out
    "angle brackets": Style(url="<{0}>", link="{0} <{1}>", row="{0} {1}", alone="  {0}  "),
    "nested": Style(
        page='<body><div style="max-width:600px"><table role="presentation"><tbody>{0}</tbody></table></div></body>',
        pieces={name: f"<tr><td><div>{piece}</div></td></tr>" for name, piece in _PLAIN.items()} | {
            "code": '<tr><td><div style="font-family:Courier;font-size:28px">{0}</div></td></tr>',
            "boxes": '<span style="letter-spacing:8px">{0}</span>',
            "button": '<tr><td><table><tbody><tr><td bgcolor="#ff6f61" role="presentation"><a href="{1}" '
            'style="display:inline-block;background:#ff6f61;padding:10px 25px">{0}</a></td></tr></tbody></table></td></tr>',
            "hidden": '<tr><td style="opacity:0;font-size:1px">{0}</td></tr>',
        },
    ),
    "list items": Style(
        text=False,
        page="<html><body><ul>{0}</ul></body></html>",
        pieces={name: f"<li>{piece}</li>" for name, piece in _PLAIN.items()} | {
            "row": "<li><em>{0}</em> – {1}</li>",
            "code": '<li><kbd>{0}</kbd></li>',
            "boxes": "<b>{0}</b>",
        },
    ),
}  # fmt: skip
HELD_OUT = ("angle brackets", "nested", "list items")
"""Styles that took no part in writing the rules or in fitting the weights."""


def tracked(url: str, host: str) -> str:
    """Return the address that counts the clicks on another."""
    token = base64.urlsafe_b64encode(hashlib.sha256(url.encode()).digest()).decode().rstrip("=")
    return f"https://click.{host}/ls/{token}"


def tracked_draft(draft: Draft, host: str) -> Draft:
    """Return the mail with all links tracked."""

    def change(url: str) -> str:
        return tracked(url, host) if url.startswith("http") else url

    return Draft(
        draft.subject,
        [
            Piece(each.kind, _LINK.sub(lambda found: f"[{found[1]}]({change(found[2])})", each.text),
                  each.value if each.kind == "pixel" else change(each.value))
            for each in draft.pieces
        ],
        draft.code,
        change(draft.link) if draft.link else "",
        draft.codes,
    )  # fmt: skip


def drawn(draft: Draft, style: Style) -> bytes:
    """Return the message as it is sent."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "no-reply@sender.example"
    message["To"] = "ann@example.com"
    message["Subject"] = draft.subject
    pieces = [piece for piece in draft.pieces if piece.kind not in style.omitted]
    if style.text:
        message.set_content(_text(pieces, style))
    if style.page:
        page = style.page.format(_html(pieces, style))
        if style.text:
            message.add_alternative(page, subtype="html")
        else:
            message.set_content(page, subtype="html")
    return message.as_bytes()


def _text(pieces: Iterable[Piece], style: Style) -> str:
    lines = []
    for piece in pieces:
        text = _LINK.sub(lambda found: style.link.format(found[1], found[2]), piece.text)
        match piece.kind:
            case "hidden" | "logo" | "pixel" | "icon":
                continue
            case "code" | "boxes":
                lines.append(style.alone.format(text))
            case "list":
                lines += [style.alone.format(each) for each in text.split()]
            case "button":
                lines.append(f"{text}: {style.url.format(piece.value)}")
            case "raw":
                lines.append(style.url.format(piece.value))
            case "row":
                lines.append(style.row.format(text, piece.value))
            case "foot":
                lines.append(style.link.format(text, piece.value))
            case _:
                lines.append(text)
    return "\n\n".join(lines) + "\n"


def _html(pieces: Iterable[Piece], style: Style) -> str:
    return "\n".join(_HTML.get(piece.kind, _one)(piece, style) for piece in pieces)


def _one(piece: Piece, style: Style) -> str:
    text = html.escape(piece.text, quote=False)
    text = _LINK.sub(lambda found: f'<a href="{found[2]}">{found[1]}</a>', text)
    return style.pieces[piece.kind].format(text, html.escape(piece.value))


def _boxes(piece: Piece, style: Style) -> str:
    drawn = "".join(style.pieces["boxes"].format(each) for each in piece.text)
    return f"<table><tr>{drawn}</tr></table>" if "<td" in style.pieces["boxes"] else f"<p>{drawn}</p>"


def _list(piece: Piece, style: Style) -> str:
    return "".join(style.pieces["p"].format(each) for each in piece.text.split())


_HTML: dict[str, Callable[[Piece, Style], str]] = {"boxes": _boxes, "list": _list}
