"""The SMTP and LMTP server: turns dialogues into envelopes and content, and delivers them."""

from catcher.smtp.options import AuthPolicy, SmtpListener, SmtpOptions
from catcher.smtp.server import SmtpServer

__all__ = ["AuthPolicy", "SmtpListener", "SmtpOptions", "SmtpServer"]
