"""The SMTP and LMTP server: turns dialogues into envelopes and content, and delivers them."""

from catcher.smtp.context import Deliver
from catcher.smtp.options import AuthPolicy, SmtpListener, SmtpOptions
from catcher.smtp.server import BoundAddress, SmtpServer

__all__ = ["AuthPolicy", "BoundAddress", "Deliver", "SmtpListener", "SmtpOptions", "SmtpServer"]
