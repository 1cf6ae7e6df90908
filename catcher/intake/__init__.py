"""The entrance for new mail from any source: parses it, routes it to inboxes, tags it and stores it."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.intake.delivery import Intake, deliver_now, store_now
    from catcher.intake.ids import new_store_id
    from catcher.intake.preparation import prepare
    from catcher.intake.tags import TagOptions, TagRule

__all__ = ["Intake", "TagOptions", "TagRule", "deliver_now", "new_store_id", "prepare", "store_now"]

__getattr__ = lazy.exports(
    __name__,
    {
        "delivery": "Intake deliver_now store_now",
        "ids": "new_store_id",
        "preparation": "prepare",
        "tags": "TagOptions TagRule",
    },
)
