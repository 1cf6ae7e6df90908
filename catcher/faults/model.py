"""A fault as a value: where, for whom, what happens, how often."""

from dataclasses import dataclass

from catcher.hooks import HookAction, Stage
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox

MAX_DELAY = 600.0
MAX_TEXT = 400

TEXTS = {
    Stage.CONNECT: "Service not available",
    Stage.HELO: "Not now",
    Stage.AUTH: "Authentication failed",
    Stage.MAIL: "Sender refused",
    Stage.RCPT: "Recipient refused",
    Stage.DATA: "Message refused",
    Stage.CONTENT: "Message refused",
    Stage.QUIT: "Not yet",
}
"""What a reply says when the fault brings no words of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule. Raises ValueError, naming the field, for what cannot be.

    stage: where. query: search terms on the envelope, "" for every dialogue: `from:` (the reverse-path), `to:`,
        `user:`, `ip:`, `helo:`. inbox: only in dialogues of mail for this inbox, "" for every one; it is known once
        the client has logged in or named a recipient, depending on where inboxes come from.
    code: reply code 400–599; 0 gives no reply. text: its words, an enhanced status code first if wanted; "" for usual
        ones. delay: seconds to wait before, at most 600. drop: hang up.
    times: how often it happens at most, 0 for ever. probability: 0–100, in percent.
    name: for people, and to find it again.
    """

    stage: Stage
    query: str = ""
    code: int = 0
    text: str = ""
    delay: float = 0.0
    drop: bool = False
    times: int = 0
    probability: float = 100.0
    name: str = ""
    inbox: str = ""

    def __post_init__(self) -> None:
        if self.code and not 400 <= self.code <= 599:
            raise ValueError("code: expected 400 to 599, or 0 for no reply")
        if len(self.text) > MAX_TEXT or not self.text.isprintable() or not self.text.isascii():
            raise ValueError(f"text: expected at most {MAX_TEXT} printable ASCII characters")
        if not 0 <= self.delay <= MAX_DELAY:
            raise ValueError(f"delay: expected 0 to {MAX_DELAY:g} seconds")
        if not 0 <= self.probability <= 100:
            raise ValueError("probability: expected 0 to 100")
        if self.times < 0:
            raise ValueError("times: expected 0 or more")
        if self.inbox != clean_inbox(self.inbox) or (self.inbox and not fold_inbox(self.inbox)):
            raise ValueError("inbox: expected the name of an inbox")
        if not (self.code or self.delay or self.drop):
            raise ValueError("code, delay, drop: expected at least one of them")

    @property
    def action(self) -> HookAction:
        """What happens when it strikes."""
        reply = f"{self.code} {self.text or TEXTS[self.stage]}" if self.code and not self.drop else ""
        return HookAction(reply=reply, delay=self.delay, drop=self.drop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A fault that is set up. number: to name it by, never given twice. hits: how often it has struck."""

    number: int
    fault: Fault
    hits: int

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it may."""
        return bool(self.fault.times) and self.hits >= self.fault.times
