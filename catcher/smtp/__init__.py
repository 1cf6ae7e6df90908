"""The SMTP dialogue: turns what a client says into an envelope and octets, and hands them to intake."""

from catcher.smtp.options import AuthPolicy, Listener, SmtpOptions
from catcher.smtp.reception import Deliver
from catcher.smtp.server import Listening, SmtpServer

__all__ = ["AuthPolicy", "Deliver", "Listener", "Listening", "SmtpOptions", "SmtpServer"]
