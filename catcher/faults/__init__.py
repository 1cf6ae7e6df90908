"""Faults on purpose: rules that make the SMTP server refuse, delay or hang up, so that applications can be tested."""

from catcher.faults.model import Fault, Standing
from catcher.faults.rules import FaultRules

__all__ = ["Fault", "FaultRules", "Standing"]
