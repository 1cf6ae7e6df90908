"""Takes in new messages from any source: parses, tags and stores them."""

from catcher.intake.deliver import Intake, deliver_now
from catcher.intake.ids import new_store_id
from catcher.intake.prepare import prepare
from catcher.intake.tags import Tagging, TagRule

__all__ = ["Intake", "TagRule", "Tagging", "deliver_now", "new_store_id", "prepare"]
