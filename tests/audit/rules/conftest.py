"""Hands the cases that a module lists to the tests of `tests.audit.rules.cases`."""

from __future__ import annotations

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in {"fires", "passes", "needs", "strict"} & {*metafunc.fixturenames}:
        cases = getattr(metafunc.module, name.upper())
        texts = [
            " ".join(part for part in case if isinstance(part, str))
            if isinstance(case, tuple)
            else str(case)
            for case in cases
        ]
        metafunc.parametrize(name, cases, ids=texts)
