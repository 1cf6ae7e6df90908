"""Tests of catcher.lazy."""

import sys
import types

import pytest

from catcher import lazy


def test_a_name_is_imported_when_it_is_first_used_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The submodule is loaded by the first access; from then on the name is an attribute of the package. PEP 562."""
    package = types.ModuleType("package_of_the_test")
    home = types.ModuleType("package_of_the_test.home")
    home.__dict__["Thing"] = thing = object()
    monkeypatch.setitem(sys.modules, package.__name__, package)
    monkeypatch.setitem(sys.modules, home.__name__, home)
    package.__dict__["__getattr__"] = lazy.exports(package.__name__, {"home": "Thing"})
    assert "Thing" not in vars(package)
    assert package.Thing is thing
    assert vars(package)["Thing"] is thing
    with pytest.raises(AttributeError, match="'package_of_the_test' has no attribute 'Nothing'"):
        _ = package.Nothing
