"""Authentication of mail: DKIM, SPF, DMARC, ARC, against live DNS or a zone file."""

from catcher.checks.auth.arc import ArcResult, verify_arc
from catcher.checks.auth.dkim import DkimResult, verify_dkim
from catcher.checks.auth.dmarc import DmarcResult, DmarcSubject, check_dmarc
from catcher.checks.auth.lookup import DnsLookup, Lookup, LookupFailed, ZoneLookup
from catcher.checks.auth.model import AuthResult
from catcher.checks.auth.spf import SpfResult, check_host

__all__ = [
    "ArcResult",
    "AuthResult",
    "DkimResult",
    "DmarcResult",
    "DmarcSubject",
    "DnsLookup",
    "Lookup",
    "LookupFailed",
    "SpfResult",
    "ZoneLookup",
    "check_dmarc",
    "check_host",
    "verify_arc",
    "verify_dkim",
]
