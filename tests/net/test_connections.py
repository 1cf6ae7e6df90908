"""The modules that connect to other hosts, which docs/connections.md lists with their safeguards."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CLIENT_WORDS = """
aiohttp dns.query dns.resolver ftplib http.client httpcore2 httpx2 imaplib poplib requests socks telnetlib
urllib.request urllib3 websockets.client xmlrpc.client
"""
CLIENTS = frozenset(_CLIENT_WORDS.split())
"""Modules whose purpose is to connect to other hosts."""
_CALL_WORDS = """
create_connection create_datagram_endpoint create_unix_connection getaddrinfo gethostbyname open_connection
open_unix_connection sendto urlopen
"""
CALLS = frozenset(_CALL_WORDS.split())
SESSIONS = frozenset({"LMTP", "SMTP", "SMTP_SSL"})
"""Classes of smtplib that connect; its exceptions do not."""


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
    """The paths of the modules that connect to other hosts."""
    return {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "catcher").rglob("*.py"))
        if _reaches_out(ast.parse(path.read_text("utf-8")))
    }


@pytest.mark.slow
def test_every_module_that_connects_is_documented() -> None:
    """The document lists exactly these modules."""
    documented = re.findall(
        r"^\| `(catcher/[\w/]+\.py)` \|", (ROOT / "docs" / "connections.md").read_text("utf-8"), re.M
    )
    assert sorted(documented) == sorted(reaching_out())


def test_the_search_finds_every_way_to_connect() -> None:
    """Mentioning an exception class of such a library is not connecting."""
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
    """Their connections could not be checked. The refresh of vendored data is a command for developers."""
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "catcher").rglob("*.py")
        if re.search(r"^\s*(?:import|from) (?:subprocess|pty)\b|os\.system|os\.popen", path.read_text("utf-8"), re.M)
    }
    known = {"catcher/checks/data/refresh.py", "catcher/testing/in_process.py"}
    assert found <= known, found
