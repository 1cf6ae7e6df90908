"""Clients of spam filters: SpamAssassin's spamd and rspamd."""

from catcher.checks.filters.model import SpamError, SpamRule, SpamService, SpamVerdict
from catcher.checks.filters.rspamd import Rspamd
from catcher.checks.filters.spamd import Spamd

__all__ = ["Rspamd", "SpamError", "SpamRule", "SpamService", "SpamVerdict", "Spamd"]
