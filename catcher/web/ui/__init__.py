"""The pages: drawn by the server; scripts only add convenience."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.web.ui.routes import routes
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "routes": "routes",
        },
    )

__all__ = ["routes"]
