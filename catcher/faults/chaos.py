"""Mailpit's three triggers ("chaos") and MailHog's monkey ("jim"), each as faults with names of their own.

Sources: Mailpit's chaos API; MailHog's documentation of Jim.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from catcher.faults.model import Fault
from catcher.faults.rules import FaultRules
from catcher.hooks import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One of Mailpit's. code: 400–599. probability: 0–100, in percent. Raises ValueError in Mailpit's words."""

    code: int
    probability: int = 0

    def __post_init__(self) -> None:
        if not 400 <= self.code <= 599:
            raise ValueError("error code must be between 400 and 599")
        if not 0 <= self.probability <= 100:
            raise ValueError("probability must be between 0 and 100")


TRIGGERS: Mapping[str, tuple[Stage, Trigger]] = {
    "sender": (Stage.MAIL, Trigger(code=451)),
    "recipient": (Stage.RCPT, Trigger(code=451)),
    "authentication": (Stage.AUTH, Trigger(code=535)),
}
"""Stage and resting state of each trigger, by its name."""

ALIASES = {"senders": "sender", "recipients": "recipient", "auth": "authentication"}


def read_triggers(text: str) -> dict[str, Trigger]:
    """ "Sender:451:5,Recipient:451:10", as Mailpit's setting has them. Raises ValueError."""
    triggers: dict[str, Trigger] = {}
    for each in text.split(","):
        name, *numbers = [word.strip() for word in each.split(":")]
        known = ALIASES.get(name.lower(), name.lower())
        if known not in TRIGGERS or len(numbers) != 2 or not all(number.isdigit() for number in numbers):
            raise ValueError("triggers such as Sender:451:5,Recipient:451:10,Authentication:535:20")
        triggers[known] = Trigger(code=int(numbers[0]), probability=int(numbers[1]))
    return triggers


def triggers_of(rules: FaultRules) -> dict[str, Trigger]:
    """The three triggers as they stand; one that is not set rests."""
    found = {name: trigger for name, (_, trigger) in TRIGGERS.items()}
    for one in rules.standing:
        name = one.fault.name.removeprefix("chaos ")
        if name in found and one.fault.name.startswith("chaos "):
            found[name] = Trigger(code=one.fault.code, probability=round(one.fault.probability))
    return found


def set_triggers(rules: FaultRules, triggers: Mapping[str, Trigger]) -> None:
    """Have these triggers, and let those rest that are not given. A resting one keeps its code."""
    rules.put_named(
        [
            Fault(
                stage=stage,
                code=(triggers.get(name) or resting).code,
                text=f"Chaos {name} error",
                probability=(triggers.get(name) or resting).probability,
                name=f"chaos {name}",
            )
            for name, (stage, resting) in TRIGGERS.items()
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Jim:
    """MailHog's chances, each 0–1. accept: that a connection is let in; the others are those of what happens to it.

    Speed limits are not imitated.
    """

    accept: float = 0.99
    disconnect: float = 0.005
    reject_sender: float = 0.05
    reject_recipient: float = 0.05
    reject_auth: float = 0.05

    def __post_init__(self) -> None:
        for chance in (self.accept, self.disconnect, self.reject_sender, self.reject_recipient, self.reject_auth):
            if not 0 <= chance <= 1:
                raise ValueError("chances: expected 0 to 1")


_JIM = {
    "jim accept": (Stage.CONNECT, 0),
    "jim disconnect mail": (Stage.MAIL, 0),
    "jim disconnect rcpt": (Stage.RCPT, 0),
    "jim disconnect data": (Stage.DATA, 0),
    "jim sender": (Stage.MAIL, 550),
    "jim recipient": (Stage.RCPT, 550),
    "jim auth": (Stage.AUTH, 535),
}


def jim_of(rules: FaultRules) -> Jim | None:
    """The monkey as it stands; None while it is off."""
    chances = {one.fault.name: one.fault.probability / 100 for one in rules.standing}
    if not _JIM.keys() <= chances.keys():
        return None
    return Jim(
        accept=round(1 - chances["jim accept"], 6),
        disconnect=chances["jim disconnect mail"],
        reject_sender=chances["jim sender"],
        reject_recipient=chances["jim recipient"],
        reject_auth=chances["jim auth"],
    )


def set_jim(rules: FaultRules, jim: Jim | None) -> None:
    """Let the monkey in, or send it away with None."""
    if jim is None:
        for one in rules.standing:
            if one.fault.name in _JIM:
                rules.remove(one.number)
        return
    chances = {
        "jim accept": 1 - jim.accept,
        "jim sender": jim.reject_sender,
        "jim recipient": jim.reject_recipient,
        "jim auth": jim.reject_auth,
    }
    rules.put_named(
        [
            Fault(
                stage=stage,
                code=code,
                drop=not code,
                probability=chances.get(name, jim.disconnect) * 100,
                name=name,
            )
            for name, (stage, code) in _JIM.items()
        ]
    )
