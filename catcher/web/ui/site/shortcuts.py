"""The keys: the one table of them, which the page of keys, the palette and the script that listens read."""

from collections.abc import Mapping
from dataclasses import replace

from catcher.web.ui.pages import Key
from catcher.web.ui.site.languages import _, marked

KEYS = (
    Key(does="next", keys=("j",), action=marked("Next row")),
    Key(does="previous", keys=("k",), action=marked("Previous row")),
    Key(does="open", keys=("Enter", "o"), action=marked("Open the row")),
    Key(does="older", keys=("J",), action=marked("Open the next, older message")),
    Key(does="newer", keys=("K",), action=marked("Open the previous, newer message")),
    Key(does="back", keys=("u", "Escape"), action=marked("Back to the list")),
    Key(does="tick", keys=("x",), action=marked("Tick the row")),
    Key(does="range", keys=("X",), action=marked("Tick all rows from the last one ticked")),
    Key(does="all", keys=("* a",), action=marked("Tick all rows of the page")),
    Key(does="none", keys=("* n",), action=marked("Tick none")),
    Key(does="delete", keys=("#", "Delete"), action=marked("Delete")),
    Key(does="undo", keys=("z",), action=marked("Undo the deletion")),
    Key(does="archive", keys=("e",), action=marked("Mark read and open the next unread")),
    Key(does="mark", keys=("m",), action=marked("Mark read or unread")),
    Key(does="pin", keys=("s", "p"), action=marked("Pin or unpin")),
    Key(does="tag", keys=("l",), action=marked("Tags")),
    Key(does="search", keys=("/",), action=marked("Search")),
    Key(does="view", keys=("1",), action="HTML"),
    Key(does="view", keys=("2",), action=marked("Text")),
    Key(does="view", keys=("3",), action=marked("Source")),
    Key(does="view", keys=("4",), action=marked("Parts")),
    Key(does="view", keys=("5",), action=marked("Headers")),
    Key(does="view", keys=("6",), action=marked("Raw")),
    Key(does="view", keys=("7",), action=marked("Checks")),
    Key(does="view", keys=("8",), action=marked("Delivery")),
    Key(does="wider", keys=("w",), action=marked("Next width of the mail")),
    Key(does="narrower", keys=("W",), action=marked("Previous width of the mail")),
    Key(does="scheme", keys=("d",), action=marked("Light, dark, forced dark")),
    Key(does="images", keys=("i",), action=marked("Images on, off")),
    Key(does="remote", keys=("r",), action=marked("Load remote images of this message")),
    Key(does="compare", keys=("c",), action=marked("Compare: this message with the next one that c is pressed on")),
    Key(does="compare-previous", keys=("C",), action=marked("Compare with the previous of the same subject")),
    Key(does="copy-code", keys=("y",), action=marked("Copy the first code")),
    Key(does="copy-link", keys=("Y",), action=marked("Copy the first link")),
    Key(does="open-link", keys=("b",), action=marked("Open the first link")),
    Key(does="follow", keys=("f",), action=marked("Follow: open new messages as they come")),
    Key(does="show-new", keys=("n",), action=marked("Show the new messages")),
    Key(does="menu", keys=(".",), action=marked("All that can be done with the list")),
    Key(does="go-all", keys=("g a",), action=marked("Go to all mail")),
    Key(does="go-unread", keys=("g u",), action=marked("Go to unread")),
    Key(does="go-pinned", keys=("g p",), action=marked("Go to pinned")),
    Key(does="go-inboxes", keys=("g i",), action=marked("Go to the inboxes")),
    Key(does="go-tags", keys=("g t",), action=marked("Go to the tags")),
    Key(does="go-bin", keys=("g b",), action=marked("Go to the bin")),
    Key(does="go-setup", keys=("g s",), action=marked("Go to the settings for applications")),
    Key(does="side", keys=("[",), action=marked("Sidebar")),
    Key(does="help", keys=("?", "Ctrl-K"), action=marked("This list")),
)
"""In the order of their use. Several keys may do the same; a view is told which by its key."""


def by_key() -> Mapping[str, str]:
    """What each key does, for the script."""
    return {each: key.does for key in KEYS for each in key.keys}


def in_words() -> tuple[Key, ...]:
    """The table in the language of the request."""
    return tuple(replace(key, action=_(key.action)) for key in KEYS)
