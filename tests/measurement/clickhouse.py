"""What ClickHouse itself finds in thousands of small, nasty logs.

    python -m tests.measurement.clickhouse [SEED]

asks the ClickHouse of the package chdb about logs drawn anew, and says in which of them the kernel
finds something else. With the seed 1 it writes its answers to clickhouse.txt. A test reads these,
because chdb takes half a gigabyte.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cvjkit.measurement.definition import Definition, Step
from tests.measurement.logs import LETTERS, Person, draw_people, levels

ANSWERS = Path(__file__).with_suffix(".txt")
PEOPLE = 250
ORDERED, ONCE = "default", "strict_once"


class Asked(NamedTuple):
    """What ClickHouse was asked.

    Parameters
    ----------
    mode : {"default", "strict_once"}
    steps : int
    span : int
        The window [microseconds].
    """

    mode: str
    steps: int
    span: int

    @property
    def definition(self) -> Definition:
        """The same as a definition."""
        steps = tuple(map(Step, LETTERS[: self.steps]))
        return Definition(steps, window=timedelta(microseconds=self.span))


def answers() -> Iterator[tuple[Asked, list[Person], list[int]]]:
    """Read what ClickHouse answered: what it was asked, about whom, and their levels."""
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split(" ") for line in lines]
    for (mode, steps, span), group in groupby(rows, key=lambda row: tuple(row[:3])):
        found = [(person_in(events), int(level)) for *_, level, events in group]
        people, known = [person for person, _ in found], [level for _, level in found]
        yield Asked(mode, int(steps), int(span)), people, known


def person_in(text: str) -> Person:
    """Read the events of a person: their times and masks."""
    pairs = (event.split(":") for event in text.split(",") if event)
    return [(int(time), int(mask)) for time, mask in pairs]


def text_of(person: Person) -> str:
    """Write the events of a person."""
    return ",".join(f"{time}:{mask}" for time, mask in person)


def drawn(seed: int) -> Iterator[tuple[Asked, list[Person]]]:
    """Draw logs, and what to ask about them."""
    for steps in (1, 2, 3, 5, 8):
        for span in (0, 1, 3, 100):
            people = draw_people(100 * seed + span, PEOPLE, steps, several=False)
            yield Asked(ORDERED, steps, span), people
    for span in (0, 3, 100):
        several = draw_people(100 * seed + span, PEOPLE, 4, several=True)
        # Of such events at the same time, ClickHouse has a rule of its own.
        apart = [[(at, mask) for at, (_, mask) in enumerate(person)] for person in several]
        yield Asked(ONCE, 4, span), apart


def ask(asked: Asked, people: list[Person]) -> list[int]:
    """Ask ClickHouse for the level of each person, 0 for who has no event."""
    import chdb

    rows = [f"{n},{time + 10},{mask}" for n, events in enumerate(people) for time, mask in events]
    np.random.default_rng(1).shuffle(rows)
    mode = "" if asked.mode == ORDERED else f", '{asked.mode}'"
    conditions = ", ".join(f"bitTest(mask, {step})" for step in range(asked.steps))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.csv")
        log.write_text("\n".join(rows), encoding="utf-8")
        found = chdb.query(
            f"SELECT person, windowFunnel({asked.span}{mode})(time, {conditions}) "  # noqa: S608 - our own
            f"FROM file('{log}', CSV, 'person UInt32, time UInt64, mask UInt64') GROUP BY person"
        )
    reached = dict.fromkeys(range(len(people)), 0)
    pairs = (line.split(",") for line in str(found).splitlines())
    return [*(reached | {int(n): int(level) for n, level in pairs}).values()]


def main(seed: int) -> int:
    """Ask about logs drawn anew; give how many are found otherwise."""
    import chdb

    lines = [f"# windowFunnel of ClickHouse {chdb.engine_version}: mode steps span level events"]
    differ = 0
    for asked, people in drawn(seed):
        theirs, ours = ask(asked, people), levels(people, asked.definition)
        for person, level, own in zip(people, theirs, ours, strict=True):
            lines.append(f"{asked.mode} {asked.steps} {asked.span} {level} {text_of(person)}")
            if level != own:
                differ += 1
                print(f"{asked}: {text_of(person)}: ClickHouse {level}, cvjkit {own}")
    print(f"{len(lines) - 1} people, {differ} found otherwise")
    if seed == 1:
        ANSWERS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return differ


if __name__ == "__main__":
    raise SystemExit(min(main(int(sys.argv[1]) if sys.argv[1:] else 1), 1))
