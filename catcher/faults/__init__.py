"""Fault injection: rules that make the SMTP server reject, delay or drop, to test how applications cope."""

from catcher.faults.model import ActiveRule, FaultRule
from catcher.faults.rules import FaultRules

__all__ = ["ActiveRule", "FaultRule", "FaultRules"]
