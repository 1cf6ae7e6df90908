"""The keyboard shortcuts: one table for the page of shortcuts, the palette and the script."""

from collections.abc import Mapping

from msgspec.structs import replace

from catcher.web.ui.pages.instance import Shortcut
from catcher.web.ui.site.languages import _, marked

SHORTCUTS = (
    Shortcut(name="next", keys=("j",), action=marked("Next message")),
    Shortcut(name="previous", keys=("k",), action=marked("Previous message")),
    Shortcut(name="open", keys=("Enter", "o"), action=marked("Open the message")),
    Shortcut(name="older", keys=("J",), action=marked("Open the next (older) message")),
    Shortcut(name="newer", keys=("K",), action=marked("Open the previous (newer) message")),
    Shortcut(name="back", keys=("u", "Escape"), action=marked("Back to the list")),
    Shortcut(name="tick", keys=("x",), action=marked("Select the message")),
    Shortcut(name="range", keys=("X",), action=marked("Select up to this message")),
    Shortcut(name="all", keys=("* a",), action=marked("Select all messages on the page")),
    Shortcut(name="none", keys=("* n",), action=marked("Clear the selection")),
    Shortcut(name="delete", keys=("#", "Delete"), action=marked("Delete")),
    Shortcut(name="undo", keys=("z",), action=marked("Undo the last deletion")),
    Shortcut(name="archive", keys=("e",), action=marked("Mark as read and open the next unread message")),
    Shortcut(name="mark", keys=("m",), action=marked("Mark as read or unread")),
    Shortcut(name="pin", keys=("s", "p"), action=marked("Pin or unpin")),
    Shortcut(name="tag", keys=("l",), action=marked("Tags")),
    Shortcut(name="search", keys=("/",), action=marked("Search")),
    Shortcut(name="view", keys=("1",), action="HTML"),
    Shortcut(name="view", keys=("2",), action=marked("Text")),
    Shortcut(name="view", keys=("3",), action=marked("Source")),
    Shortcut(name="view", keys=("4",), action=marked("Parts")),
    Shortcut(name="view", keys=("5",), action=marked("Headers")),
    Shortcut(name="view", keys=("6",), action=marked("Raw")),
    Shortcut(name="view", keys=("7",), action=marked("Checks")),
    Shortcut(name="view", keys=("8",), action=marked("Delivery")),
    Shortcut(name="wider", keys=("w",), action=marked("Next preview width")),
    Shortcut(name="narrower", keys=("W",), action=marked("Previous preview width")),
    Shortcut(name="scheme", keys=("d",), action=marked("Switch between light, dark and forced dark")),
    Shortcut(name="images", keys=("i",), action=marked("Show or hide images")),
    Shortcut(name="remote", keys=("r",), action=marked("Load remote images")),
    Shortcut(name="compare", keys=("c",), action=marked("Mark for comparison, or compare with the marked message")),
    Shortcut(name="compare-previous", keys=("C",), action=marked("Compare with the previous message of this kind")),
    Shortcut(name="copy-code", keys=("y",), action=marked("Copy the first code")),
    Shortcut(name="copy-link", keys=("Y",), action=marked("Copy the first link")),
    Shortcut(name="open-link", keys=("b",), action=marked("Open the first link")),
    Shortcut(name="follow", keys=("f",), action=marked("Follow: open new messages automatically")),
    Shortcut(name="show-new", keys=("n",), action=marked("Show new messages")),
    Shortcut(name="menu", keys=(".",), action=marked("List actions")),
    Shortcut(name="go-all", keys=("g a",), action=marked("Go to all mail")),
    Shortcut(name="go-unread", keys=("g u",), action=marked("Go to unread messages")),
    Shortcut(name="go-pinned", keys=("g p",), action=marked("Go to pinned messages")),
    Shortcut(name="go-inboxes", keys=("g i",), action=marked("Go to inboxes")),
    Shortcut(name="go-tags", keys=("g t",), action=marked("Go to tags")),
    Shortcut(name="go-bin", keys=("g b",), action=marked("Go to the bin")),
    Shortcut(name="go-setup", keys=("g s",), action=marked("Go to application setup")),
    Shortcut(name="side", keys=("[",), action=marked("Show or hide the sidebar")),
    Shortcut(name="help", keys=("?", "Ctrl-K"), action=marked("Keyboard shortcuts")),
)
"""In the order of their use. The keys of one entry do the same; the action "view" gets the key that was pressed."""


def actions_by_key() -> Mapping[str, str]:
    """Return the name of the action of each key, for the script."""
    return {key: shortcut.name for shortcut in SHORTCUTS for key in shortcut.keys}


def translated() -> tuple[Shortcut, ...]:
    """Return the table in the language of the request."""
    return tuple(replace(shortcut, action=_(shortcut.action)) for shortcut in SHORTCUTS)
