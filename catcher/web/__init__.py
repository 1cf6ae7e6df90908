"""HTTP: the JSON API, the pages, and live news for both."""

from catcher.web.api.http.presenters import summary_json
from catcher.web.api.metrics import metrics_app
from catcher.web.app import create_app
from catcher.web.services import Facts, Listening, Services, WebOptions

__all__ = ["Facts", "Listening", "Services", "WebOptions", "create_app", "metrics_app", "summary_json"]
