"""Engines are made by name, and say what to type where something is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cvjkit.errors import InputError
from cvjkit.measurement.engines import ENGINES, engine_named


def test_an_engine_that_is_not_known_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=r"did you mean 'duckdb'\? Choose from duckdb, spark"):
        engine_named("duckdbs")


@pytest.mark.parametrize(
    ("module", "engine"), [("duckdb", "duckdb"), ("pyarrow", "duckdb"), ("pyspark", "spark")]
)
def test_what_an_engine_needs_and_lacks_is_said_with_what_to_type(module: str, engine: str) -> None:
    # A module that is None cannot be imported: Python itself then says that it is not there.
    script = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from cvjkit.measurement.engines import engine_named\n"
        f"try: engine_named({engine!r})\n"
        "except ValueError as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[1] == (
        f"  engine: {engine!r} needs {module}, which is not installed;"
        f' type: pip install "cvjkit[{ENGINES[engine]}]"'
    )
