"""Where connections to elsewhere are made: in few places, each told in docs/connections.md with what guards it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CLIENT_WORDS = """
aiohttp dns.query dns.resolver ftplib http.client httpcore2 httpx2 imaplib poplib requests socks telnetlib
urllib.request urllib3 websockets.client xmlrpc.client
"""
CLIENTS = frozenset(_CLIENT_WORDS.split())
"""Modules that are there to connect to somebody."""
_CALL_WORDS = """
create_connection create_datagram_endpoint create_unix_connection getaddrinfo gethostbyname open_connection
open_unix_connection sendto urlopen
"""
CALLS = frozenset(_CALL_WORDS.split())
SESSIONS = frozenset({"LMTP", "SMTP", "SMTP_SSL"})
"""Of smtplib; its errors connect to nobody."""


def _reaches_out(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name in CLIENTS for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module in CLIENTS:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            return True
        if isinstance(node, ast.Attribute) and node.attr in SESSIONS and ast.unparse(node.value) == "smtplib":
            return True
    return False


def reaching_out() -> set[str]:
    """The modules of the package that connect to others, as paths."""
    return {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "catcher").rglob("*.py"))
        if _reaches_out(ast.parse(path.read_text("utf-8")))
    }


def test_every_place_that_connects_is_told_with_its_guard() -> None:
    """A module that reaches out and is not in the document, or the other way round, fails here."""
    told = re.findall(r"^\| `(catcher/[\w/]+\.py)` \|", (ROOT / "docs" / "connections.md").read_text("utf-8"), re.M)
    assert sorted(told) == sorted(reaching_out())


def test_the_search_finds_what_it_is_there_for() -> None:
    """Each way to connect is seen; what only names an error is not."""
    for text in (
        "import httpx2",
        "from urllib.request import urlopen",
        "def f():\n import dns.resolver",
        "asyncio.open_connection(host, 25)",
        "class A(smtplib.SMTP): pass",
    ):
        assert _reaches_out(ast.parse(text)), text
    for text in ("try: pass\nexcept smtplib.SMTPException: pass", "import urllib.parse", "relay.connect()"):
        assert not _reaches_out(ast.parse(text)), text


def test_the_server_runs_no_other_program() -> None:
    """What another program would connect to could not be judged. The refresh of vendored data is a person's command."""
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "catcher").rglob("*.py")
        if re.search(r"^\s*(?:import|from) (?:subprocess|pty)\b|os\.system|os\.popen", path.read_text("utf-8"), re.M)
    }
    known = {"catcher/checks/data/refresh.py", "catcher/testing/in_process.py"}
    assert found <= known, found
