"""Many messages as one file to save, sent while it is made."""

from collections.abc import AsyncIterator, Iterator

from starlette.responses import Response, StreamingResponse

from catcher.store import Store
from catcher.store.model import ByIds, Matching, Selection
from catcher.store.search import Anything, Query
from catcher.web.services import Services
from catcher.web.ui.site.site import now

TYPES = {"zip": "application/zip", "mbox": "application/mbox"}


def download(services: Services, selection: Selection, *, kind: str) -> Response:
    """The messages of a selection, oldest first, as "zip" or "mbox". One message at a time is in memory."""
    name = f"mail-{now():%Y-%m-%d-%H%M%S}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_sent(services, selection, kind), media_type=TYPES[kind], headers=headers)


async def _sent(services: Services, selection: Selection, kind: str) -> AsyncIterator[bytes]:
    pieces = _pieces(services.store.store, selection, kind)
    while (piece := await services.threads.run(next, pieces, None)) is not None:
        yield piece


def _pieces(store: Store, selection: Selection, kind: str) -> Iterator[bytes]:
    from catcher.transfer import Copy, KeptMail, mbox_pieces, zip_pieces  # not before somebody wants it

    query: Query = selection.query if isinstance(selection, Matching) else Anything()
    kept = KeptMail(store, query, only=selection.store_ids if isinstance(selection, ByIds) else None)
    copies = (each for each in kept if isinstance(each, Copy))
    return (zip_pieces if kind == "zip" else mbox_pieces)(copies)
