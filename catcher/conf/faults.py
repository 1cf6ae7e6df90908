"""The settings of faults: a TOML array of tables or a JSON list of objects, and Mailpit's triggers."""

import json
import re
from dataclasses import dataclass
from typing import Any

from catcher.conf.kinds import Kind

STAGES = ("connect", "helo", "auth", "mail", "rcpt", "data", "content", "quit")

_TYPES: dict[str, tuple[type, ...]] = {
    "stage": (str,),
    "query": (str,),
    "code": (int,),
    "text": (str,),
    "delay": (int, float),
    "drop": (bool,),
    "times": (int,),
    "probability": (int, float),
    "name": (str,),
    "inbox": (str,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """One fault, as `catcher.faults.FaultRule` explains it."""

    stage: str
    query: str = ""
    code: int = 0
    text: str = ""
    delay: float = 0.0
    drop: bool = False
    times: int = 0
    probability: float = 100.0
    name: str = ""
    inbox: str = ""


def _faults(value: Any) -> tuple[FaultSettings, ...]:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except RecursionError as error:
            raise ValueError from error
    if not isinstance(value, list):
        raise ValueError
    return tuple(_fault(each) for each in value)


def _fault(table: Any) -> FaultSettings:
    if not isinstance(table, dict) or not table.keys() <= _TYPES.keys() or table.get("stage") not in STAGES:
        raise ValueError
    for key, value in table.items():
        if not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and bool not in _TYPES[key]):
            raise ValueError
    return FaultSettings(**table)


FAULTS = Kind(
    expected=f"a TOML array of tables or a JSON list of objects, each with stage ({', '.join(STAGES)}) and any of "
    f"{', '.join(key for key in _TYPES if key != 'stage')}",
    metavar="JSON",
    read=_faults,
    show=lambda value: "" if not value else f"{len(value)} faults",
)

_TRIGGER = re.compile(r"(senders?|recipients?|auth|authentication)\s*:\s*[45]\d\d\s*:\s*(\d\d?|100)", re.IGNORECASE)


def _triggers(value: Any) -> str:
    if not isinstance(value, str) or not all(_TRIGGER.fullmatch(each.strip()) for each in value.split(",") if value):
        raise ValueError
    return value.strip()


TRIGGERS = Kind(
    expected="triggers such as Sender:451:5,Recipient:451:10,Authentication:535:20",
    metavar="LIST",
    read=_triggers,
)
