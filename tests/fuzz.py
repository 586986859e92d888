"""Random input of every kind, seeded: files, numbers, paths. Each is refused or understood.

    python -m tests.fuzz --count 100000 --seed 1

An input fails if it raises anything but an `InputError` (a number: `UnreadableError`), if what was
understood is not the same once written and read again, if it takes more than two seconds, or more
than 200 MB beside what is loaded. `tests/test_fuzz.py` runs a slice.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import math
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cvjkit as cvj
from cvjkit.errors import UNPRINTABLE, InputError
from cvjkit.number_text import UNITS
from cvjkit.numbers import Evidence, UnreadableError, read_number
from tests.files.hostile import archive, parts_of, sheet
from tests.files.shop import HOSTILE, STYLES

STARTERS = Path(__file__).parents[1] / "data" / "journeys"
CASES = Path(__file__).parent / "files" / "cases"
MOST_SECONDS, MOST_MEMORY = 2.0, 200_000  # [s], [kB]

WORDS = [
    *("stage", "people", "people: Ads", "rate: Ads", "entrants: Ads", "unit cost", "framework"),
    *("Reach", "Acquisition", "Conversion", "reach", "five", "eight:time", "full", "Step", "Users"),
    *("segments", "counts", "rates", "stages", "offers", "transitions", "referrals", "tactics"),
    *(
        "name",
        "currency",
        "view",
        "base",
        "insert",
        "drop",
        "milestone",
        "lead",
        "source",
        "target",
    ),
    *(
        "0",
        "1",
        "-1",
        "1e308",
        "1e-320",
        "nan",
        "inf",
        "10.000",
        "1,5",
        "12 %",
        "(5)",
        "1.2k",
        "€5",
    ),
    *("9" * 400, "0x1F", "1_000", "true", "2026-03-31", "0001-01-01", "25:61", "", " ", "\t", "\n"),
    *("[", "]", "{", "}", "[[", "]]", "=", ".", ",", ";", '"', "'", '"""', "'''", "#", "\\u0000"),
    *(
        "\0",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\x1b[31m",
        "::error::",
        "🎉",
        "שלום",
        "é",
        "<",
        "&",
        "%",
    ),
    *HOSTILE,
]
NUMBERS = [0, 1, -1, 0.5, 1e15, 1e16, 1e308, -1e308, 1e-320, 2**63, math.inf, math.nan, True]


class Draw(random.Random):
    """Draws what is likely to go wrong."""

    def word(self) -> str:
        return "".join(self.choice(WORDS) for _ in range(self.choice([1, 1, 1, 2, 3])))

    def value(self, depth: int = 0) -> Any:
        kind = self.randrange(9 if depth < 3 else 6)
        if kind < 2:
            return self.word()
        if kind < 4:
            return self.choice([*NUMBERS, self.randrange(10**6), self.random()])
        if kind == 4:
            return self.choice([None, True, False, [], {}])
        if kind == 5:
            return self.choice(["x" * 20_000, [1] * 600, 10**40])
        size = self.randrange(5)
        if kind == 6:
            return [self.value(depth + 1) for _ in range(size)]
        return {self.word(): self.value(depth + 1) for _ in range(size)}

    def damaged(self, content: bytes) -> bytes:
        data = bytearray(content)
        for _ in range(self.choice([1, 1, 2, 5, 20])):
            start = self.randrange(len(data) + 1)
            stop = min(start + self.choice([1, 1, 2, 8, 100]), len(data))
            match self.randrange(6):
                case 0:
                    del data[start:stop]
                case 1:
                    data[start:start] = data[start:stop] * self.choice([1, 1, 5, 50])
                case 2:
                    data[start:stop] = self.word().encode("utf-8", "surrogatepass")
                case 3:
                    data[start:start] = self.word().encode("utf-8", "surrogatepass")
                case 4:
                    data[start:stop] = self.randbytes(stop - start)
                case 5:
                    other = self.randrange(len(data) + 1)
                    data[start:start] = data[other : other + self.choice([3, 30, 300])]
        return bytes(data[: self.randrange(len(data) + 1)] if self.random() < 0.1 else data)

    def changed(self, node: Any) -> Any:
        """Change a document somewhere."""
        if isinstance(node, dict) and node and self.random() < 0.8:
            key = self.choice(list(node))
            match self.randrange(6):
                case 0:
                    return {name: item for name, item in node.items() if name != key}
                case 1:
                    return {**node, self.word(): self.value()}
                case _:
                    return {**node, key: self.changed(node[key])}
        if isinstance(node, list) and node and self.random() < 0.8:
            index = self.randrange(len(node))
            match self.randrange(5):
                case 0:
                    return [*node[:index], *node[index + 1 :]]
                case 1:
                    return [*node, *node]
                case _:
                    return [*node[:index], self.changed(node[index]), *node[index + 1 :]]
        if isinstance(node, int | float) and self.random() < 0.7:
            return self.choice([0, 1, 0.5, 10, 1000, node * 2, self.randrange(10**6)])
        return self.value()


def toml_of(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_quoted(key)} = {toml_of(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_of, value)) + "]"
    if value is None:
        return '"none"'
    return repr(value).lower() if isinstance(value, bool | int | float) else _quoted(value)


def _quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


class Fuzz:
    """Makes inputs of each kind, and tries them."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.draw, self.folder = Draw(seed), folder
        self.texts = [path.read_bytes() for path in sorted(STARTERS.glob("*.toml"))]
        self.texts += [style.encode() for style in STYLES.values()]
        self.journeys = [cvj.read_journey(path) for path in sorted(STARTERS.glob("*.toml"))]
        self.journeys += [
            cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [90, 9, 5, 3, 1]}),
            cvj.Journey.from_rates("eight:time", 1000, [0.5] * 7).with_transition(
                "conversion", "awareness", 0.1
            ),
        ]
        self.documents = [journey.document() for journey in self.journeys]
        self.tables = [path.read_bytes() for path in sorted(CASES.glob("*.csv"))]
        self.books = [path.read_bytes() for path in sorted(CASES.glob("[!~]*.xlsx"))]
        for index, journey in enumerate(self.journeys):
            self.books.append(journey.save(folder / f"{index}.xlsx").read_bytes())
        self.kinds: list[Callable[[], None]] = [
            self.toml_bytes,
            self.toml_structure,
            self.csv_bytes,
            self.csv_structure,
            self.xlsx_bytes,
            self.xlsx_parts,
            self.xlsx_structure,
            self.typed,
            self.put,
        ]
        self.outcomes: Counter[str] = Counter()
        self.last: object = None

    # --- inputs -----------------------------------------------------------------------------------

    def toml_bytes(self) -> None:
        self._read(self.draw.damaged(self.draw.choice(self.texts)), ".toml")

    def toml_structure(self) -> None:
        document = self.draw.choice(self.documents)
        for _ in range(self.draw.choice([1, 1, 2, 5])):
            changed = self.draw.changed(document)
            document = changed if isinstance(changed, dict) else document
        text = "".join(f"{_quoted(key)} = {toml_of(item)}\n" for key, item in document.items())
        self._read(text.encode("utf-8", "surrogatepass"), ".toml")

    def csv_bytes(self) -> None:
        self._read(self.draw.damaged(self.draw.choice(self.tables)), ".csv")

    def csv_structure(self) -> None:
        draw, sign = self.draw, self.draw.choice(",;\t")
        heads = ["stage", "people", *(draw.word() for _ in range(draw.randrange(4)))]
        rows = [heads, *([draw.word() for _ in heads] for _ in range(draw.randrange(8)))]
        for row, name in zip(rows[1:], ("Reach", "Acquisition", "Conversion"), strict=False):
            row[0] = name
        quoted = draw.random() < 0.5
        lines = (
            sign.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if quoted else cell for cell in row)
            for row in rows
        )
        text = draw.choice(["\n", "\r\n", "\r"]).join(lines)
        self._read(text.encode(draw.choice(["utf-8", "utf-8-sig"]), "surrogatepass"), ".csv")

    def xlsx_bytes(self) -> None:
        self._read(self.draw.damaged(self.draw.choice(self.books)), ".xlsx")

    def xlsx_parts(self) -> None:
        while True:
            try:
                with zipfile.ZipFile(io.BytesIO(self.draw.choice(self.books))) as book:
                    parts = {name: book.read(name) for name in book.namelist()}
                break
            except zipfile.BadZipFile:
                continue
        for _ in range(self.draw.choice([1, 1, 3])):
            name = self.draw.choice(list(parts))
            match self.draw.randrange(4):
                case 0:
                    parts.pop(name)
                case _:
                    parts[name] = self.draw.damaged(parts[name])
            if not parts:
                break
        self._read(archive(parts), ".xlsx")

    def xlsx_structure(self) -> None:
        draw = self.draw

        def cell() -> str:
            address = draw.choice(
                ["", "A1", "B2", "XFD1048576", "A0", "a1", "ZZZZ9", "A99999999999"]
            )
            kind = draw.choice(["n", "s", "str", "b", "e", "d", "inlineStr", "", draw.word()])
            escaped = [_escaped(draw.word()) for _ in range(4)]
            at = f' r="{address}"' if address and draw.random() < 0.3 else ""
            formula = f"<f>{escaped[0]}</f>" if draw.random() < 0.1 else ""
            value = draw.choice(
                [f"<v>{escaped[1]}</v>", f"<v>{draw.choice(NUMBERS)}</v>", "", "<v/>"]
            )
            inline = f"<is><t>{escaped[2]}</t></is>" if kind == "inlineStr" else ""
            return (
                f'<c{at} t="{_escaped(kind)}" s="{draw.randrange(4)}">{formula}{value}{inline}</c>'
            )

        heads = '<row><c t="str"><v>stage</v></c><c t="str"><v>people</v></c></row>'
        rows = heads + "".join(
            f"<row>{''.join(cell() for _ in range(draw.randrange(4)))}</row>"
            for _ in range(draw.randrange(6))
        )
        strings = "".join(f"<si><t>{_escaped(draw.word())}</t></si>" for _ in range(4))
        formats = "".join(f'<xf numFmtId="{draw.choice([0, 9, 14, 46, 99])}"/>' for _ in range(3))
        self._read(
            archive(parts_of(sheet(rows), strings, f"<cellXfs>{formats}</cellXfs>")), ".xlsx"
        )

    def typed(self) -> None:
        draw = self.draw
        text = draw.word() if draw.random() < 0.3 else _number_like(draw)
        sign = draw.choice(["", ".", ","])
        language = draw.choice(["", "de-AT", "en", draw.word()])
        evidence = Evidence(sign, language, draw.random() < 0.5, draw.random() < 0.5)
        self.last = (text, evidence)
        try:
            number = read_number(text, draw.choice(UNITS), evidence)
        except UnreadableError:
            self.outcomes["number refused"] += 1
        else:
            assert number is None or isinstance(number, float)
            self.outcomes["number read"] += 1

    def put(self) -> None:
        draw, journey = self.draw, self.draw.choice(self.journeys)
        steps = [
            "segments",
            "stages",
            "offers",
            "transitions",
            "referrals",
            "accepted",
            "thresholds",
        ]
        keys = [*steps, *journey.framework.keys, "[0]", "[Ads]", "[]", "[", ".", "[9]", "[-1]"]
        keys += ["counts", "rates", "entrants", "rate", "people", "spend", "unit_cost", "tactics"]
        keys += ["name", "price", "also_known", "lead", "reward", "segment", draw.word()]
        path = "".join(
            f"{'' if key.startswith('[') or not index else '.'}{key}"
            for index, key in enumerate(draw.choice(keys) for _ in range(draw.randrange(6)))
        )
        value = draw.choice([None, draw.value(), draw.choice(NUMBERS), _number_like(draw)])
        self.last = (path, value)
        try:
            journey.get(path)
            changed = journey.put(path, value)
        except InputError as error:
            self._refused(error)
        else:
            self._understood(changed)

    # --- what must hold ---------------------------------------------------------------------------

    def _read(self, content: bytes, suffix: str) -> None:
        path = self.folder / f"input{suffix}"
        path.write_bytes(content)
        self.last = content
        try:
            journey = cvj.read_journey(path)
        except InputError as error:
            self._refused(error)
        else:
            self._understood(journey)

    def _refused(self, error: InputError) -> None:
        said = str(error)
        assert "led to an error in cvjkit" not in said, said
        assert error.faults
        assert not any(map(UNPRINTABLE.search, said.split("\n"))), said
        self.outcomes["refused"] += 1

    def _understood(self, journey: cvj.Journey) -> None:
        assert cvj.Journey.from_document(journey.document()) == journey
        journey.flow()
        journey.economics()
        again = cvj.read_journey(journey.save(self.folder / "again.toml", overwrite=True))
        assert again.document() == journey.document()
        self.outcomes["understood"] += 1

    def run(self, count: int) -> Iterator[str]:
        """Try inputs; say which fail, and how."""
        for number in range(count):
            kind = self.kinds[number % len(self.kinds)]
            memory, began = peak_memory(), time.perf_counter()
            try:
                kind()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                yield f"{number} {kind.__name__}: {type(error).__name__}: {error}\n{self.last!r}"[
                    :3000
                ]
            seconds, more = time.perf_counter() - began, peak_memory() - memory
            if seconds > MOST_SECONDS or more > MOST_MEMORY:
                yield f"{number} {kind.__name__}: {seconds:.1f} s, {more} kB\n{self.last!r}"[:3000]


def peak_memory() -> int:
    """The most memory this process has had [kB]."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _number_like(draw: Draw) -> str:
    signs = "0123456789.,' ()-+%€ek\u00a0\u2009$" + "０٣"
    return "".join(draw.choice(signs) for _ in range(draw.choice([1, 3, 6, 12, 200])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    logging.disable()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        fuzz = Fuzz(given.seed, Path(folder))
        began = time.perf_counter()
        for what in fuzz.run(given.count):
            failed += 1
            print(what, flush=True)
        seconds = time.perf_counter() - began
    print(
        f"{given.count} inputs of seed {given.seed} in {seconds:.0f} s: {failed} failed;",
        dict(fuzz.outcomes),
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
