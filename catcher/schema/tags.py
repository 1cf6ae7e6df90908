"""Tags of messages."""

from catcher.schema.base import Camel


class SetTagsRequest(Camel, frozen=True, kw_only=True):
    """The new tags of the messages in `IDs`, in place of their present ones; an empty list removes all tags."""

    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class RenameTagRequest(Camel, frozen=True, kw_only=True):
    """The new name of a tag."""

    name: str = ""
