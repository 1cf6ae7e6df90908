"""Fault injection: rules that make the SMTP server reject, delay or drop, to test how applications cope."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.faults.chaos import read_triggers, set_triggers
    from catcher.faults.model import ActiveRule, FaultRule
    from catcher.faults.rules import FaultRules

__all__ = ["ActiveRule", "FaultRule", "FaultRules", "read_triggers", "set_triggers"]

__getattr__ = lazy.exports(
    __name__,
    {
        "chaos": "read_triggers set_triggers",
        "model": "ActiveRule FaultRule",
        "rules": "FaultRules",
    },
)
