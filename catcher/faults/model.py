"""Values of fault injection: a rule, and a rule in use."""

from dataclasses import dataclass

from catcher.hooks import HookAction, Stage
from catcher.store.labels.inbox_names import is_inbox

MAX_DELAY = 600.0
MAX_TEXT = 400

DEFAULT_TEXTS = {
    Stage.CONNECT: "Service not available",
    Stage.HELO: "Not now",
    Stage.AUTH: "Authentication failed",
    Stage.MAIL: "Sender refused",
    Stage.RCPT: "Recipient refused",
    Stage.DATA: "Message refused",
    Stage.CONTENT: "Message refused",
    Stage.QUIT: "Not yet",
}
"""The reply text of a rule that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """One rule. Raises ValueError, naming the field, for impossible values.

    stage: the point of the dialogue at which the rule applies.
    query: search terms on the envelope: `from:` (the reverse-path), `to:`, `user:`, `ip:`, `helo:`; "" matches every
        dialogue.
    inbox: the rule applies only to mail for this inbox, "" for all. The inbox is known once the client has logged in or
        has named a recipient, so it is an error at the stages before; a rule of MAIL applies to a client that has not
        logged in at the first recipient in the inbox.
    code: reply code 400–599; 0 sends no reply.
    text: reply text, optionally with an enhanced status code first; "" for the default of the stage.
    delay: seconds to wait first, at most 600.
    drop: drop the connection.
    times: maximum number of hits, 0 for unlimited.
    probability: 0–100, in percent.
    name: label for people, and the key of `FaultRules.put_named`.
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
        if self.inbox and not is_inbox(self.inbox):
            raise ValueError("inbox: expected the name of an inbox")
        if self.inbox and self.stage in (Stage.CONNECT, Stage.HELO):
            raise ValueError(
                f"inbox: it is not known yet at the stage {self.stage.value}, expected auth or a later one"
            )
        if not (self.code or self.delay or self.drop):
            raise ValueError("code, delay, drop: expected at least one of them")

    @property
    def action(self) -> HookAction:
        """The action of a hit."""
        reply = f"{self.code} {self.text or DEFAULT_TEXTS[self.stage]}" if self.code and not self.drop else ""
        return HookAction(reply=reply, delay=self.delay, drop=self.drop)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveRule:
    """A rule in use. number: its id, never reused. hits: how often it was applied."""

    number: int
    rule: FaultRule
    hits: int

    @property
    def is_spent(self) -> bool:
        """Whether the rule has reached its maximum number of hits."""
        return bool(self.rule.times) and self.hits >= self.rule.times
