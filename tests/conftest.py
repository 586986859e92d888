"""What all tests share: how hypothesis searches."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis import settings

import cvjkit

# The same examples on every machine: where a test fails, the change is at fault and not the draw.
# They are as many as everybody can wait for many times a day; `make search` draws new ones, and
# many more.
settings.register_profile(
    "repeat", deadline=None, print_blob=True, derandomize=True, max_examples=50
)
settings.register_profile("search", deadline=None, print_blob=True, max_examples=1000)
settings.load_profile("repeat")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import all modules before the first example is drawn.

    Examples hold constants of the modules imported so far; which those are would otherwise depend
    on the tests that a process ran before.
    """
    if any(item.get_closest_marker("hypothesis") for item in session.items):
        for module in walk_packages(cvjkit.__path__, "cvjkit."):
            if module.name != "cvjkit.__main__":
                import_module(module.name)
