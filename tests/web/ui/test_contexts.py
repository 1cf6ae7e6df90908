"""Templates read what their page's value says, and nothing else."""

import dataclasses
import types
import typing

import pytest
from jinja2 import nodes

from catcher.conf import EffectiveSetting
from catcher.paths import data_directory
from catcher.web.ui import pages
from catcher.web.ui.message import diff, highlight
from catcher.web.ui.site import formatting
from catcher.web.ui.site.site import environment

OF_TEMPLATE = {
    "list.html": pages.ListPage,
    "message.html": pages.MessagePage,
    "gone.html": pages.GonePage,
    "setup.html": pages.SetupPage,
    "settings.html": pages.SettingsPage,
    "keys.html": pages.KeysPage,
    "bin.html": pages.BinPage,
    "groups.html": pages.GroupsPage,
    "api.html": pages.ApiPage,
    "connections.html": pages.ConnectionsPage,
    "conversation.html": pages.ConversationPage,
    "release.html": pages.ReleasePage,
    "compare.html": pages.ComparePage,
    "print.html": pages.PrintPage,
    "views/html.html": pages.MessagePage,
    "views/text.html": pages.MessagePage,
    "views/source.html": pages.MessagePage,
    "views/headers.html": pages.MessagePage,
    "views/parts.html": pages.MessagePage,
    "views/checks.html": pages.MessagePage,
    "views/delivery.html": pages.MessagePage,
    "_found.html": pages.MessagePage,
}
# Names that templates give to values of these types, by `set` and by `for`.
OF_NAME = {
    "chrome": pages.Chrome,
    "side": pages.Side,
    "setting": EffectiveSetting,
    "listing": pages.Listing,
    "row": pages.Row,
    "setup": pages.Setup,
    "preview": pages.Preview,
    "source": pages.Source,
    "part": pages.PartLine,
    "field": pages.Field,
    "fact": pages.Fact,
    "file": pages.Attachment,
    "look": pages.Look,
    "family": pages.Choice,
    "snippet": pages.Snippet,
    "link": pages.Link,
    "run": formatting.Run,
    "key": pages.Key,
    "group": pages.ApiGroup,
    "route": pages.ApiRoute,
    "opinions": pages.Opinions,
    "section": pages.Section,
    "opinion": pages.Opinion,
    "count": pages.FindingCount,
    "delivery": pages.Delivery,
    "found": pages.Found,
    "seen": pages.InboxRow,
    "leaving": pages.Unsubscribing,
    "invitation": pages.Invitation,
    "line": pages.ConversationLine,
    "outcome": pages.ReleaseOutcome,
    "code": pages.FoundCode,
    "target": pages.FoundLink,
    "difference": diff.Difference,
    "block": diff.Block,
    "word": diff.Piece,
    "piece": highlight.Piece,
    "step": pages.Step,
    "each": pages.ConnectionLine,
    "ask": pages.Ask,
    "answer": pages.Answer,
    "hop": pages.Link,
}


def fields(kind: typing.Any) -> dict[str, typing.Any]:
    return typing.get_type_hints(kind) if dataclasses.is_dataclass(kind) else {}


def bare(kind: typing.Any) -> typing.Any:
    """X of `X | None`."""
    if isinstance(kind, types.UnionType):
        return next(each for each in typing.get_args(kind) if each is not type(None))
    return kind


def kind_of(node: nodes.Node, page: type) -> typing.Any:
    """The type of an expression such as `page.preview.frame`, None when it is not known."""
    if isinstance(node, nodes.Name):
        return page if node.name == "page" else OF_NAME.get(node.name)
    if isinstance(node, nodes.Getattr):
        owner = bare(kind_of(node.node, page))
        return fields(owner).get(node.attr)
    return None


@pytest.mark.parametrize("template", sorted(OF_TEMPLATE))
def test_a_template_reads_only_fields_that_exist(template: str) -> None:
    """Templates receive one dataclass each; a field that is not there fails here, not in a browser."""
    environment_ = environment()
    page = OF_TEMPLATE[template]
    names = [template, *(("base.html", "_list.html", "_row.html", "_side.html") if page is not pages.PrintPage else ())]
    for name in names:
        tree = environment_.parse((data_directory("templates") / name).read_text(encoding="utf-8"))
        for node in tree.find_all(nodes.Getattr):
            owner = bare(kind_of(node.node, page))
            if dataclasses.is_dataclass(owner):
                assert node.attr in fields(owner) or hasattr(owner, node.attr), f"{name}: {node.attr}"


def test_every_field_of_a_page_is_used() -> None:
    """A field that no template reads is work for nothing."""
    text = "".join(path.read_text(encoding="utf-8") for path in data_directory("templates").rglob("*.html"))
    for name in pages.__all__:
        for field in dataclasses.fields(getattr(pages, name)):
            assert f".{field.name}" in text, f"{name}.{field.name}"


def test_every_field_of_a_page_has_a_comment() -> None:
    """Every field has a comment."""
    room = data_directory("templates").parent / "catcher/web/ui/pages"
    for line in "".join(path.read_text(encoding="utf-8") for path in room.glob("*.py")).splitlines():
        if line.startswith("    ") and ": " in line and not line.lstrip().startswith(('"', "#")):
            assert "  # " in line, line
