"""Waiting for messages."""

from msgspec import Struct, field

from catcher.schema.base import Count
from catcher.schema.extract import Extraction
from catcher.schema.messages import MessageDetail, Summary
from catcher.schema.problems import Problem


class FullMessage(MessageDetail, frozen=True, kw_only=True):
    """A whole message with its codes and links."""

    extract: Extraction = field(name="extract")


class NearMiss(Struct, frozen=True, kw_only=True):
    """A message that arrived but did not match. failed: a sentence for each condition that it failed."""

    message: Summary
    failed: tuple[str, ...]


class WaitSuccess(Struct, frozen=True, kw_only=True):
    """The messages that matched, in the order of arrival. cursor: `since` of a wait for later messages."""

    messages: tuple[FullMessage, ...]
    cursor: Count


class WaitFailure(Struct, frozen=True, kw_only=True):
    """A wait that failed. messages: those that matched. near_misses: the newest others, fewest failed conditions first.

    cursor: the store's last arrival number at the end of the wait.
    """

    error: Problem
    messages: tuple[FullMessage, ...]
    near_misses: tuple[NearMiss, ...]
    cursor: Count
