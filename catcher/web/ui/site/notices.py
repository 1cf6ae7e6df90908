"""Results of actions: carried in the address of the next page, which shows them as a notice."""

from urllib.parse import urlsplit

from msgspec import Struct
from starlette.requests import Request

from catcher.web.ui.site.languages import _, plural
from catcher.web.ui.site.list_state import read_number


class ActionResult(Struct, frozen=True, kw_only=True):
    """What an action did. Written into an address by `str`, and read back with care.

    moment: of a deletion that can be undone, in microseconds since 1970; 0 for none.
    """

    action: str
    count: int = 1
    moment: int = 0

    def __str__(self) -> str:
        return f"{self.action}-{self.count}" + (f"-{self.moment}" if self.moment else "")


def notice_text(request: Request) -> str:
    """Return the result of the action before this page in words; "" without one."""
    result = _read_result(request)
    count = result.count
    return {
        "deleted": plural("Deleted %(count)s message.", "Deleted %(count)s messages.", count),
        "discarded": plural("Permanently deleted %(count)s message.", "Permanently deleted %(count)s messages.", count),
        "restored": plural("Restored %(count)s message.", "Restored %(count)s messages.", count),
        "read": plural("Marked %(count)s message as read.", "Marked %(count)s messages as read.", count),
        "unread": plural("Marked %(count)s message as unread.", "Marked %(count)s messages as unread.", count),
        "pinned": plural("Pinned %(count)s message.", "Pinned %(count)s messages.", count),
        "unpinned": plural("Unpinned %(count)s message.", "Unpinned %(count)s messages.", count),
        "tagged": plural("Tagged %(count)s message.", "Tagged %(count)s messages.", count),
        "untagged": plural(
            "Removed the tag from %(count)s message.", "Removed the tag from %(count)s messages.", count
        ),
        "sent": _("Test message sent."),
        "saved": _("Saved for this browser."),
        "kept": _("Search saved."),
        "forgotten": _("Saved search removed. No message was deleted."),
    }.get(result.action, "")


def undo_moment(request: Request) -> str:
    """Return the moment of the deletion before this page, when it can be undone; else ""."""
    result = _read_result(request)
    return str(result.moment) if result.moment and result.count else ""


def return_path(root: str, given: str) -> str:
    """Return the address that a form names to return to, when it is one of this site; else ""."""
    target = urlsplit(given)
    is_own = not (target.scheme or target.netloc) and target.path.startswith(root)
    is_safe = is_own and not target.path.startswith("//") and "\\" not in given and given.isprintable()
    return given if is_safe else ""


def _read_result(request: Request) -> ActionResult:
    action, *texts = request.query_params.get("done", "").split("-")
    numbers = [read_number(text, digits=17) for text in texts]
    match numbers:
        case [int(count)]:
            return ActionResult(action=action, count=count)
        case [int(count), int(moment)]:
            return ActionResult(action=action, count=count, moment=moment)
    return ActionResult(action="", count=0)
