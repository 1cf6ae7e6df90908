"""What can be done to many messages at once: to those that are ticked, or to all of a list."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.errors import TagError
from catcher.store.db.codec import microseconds
from catcher.store.model import ByIds, Everything, Matching, Selection
from catcher.store.search import Anything
from catcher.web.ui.list.downloads import download
from catcher.web.ui.list.page import refusal
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.location import Place, read_query
from catcher.web.ui.site.site import Done, Site, now, way_back

MOST_FIELDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A form of the list or of a message.

    ids: what was ticked. is_all: all of the list at `place` instead. tag: for what tags. back: a page to return to
    instead of the list, "" for the list.
    """

    action: str
    ids: tuple[str, ...]
    is_all: bool
    place: Place
    tag: str
    back: str

    def selection(self) -> Selection | None:
        """What it is about; None when the search cannot be read: a typing error deletes nothing."""
        if not self.is_all:
            return ByIds(self.ids)
        query, error = read_query(self.place)
        if error:
            return None
        return Everything() if isinstance(query, Anything) else Matching(query)


Act: TypeAlias = Callable[[Wish, Selection], Awaitable[Done]]


class ActionHandlers:
    """/actions."""

    def __init__(self, site: Site) -> None:
        self._site = site
        store = site.services.store
        self._acts: Mapping[str, Act] = {
            "delete": self._delete,
            "read": partial(self._count, "read", partial(store.mark, is_read=True)),
            "unread": partial(self._count, "unread", partial(store.mark, is_read=False)),
            "pin": partial(self._count, "pinned", partial(store.pin, is_pinned=True)),
            "unpin": partial(self._count, "unpinned", partial(store.pin, is_pinned=False)),
            "tag": self._tag,
            "untag": self._untag,
        }

    async def act(self, request: Request) -> Response:
        """POST /actions: do it, then show the list again, or the page the form names.

        Fields: action, id (repeated), q, i and before for the list, scope ("all" for all of it), tag, back. Actions
        "delete-all" and "read-all" mean all of the list, whatever scope says.
        """
        wish = await _read(request)
        selection = wish.selection()
        if selection is None or not (wish.is_all or wish.ids):
            return await self._refuse(request, _("No message was selected, or the search cannot be read."))
        if wish.action in {"zip", "mbox"}:
            return download(self._site.services, selection, kind=wish.action)
        if wish.action == "compare":
            return RedirectResponse(
                f"{self._site.root}compare?{'&'.join(f'id={each}' for each in _clean(wish.ids))}", 303
            )
        act = self._acts.get(wish.action)
        if act is None:
            return await self._refuse(request, _("The request named nothing that can be done."))
        try:
            done = await act(wish, selection)
        except TagError:
            return await self._refuse(request, _("A tag has letters, digits, spaces and - _ . @ in its name."))
        return RedirectResponse(self._answer(wish, done), status_code=303)

    async def _delete(self, wish: Wish, selection: Selection) -> Done:
        """Into the bin, when there is one; else for good."""
        moment = now() if self._site.options.bin else None
        count = await self._site.services.store.delete(selection, binned_at=moment)
        return Done(action="deleted", count=count, moment=microseconds(moment) if moment else 0)

    async def _count(
        self, name: str, change: Callable[[Selection], Awaitable[int]], _: Wish, chosen: Selection
    ) -> Done:
        return Done(action=name, count=await change(chosen))

    async def _tag(self, wish: Wish, selection: Selection) -> Done:
        return Done(action="tagged", count=await self._site.services.store.add_tag(selection, wish.tag))

    async def _untag(self, wish: Wish, selection: Selection) -> Done:
        return Done(action="untagged", count=await self._site.services.store.remove_tag(selection, wish.tag))

    def _answer(self, wish: Wish, done: Done) -> str:
        if wish.back and wish.action not in {"delete", "unread"}:
            return way_back(self._site.root, wish.back) or self._site.root
        place = replace(wish.place, before=None) if wish.is_all else wish.place
        return place.address(self._site.root, done=done)

    async def _refuse(self, request: Request, text: str) -> Response:
        return await refusal(self._site, request, _("Nothing was changed"), text)


async def _read(request: Request) -> Wish:
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        given = {name: str(form.get(name, "")) for name in ("action", "q", "i", "before", "scope", "tag", "back")}
        ids = tuple(str(value) for value in form.getlist("id"))
    action, scope = given["action"].partition("-")[::2]
    before = given["before"]
    return Wish(
        action=action,
        ids=ids,
        is_all="all" in (scope, given["scope"]),
        place=Place(
            query=given["q"].strip(),
            inbox=given["i"],
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        ),
        tag=given["tag"],
        back=given["back"],
    )


def _clean(ids: tuple[str, ...]) -> list[str]:
    return [each for each in ids[:3] if each.isascii() and each.isalnum()]
