"""An ordered stream of events, cut anew so that each batch holds whole people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cvjkit.measurement.batch import Batch

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPTIONAL = ("channel", "awareness", "revenue", "cost", "held")


def recut(stream: Iterable[pa.RecordBatch], properties: tuple[str, ...] = ()) -> Iterator[Batch]:
    """Cut a stream of events where one person ends and the next begins.

    Parameters
    ----------
    stream : iterable of pyarrow.RecordBatch
        Events in the order of person and time, cut anywhere. Columns: person (int64 or string),
        micros (int64), name (int32); and if the log has them channel, awareness (int32), revenue,
        cost (float64), held (int64), referred (bool), and p0, p1 and so on (int32).
    properties : tuple of str
        What p0, p1 and so on are called.

    Yields
    ------
    Batch
        About as large as what came in.

    Raises
    ------
    RuntimeError
        If people are not in order, so that one might be in two batches.

    Examples
    --------
    >>> columns = {"person": [1, 1, 1, 2], "micros": [0, 1, 2, 0], "name": [0, 0, 1, 0]}
    >>> whole = pa.table(columns)
    >>> [batch.people.tolist() for batch in recut(whole.to_batches(max_chunksize=2))]
    [[1], [2]]
    """
    held: list[pa.RecordBatch] = []
    before: pa.Scalar | None = None
    for chunk in stream:
        if not chunk.num_rows:
            continue
        person = chunk.column("person")
        last = person[-1]
        begins = _first_of(person, last)
        if held and begins == 0 and held[-1].column("person")[0] == last:
            held.append(chunk)
            continue
        done = [*held, chunk.slice(0, begins)] if held or begins else []
        held = [chunk.slice(begins)]
        if done:
            batch, before = _batch(done, properties, before)
            yield batch
    if held:
        yield _batch(held, properties, before)[0]


def _first_of(person: pa.Array, last: pa.Scalar) -> int:
    """Find where the events of the last person begin."""
    return int(pc.index(person, last).as_py())


def _batch(
    pieces: list[pa.RecordBatch], properties: tuple[str, ...], before: pa.Scalar | None
) -> tuple[Batch, pa.Scalar]:
    """Make a batch of whole people, all of whom come after one before."""
    table = pa.Table.from_batches(pieces).combine_chunks()
    runs = pc.run_end_encode(_whole(table, "person"), run_end_type=pa.int64())
    people = runs.values
    ordered = pc.all(pc.less(people[:-1], people[1:]), min_count=0).as_py()
    if not ordered or (before is not None and not pc.less(before, people[0]).as_py()):
        msg = "events came out of the order of people"
        raise RuntimeError(msg)
    offsets = np.concatenate(([0], runs.run_ends.to_numpy(zero_copy_only=False)))
    columns = {name: _numbers(table, name) for name in OPTIONAL if name in table.column_names}
    if "referred" in table.column_names:
        referred = _numbers(table, "referred")
        columns["referred"] = np.logical_or.reduceat(referred, offsets[:-1])
    batch = Batch(
        people=people.to_numpy(zero_copy_only=False),
        offsets=offsets,
        times=_numbers(table, "micros"),
        names=_numbers(table, "name"),
        properties={name: _numbers(table, f"p{i}") for i, name in enumerate(properties)},
        **columns,
    )
    return batch, people[-1]


def _whole(table: pa.Table, name: str) -> pa.Array:
    return pa.concat_arrays(table.column(name).chunks)


def _numbers(table: pa.Table, name: str) -> NDArray[Any]:
    # A missing amount is NaN; of other columns nothing is missing.
    return np.asarray(_whole(table, name).to_numpy(zero_copy_only=False))
