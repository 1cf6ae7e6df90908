"""The intake as seen by listeners that open before the store."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from catcher.envelope import Envelope

if TYPE_CHECKING:
    from catcher.intake import Intake


class LateIntake:
    """Holds back deliveries and logins until the intake is there. Made in the event loop that uses it."""

    def __init__(self) -> None:
        self._intake: asyncio.Future[Intake] = asyncio.get_running_loop().create_future()

    def set(self, intake: "Intake") -> None:
        """Set the intake, once."""
        self._intake.set_result(intake)

    async def deliver(self, envelope: Envelope, content: bytes | Path) -> str:
        """See `Intake.accept`."""
        intake = self._intake.result() if self._intake.done() else await asyncio.shield(self._intake)
        return await intake.accept(envelope, content)

    async def inbox_password(self, user: str) -> str:
        """Return the password of the inbox of this name; "" when it has none."""
        intake = await asyncio.shield(self._intake)
        inbox = await intake.store.explicit_inbox(user)
        return "" if inbox is None else inbox.password
