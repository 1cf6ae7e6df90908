"""Templates read what their page's value says, and nothing else."""

import dataclasses
import types
import typing

import msgspec
import pytest
from jinja2 import nodes

from catcher.conf import EffectiveSetting
from catcher.paths import data_directory
from catcher.web.ui.message import diff, highlight
from catcher.web.ui.pages import checks, instance, layout, lists, message, views
from catcher.web.ui.site import formatting
from catcher.web.ui.site.site import environment

CONTEXTS: list[typing.Any] = [
    each
    for module in (checks, instance, layout, lists, message, views)
    for each in vars(module).values()
    if isinstance(each, type) and each.__module__ == module.__name__
]
OF_TEMPLATE = {
    "list.html": lists.ListPage,
    "message.html": message.MessageViewPage,
    "notice.html": lists.NoticePage,
    "setup.html": instance.SetupPage,
    "settings.html": instance.SettingsPage,
    "shortcuts.html": instance.ShortcutsPage,
    "bin.html": lists.BinPage,
    "groups.html": instance.GroupsPage,
    "api.html": instance.ApiPage,
    "connections.html": instance.ConnectionsPage,
    "thread.html": message.ThreadPage,
    "release.html": message.ReleasePage,
    "compare.html": message.ComparePage,
    "print.html": message.PrintPage,
    "views/html.html": message.MessageViewPage,
    "views/text.html": message.MessageViewPage,
    "views/source.html": message.MessageViewPage,
    "views/headers.html": message.MessageViewPage,
    "views/parts.html": message.MessageViewPage,
    "views/checks.html": message.MessageViewPage,
    "views/delivery.html": message.MessageViewPage,
    "_codes_and_links.html": message.MessageViewPage,
}
# Names that templates give to values of these types, by `set` and by `for`.
OF_NAME: dict[str, typing.Any] = {
    "layout": layout.Layout,
    "sidebar": layout.Sidebar,
    "setting": EffectiveSetting,
    "message_list": lists.ListView,
    "setup": lists.SetupGuide,
    "html": views.HtmlView,
    "source": views.SourceView,
    "part": views.PartRow,
    "field": views.HeaderRow,
    "fact": views.NamedValue,
    "file": message.AttachmentItem,
    "preferences": layout.Preferences,
    "family": layout.Choice,
    "snippet": lists.SetupSnippet,
    "link": layout.NavLink,
    "shortcut": instance.Shortcut,
    "group": instance.ApiGroup,
    "route": instance.ApiRoute,
    "checks": checks.ChecksView,
    "section": checks.CheckSection,
    "finding": checks.FindingItem,
    "count": checks.FindingCount,
    "delivery": views.DeliveryView,
    "found": message.CodesAndLinks,
    "preview": checks.InboxPreview,
    "unsubscribe": message.UnsubscribeInfo,
    "event": message.CalendarEvent,
    "code": message.CodeItem,
    "target": message.LinkItem,
    "reason": message.Reason,
    "difference": diff.Difference,
    "block": diff.DiffBlock,
    "token": highlight.SourceToken,
    "step": views.DeliveryStep,
    "each": instance.ConnectionRow,
    "request": checks.CheckRequest,
    "hop": layout.NavLink,
}
# Names that mean another type in these templates.
OF_NAME_IN: dict[str, dict[str, typing.Any]] = {
    "_row.html": {"row": lists.MessageRow},
    "_list.html": {"row": lists.MessageRow},
    "thread.html": {"row": message.ThreadRow},
    "release.html": {"result": message.ReleaseResult},
    "views/text.html": {"span": formatting.TextSpan},
    "compare.html": {"span": diff.DiffSpan},
}


def is_value(kind: typing.Any) -> bool:
    return dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))


def fields(kind: typing.Any) -> dict[str, typing.Any]:
    return typing.get_type_hints(kind) if is_value(kind) else {}


def bare(kind: typing.Any) -> typing.Any:
    """X of `X | None`."""
    if isinstance(kind, types.UnionType):
        return next(each for each in typing.get_args(kind) if each is not type(None))
    return kind


def kind_of(node: nodes.Node, page: type, names: dict[str, typing.Any]) -> typing.Any:
    """The type of an expression such as `page.preview.frame`, None when it is not known."""
    if isinstance(node, nodes.Name):
        return page if node.name == "page" else names.get(node.name)
    if isinstance(node, nodes.Getattr):
        owner = bare(kind_of(node.node, page, names))
        return fields(owner).get(node.attr)
    return None


@pytest.mark.slow
@pytest.mark.parametrize("template", sorted(OF_TEMPLATE))
def test_a_template_reads_only_fields_that_exist(template: str) -> None:
    """Templates receive one dataclass each; a field that is not there fails here, not in a browser."""
    environment_ = environment()
    page = OF_TEMPLATE[template]
    files = [
        template,
        *(("base.html", "_list.html", "_row.html", "_sidebar.html") if page is not message.PrintPage else ()),
    ]
    for name in files:
        names = OF_NAME | OF_NAME_IN.get(name, {})
        tree = environment_.parse((data_directory("templates") / name).read_text(encoding="utf-8"))
        for node in tree.find_all(nodes.Getattr):
            owner = bare(kind_of(node.node, page, names))
            if is_value(owner):
                assert node.attr in fields(owner) or hasattr(owner, node.attr), f"{name}: {node.attr}"


def test_every_field_of_a_page_is_used() -> None:
    """A field that no template reads is work for nothing."""
    text = "".join(path.read_text(encoding="utf-8") for path in data_directory("templates").rglob("*.html"))
    for context in CONTEXTS:
        for field in context.__struct_fields__:
            assert f".{field}" in text, f"{context.__name__}.{field}"


def test_every_field_of_a_page_has_a_comment() -> None:
    """Every field has a comment."""
    room = data_directory("templates").parent / "catcher/web/ui/pages"
    for line in "".join(path.read_text(encoding="utf-8") for path in room.glob("*.py")).splitlines():
        if line.startswith("    ") and ": " in line and not line.lstrip().startswith(('"', "#")):
            assert "  # " in line, line
