"""Names of a package that are imported when they are first used, so that heavy rooms cost nothing until then."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def exports(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` (PEP 562) of a package whose names live in submodules.

    modules: the names in each submodule, separated by spaces, for example `{"checker": "Checker LinkFollower"}`. A name
    is looked up once and then kept as an attribute of the package. Unknown names raise AttributeError, as Python
    expects.
    """
    homes = {name: module for module, names in modules.items() for name in names.split()}

    def __getattr__(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return __getattr__
