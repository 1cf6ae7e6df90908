"""Fault injection."""

from typing import Literal, TypeAlias

from msgspec import Struct

from catcher.schema.base import Count

FaultStage: TypeAlias = Literal["connect", "helo", "auth", "mail", "rcpt", "data", "content", "quit"]


class FaultRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault to inject. stage: of the SMTP dialogue.

    query: search terms on the envelope (`from:`, `to:`, `user:`, `ip:`). code: reply code 400–599, 0 for no reply.
    text: of the reply. delay: seconds before the reply. drop: close the connection. times: how often at most, 0 for no
    limit. probability: in percent. name: a label. inbox: only mail to this inbox.
    """

    stage: FaultStage
    query: str = ""
    code: int = 0
    text: str = ""
    delay: float = 0.0
    drop: bool = False
    times: int = 0
    probability: float = 100.0
    name: str = ""
    inbox: str = ""


class Fault(FaultRequest, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """An active fault. hits: how often it was injected. is_spent: whether `times` is reached."""

    id: int
    hits: Count
    is_spent: bool


class FaultsRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All faults, in the order they are tried. seed: of the random numbers, to make a run repeatable."""

    faults: tuple[FaultRequest, ...] = ()
    seed: int | None = None


class FaultList(Struct, frozen=True, kw_only=True):
    """All faults, in the order they are tried; the first that matches is injected."""

    faults: tuple[Fault, ...]
