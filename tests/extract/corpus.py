"""Mails of the corpus with their expected codes and links; data/README.md describes the format."""

import re
import tomllib
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

DATA = Path(__file__).parent / "data"
LAYOUTS: dict[str, dict[str, str]] = tomllib.loads((DATA / "layouts.toml").read_text("utf-8"))
_MACRO = re.compile(r"\[\[(\w+) (.*?)\]\](?!\])", re.DOTALL)
_NAMES = {"html": "text/html", "text": "text/plain"}


@dataclass
class Labelled:
    """A mail. codes: value and kind, the primary one first. link: address and kind of the primary one, or None."""

    name: str
    part: str
    codes: list[tuple[str, str]] = field(default_factory=list)
    link: tuple[str, str] | None = None
    subject: str = ""
    bodies: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def octets(self) -> bytes:
        """The mail as it would be sent."""
        message = EmailMessage()
        message["From"] = "Sender <no-reply@example.com>"
        message["To"] = "Ann <ann@example.com>"
        message["Subject"] = self.subject
        for kind, layout, body in self.bodies:
            text = body if kind == "text" else self._drawn(layout, body)
            if message.get_content_maintype() == "text" and message.get_payload() is not None:
                message.add_alternative(text, subtype=_NAMES[kind].partition("/")[2])
            else:
                message.set_content(text, subtype=_NAMES[kind].partition("/")[2])
        return message.as_bytes()

    def _drawn(self, name: str, body: str) -> str:
        if name == "raw":
            return body
        layout = LAYOUTS[name]
        host = re.search(r"https?://([^/\s]+)", body)
        paragraphs = [_paragraph(layout, each.strip()) for each in body.split("\n\n") if each.strip()]
        return layout["page"].format(
            body="\n".join(paragraphs), subject=self.subject, host=host[1] if host else "example.com"
        )


def corpus(part: str) -> list[Labelled]:
    """All mails of "tuning" or "heldout", file by file."""
    return [mail for path in sorted((DATA / part).glob("*.txt")) for mail in _mails(path, part)]


def _mails(path: Path, part: str) -> list[Labelled]:
    mails = []
    for piece in re.split(r"^== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, *bodies = re.split(r"^-- ", piece, flags=re.MULTILINE)
        name, *fields = head.strip().split("\n")
        mail = Labelled(name=f"{path.stem}: {name}", part=part)
        for line in fields:
            _take(mail, line)
        for body in bodies:
            first, _, text = body.partition("\n")
            kind, _, layout = first.strip().partition(" ")
            mail.bodies.append((kind, layout, text))
        assert mail.subject, mail.name
        assert mail.bodies, mail.name
        mails.append(mail)
    return mails


def _take(mail: Labelled, line: str) -> None:
    key, _, value = line.partition(": ")
    if key == "code":
        code, kind = value.split()
        mail.codes.append((code.replace("-", ""), kind))
    elif key == "link":
        url, kind = value.split()
        mail.link = (url, kind)
    else:
        assert key == "Subject", line
        mail.subject = value


def _paragraph(layout: dict[str, str], text: str) -> str:
    drawn = _MACRO.sub(lambda match: _macro(layout, match[1], match[2]), text)
    return drawn if text.startswith("[[") else layout["paragraph"].format(text=drawn)


def _macro(layout: dict[str, str], name: str, value: str) -> str:
    if name == "boxes":
        return layout["boxes"].format(text="".join(layout["box"].format(text=each) for each in value))
    if name == "button":
        url, _, text = value.partition(" | ")
        return layout["button"].format(url=url, text=text)
    if name == "row":
        text, _, shown = value.partition(" | ")
        return layout["row"].format(text=text, value=shown)
    return layout[name].format(text=value)
