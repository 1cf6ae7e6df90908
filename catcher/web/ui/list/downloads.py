"""Downloads of many messages as one file, streamed while it is made."""

from collections.abc import AsyncIterator, Iterator

from starlette.responses import Response, StreamingResponse

from catcher import transfer
from catcher.store import Store
from catcher.store.model import ByIds, Matching, Selection
from catcher.store.search import Anything, Query
from catcher.web.services import Services
from catcher.web.ui.site.site import now

TYPES = {"zip": "application/zip", "mbox": "application/mbox"}


def download(services: Services, selection: Selection, *, kind: str) -> Response:
    """Return the messages of a selection, oldest first, as "zip" or "mbox". One message at a time is in memory."""
    name = f"mail-{now():%Y-%m-%d-%H%M%S}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_streamed(services, selection, kind), media_type=TYPES[kind], headers=headers)


async def _streamed(services: Services, selection: Selection, kind: str) -> AsyncIterator[bytes]:
    pieces = _pieces(services.store.blocking, selection, kind)
    while (piece := await services.threads.run(next, pieces, None)) is not None:
        yield piece


def _pieces(store: Store, selection: Selection, kind: str) -> Iterator[bytes]:
    query: Query = selection.query if isinstance(selection, Matching) else Anything()
    source = transfer.StoreSource(store, query, only=selection.store_ids if isinstance(selection, ByIds) else None)
    copies = (each for each in source if isinstance(each, transfer.MessageCopy))
    return (transfer.stream_zip if kind == "zip" else transfer.stream_mbox)(copies)
