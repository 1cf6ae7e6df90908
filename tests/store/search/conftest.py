from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.search.mailbox import Mailbox


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """A database of its own, made once for a module; each test fills it anew."""
    directory: Path = tmp_path_factory.mktemp("search")
    box = Mailbox(directory / "mail.db")
    yield box
    box.close()
