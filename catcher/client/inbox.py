"""An inbox of one's own: where to send, as whom, and to which addresses."""

from catcher.client.connection import Place
from catcher.client.errors import ClientError
from catcher.client.shapes import InboxInfo


class InboxValue:
    """What is known of an inbox. `cursor` is where it began: what comes after is new."""

    def __init__(self, info: InboxInfo, place: Place) -> None:
        self.info = info
        """All that the catcher told of it when it was made or found."""
        self.host, self.port = place.smtp_of(info.smtp)

    @property
    def name(self) -> str:
        """Its name, which is also the user name."""
        return self.info.name

    @property
    def username(self) -> str:
        """To log in to SMTP with, and to POP3."""
        return self.info.username

    @property
    def password(self) -> str:
        """The password for that; "" of an inbox that this client has not made."""
        return self.info.password

    @property
    def cursor(self) -> int:
        """The catcher's last number when the inbox was made or found."""
        return self.info.cursor

    def address(self, local_part: str = "anything") -> str:
        """An address whose mail gets here, whoever sends it without logging in. Raises ClientError without one."""
        for pattern in sorted(self.info.addresses, key=lambda each: not each.startswith("*@")):
            if pattern.startswith("*"):
                return pattern.replace("*", local_part, 1).replace("@*", "@example.com")
        raise ClientError(f"mail gets into the inbox {self.name} by logging in to SMTP as {self.username} only")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self.host}:{self.port}>"
