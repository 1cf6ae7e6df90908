"""The pieces of a mail, independent of language and of layout, and the mail that is made of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Piece:
    """One block of a mail. kind: see `styles`. text: may have links as [text](address). value: of a row or a button."""

    kind: str
    text: str
    value: str = ""


@dataclass
class Draft:
    """A mail before it is drawn. code: the primary one, "" for none. link: the primary one, "" for none.

    codes: values and kinds of all codes that a person may type somewhere, the primary one too.
    """

    subject: str
    pieces: list[Piece] = field(default_factory=list)
    code: str = ""
    link: str = ""
    codes: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, text: str, value: str = "") -> None:
        """Append a piece."""
        self.pieces.append(Piece(kind, text, value))


@dataclass(frozen=True)
class SenderMail:
    """A mail with its labels; see `Draft`."""

    language: str
    style: str
    scenario: str
    octets: bytes
    code: str
    link: str
    codes: dict[str, str]

    @property
    def name(self) -> str:
        """Language, style and scenario."""
        return f"{self.language} {self.style} {self.scenario}"
