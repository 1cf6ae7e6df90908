"""Mailpit's chaos triggers and MailHog's chaos monkey ("Jim"), both stored as named fault rules.

Sources: Mailpit's chaos API; MailHog's documentation of Jim.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from catcher.faults.model import FaultRule
from catcher.faults.rules import FaultRules
from catcher.hooks import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One of Mailpit's triggers. code: 400–599. probability: 0–100, in percent.

    Raises ValueError with Mailpit's texts.
    """

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
"""Stage and default (disabled) state of each trigger, by name."""

ALIASES = {"senders": "sender", "recipients": "recipient", "auth": "authentication"}


def read_triggers(text: str) -> dict[str, Trigger]:
    """Parse "Sender:451:5,Recipient:451:10", the syntax of Mailpit's setting. Raises ValueError."""
    triggers: dict[str, Trigger] = {}
    for each in text.split(","):
        name, *numbers = [word.strip() for word in each.split(":")]
        known = ALIASES.get(name.lower(), name.lower())
        if known not in TRIGGERS or len(numbers) != 2 or not all(number.isdigit() for number in numbers):
            raise ValueError("triggers such as Sender:451:5,Recipient:451:10,Authentication:535:20")
        triggers[known] = Trigger(code=int(numbers[0]), probability=int(numbers[1]))
    return triggers


def triggers_of(rules: FaultRules) -> dict[str, Trigger]:
    """Return the state of the three triggers."""
    named = {one.rule.name: one.rule for one in rules.active}
    return {
        name: Trigger(code=rule.code, probability=round(rule.probability)) if rule else default
        for name, (_, default) in TRIGGERS.items()
        for rule in (named.get(f"chaos {name}"),)
    }


def set_triggers(rules: FaultRules, triggers: Mapping[str, Trigger]) -> None:
    """Set these triggers and disable the others."""
    rules.put_named(
        [
            FaultRule(
                stage=stage,
                code=triggers.get(name, default).code,
                text=f"Chaos {name} error",
                probability=triggers.get(name, default).probability,
                name=f"chaos {name}",
            )
            for name, (stage, default) in TRIGGERS.items()
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Jim:
    """MailHog's probabilities, each 0–1. Its rate limits are not supported."""

    accept: float = 0.99
    disconnect: float = 0.005
    reject_sender: float = 0.05
    reject_recipient: float = 0.05
    reject_auth: float = 0.05

    def __post_init__(self) -> None:
        for value in (self.accept, self.disconnect, self.reject_sender, self.reject_recipient, self.reject_auth):
            if not 0 <= value <= 1:
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
    """Return the monkey's state; None while it is off."""
    probabilities = {one.rule.name: one.rule.probability / 100 for one in rules.active}
    if not _JIM.keys() <= probabilities.keys():
        return None
    return Jim(
        accept=round(1 - probabilities["jim accept"], 6),
        disconnect=probabilities["jim disconnect mail"],
        reject_sender=probabilities["jim sender"],
        reject_recipient=probabilities["jim recipient"],
        reject_auth=probabilities["jim auth"],
    )


def set_jim(rules: FaultRules, jim: Jim | None) -> None:
    """Turn the monkey on, or off with None."""
    if jim is None:
        for one in rules.active:
            if one.rule.name in _JIM:
                rules.remove(one.number)
        return
    probabilities = {
        "jim accept": 1 - jim.accept,
        "jim sender": jim.reject_sender,
        "jim recipient": jim.reject_recipient,
        "jim auth": jim.reject_auth,
    }
    rules.put_named(
        [
            FaultRule(
                stage=stage,
                code=code,
                drop=not code,
                probability=probabilities.get(name, jim.disconnect) * 100,
                name=name,
            )
            for name, (stage, code) in _JIM.items()
        ]
    )
