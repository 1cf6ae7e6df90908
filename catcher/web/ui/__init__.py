"""The pages: everything a person sees, drawn by the server, with scripts only to help."""

from catcher.web.ui.routes import routes

__all__ = ["routes"]
