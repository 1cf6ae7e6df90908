"""Labelled mails: every language of phrases.toml, in the manner of many senders, with and without codes and links.

A mail is a scenario (`scenarios`: which codes, links and other numbers it has), told in a language and drawn by a style
(`styles`: how a kind of product builds its mails). Its labels follow from its construction.
"""

from tests.extract.senders.model import SenderMail
from tests.extract.senders.scenarios import SCENARIOS, sender_mails
from tests.extract.senders.styles import HELD_OUT, STYLES

__all__ = ["HELD_OUT", "SCENARIOS", "STYLES", "SenderMail", "sender_mails"]
