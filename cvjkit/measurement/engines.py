"""The engines by name; what one needs is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name

if TYPE_CHECKING:
    from cvjkit.measurement.engine import Engine

ENGINES: Mapping[str, str] = MappingProxyType({"duckdb": "measure", "spark": "spark"})
"""The extra of cvjkit that brings what each engine needs."""

_CLASSES = {
    "duckdb": "cvjkit.measurement.duckdb_engine:DuckDBEngine",
    "spark": "cvjkit.measurement.spark_engine:SparkEngine",
}


def engine_named(name: str) -> Engine:
    """Make an engine as it is by default.

    Parameters
    ----------
    name : str
        One of `ENGINES`.

    Returns
    -------
    Engine

    Raises
    ------
    InputError
        If there is none of that name, or what it needs is not installed; says what to type.

    Examples
    --------
    >>> engine_named("duckdb")
    DuckDBEngine(memory_limit='2GB', disk_limit=None, folder=None, threads=None)
    """
    if not is_one_of(name, ENGINES):
        raise InputError("the engine", [unknown_name("engine", name, ENGINES)])
    try:
        resolve_name({"spark": "pyspark"}.get(name, name))
        made: Engine = resolve_name(_CLASSES[name])()
    except ModuleNotFoundError as error:
        rule = f"needs {error.name}, which is not installed"
        fix = f'type: pip install "cvjkit[{ENGINES[name]}]"'
        raise InputError("the engine", [Fault("engine", name, rule, fix)]) from None
    return made
