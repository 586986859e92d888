"""Files that somebody made to hang a program or to fill its memory, and workbooks made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

HEAD = 'schema_version = 1\nname = "x"\nframework = "five"\n'
ADS = '[[segments]]\nname = "Ads"\ncounts = { reach = 100, acquisition = 50 }\n'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROW = "<row><c><v>1</v></c></row>"
WIDE_ROW = f"<row>{'<c><v>1</v></c>' * 25}</row>"
FIRST_STRING = '<c t="s"><v>0</v></c>'
DATES = "<row>" + '<c s="0"><v>45000</v></c>' * 20 + "</row>"
LONG_FORMAT = (
    f'<numFmts><numFmt numFmtId="200" formatCode="{"[h" * 127}"/></numFmts>'
    '<cellXfs><xf numFmtId="200"/></cellXfs>'
)
BLANK = b" " * 1_000_000

Made = Callable[[], bytes | str]


def archive(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def relations(**targets: str) -> str:
    listed = "".join(
        f'<Relationship Id="{kind}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f"<Relationships>{listed}</Relationships>"


def parts_of(sheet: str | bytes, strings: str = "", styles: str = "") -> dict[str, str | bytes]:
    """The parts of a workbook whose only sheet, "Stages", is this XML."""
    return {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{SPACE}" xmlns:r="{RELATIONS}">'
        '<sheets><sheet name="Stages" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            worksheet="sheet.xml", sharedStrings="strings.xml", styles="/xl/styles.xml"
        ),
        "xl/sheet.xml": sheet,
        "xl/strings.xml": f"<sst>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
    }


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData></worksheet>'


def book(rows: str, strings: str = "", styles: str = "") -> bytes:
    return archive(parts_of(sheet(rows), strings, styles))


def sheets(*titles: str, rows: str) -> bytes:
    """A workbook whose sheets all have these rows."""
    listed = "".join(f'<sheet name="{title}" r:id="worksheet"/>' for title in titles)
    parts = parts_of(sheet(rows))
    one = '<sheet name="Stages" r:id="worksheet"/>'
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace(one, listed)
    return archive(parts)


def inflating(megabytes: int, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    parts = parts_of(sheet(ROW))
    del parts["xl/strings.xml"]
    content = io.BytesIO(archive(parts, compression))
    with (
        zipfile.ZipFile(content, "a", compression) as file,
        file.open("xl/strings.xml", "w") as part,
    ):
        for _ in range(megabytes):
            part.write(BLANK)
    return content.getvalue()


def many(pattern: str, count: int) -> str:
    return "".join(pattern.replace("%", str(number)) for number in range(count))


SEGMENTS = '[[segments]]\nname = "%"\ncounts = { reach = 9 }\n'
FRAMEWORK = 'schema_version = 1\nname = "x"\n[framework]\nkey = "ours"\nname = "Ours"\n'
LATER = FRAMEWORK + 'base = "five"\n'

# What is said about each: it is refused for this reason, or what it holds is told.
HOSTILE_FILES: dict[str, tuple[Made, str]] = {
    "cut in half.xlsx": (lambda: book(ROW)[:500], "is not an Excel workbook: file is not a zip"),
    "cut within.xlsx": (lambda: _damaged(book(ROW)), "is not an Excel workbook: "),
    "another archive.xlsx": (lambda: archive({"a": "b"}), "is not an Excel workbook: "),
    "with password.xlsx": (lambda: b"\xd0\xcf\x11\xe0" * 99, "is an old workbook, or has a passw"),
    "last row.xlsx": (
        lambda: book('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'),
        "do not include 'stage'",
    ),
    "row in disguise.xlsx": (
        lambda: book('<row r="&#57;99999999"><c r="&#65;&#57;99999"><v>1</v></c></row>'),
        "do not include 'stage'",
    ),
    "bomb.xlsx": (lambda: inflating(12), "has more than 10 MB once unpacked"),
    "another bomb.xlsx": (lambda: inflating(12, zipfile.ZIP_LZMA), "compressed in another way"),
    "rows.xlsx": (lambda: book(ROW + "<row/>" * 310_000), "has more than 300,000 XML tags"),
    "cells.xlsx": (lambda: book(f"{ROW}<row>{'<c/>' * 310_000}</row>"), "300,000 XML tags"),
    "other tags.xlsx": (lambda: book(ROW + "<a/>" * 200_000), "do not include 'stage'"),
    "deep tags.xlsx": (
        lambda: book(ROW + "<a>" * 100_000 + "</a>" * 100_000),
        "do not include 'stage'",
    ),
    "attributes.xlsx": (
        lambda: book(f"{ROW}<row>" + many('<c a%="1"/>', 149_000) + "</row>"),
        "do not include 'stage'",
    ),
    "more attributes.xlsx": (
        lambda: book(f"{ROW}<row><c " + many('a%="" ', 800_000) + "/></row>"),
        "has more than 300,000 XML tags and attributes",
    ),
    "attributes of one tag.xlsx": (
        lambda: book(f"{ROW}<row><c " + many('a%="" ', 290_000) + "/></row>"),
        "do not include 'stage'",
    ),
    "long tag.xlsx": (lambda: book(f'{ROW}<a b="{"c" * 4_000_000}"/>'), "do not include 'stage'"),
    "comment.xlsx": (lambda: book(f"{ROW}<!--{'>' * 4_000_000}-->"), "do not include 'stage'"),
    "strings.xlsx": (
        lambda: book('<row><c t="s"><v>0</v></c></row>', "<si><t>x</t></si>" * 70_000),
        "do not include 'stage'",
    ),
    "styles.xlsx": (
        lambda: book(ROW, styles="<cellXfs>" + many('<xf a%="14"/>', 149_000) + "</cellXfs>"),
        "do not include 'stage'",
    ),
    "format.xlsx": (lambda: book(DATES * 990, styles=LONG_FORMAT), "do not include 'stage'"),
    "formulas.xlsx": (lambda: book(f"<row>{'<c><f/></c>' * 16_000}</row>" * 4), "been calculated"),
    "digits.xlsx": (lambda: book(f"<row><c><v>{'1' * 9_000_000}x</v></c></row>"), "more than 1,00"),
    "number.xlsx": (lambda: book(f"<row><c><v>{'1' * 9_000_000}</v></c></row>"), "include 'stage'"),
    "long cell.xlsx": (
        lambda: book(f'<row><c t="str"><v>{"people " * 5000}</v></c></row>'),
        "has more than 32,767 characters, the most that Excel allows",
    ),
    "blank cells.xlsx": (
        lambda: book(f"<row>{FIRST_STRING * 40}</row>" * 75, f"<si><t>{' ' * 3_000_000}</t></si>"),
        "has more than 1,000,000 characters in its cells",
    ),
    "same text.xlsx": (
        lambda: book(f"<row>{FIRST_STRING * 400}</row>" * 9, f"<si><t>{'1 ' * 16_000}</t></si>"),
        "has more than 1,000,000 characters in its cells",
    ),
    "entities.xlsx": (
        lambda: archive(parts_of(f'<!DOCTYPE a [<!ENTITY b "c">]>{sheet(ROW)}')),
        "declares entities",
    ),
    "entities in UTF-16.xlsx": (
        lambda: archive(
            parts_of(f'<!DOCTYPE a [<!ENTITY b "c">]><v >{sheet(ROW)}'.encode("utf-16"))
        ),
        "'' do not include 'stage'",
    ),
    "entities in EBCDIC.xlsx": (
        lambda: archive(
            parts_of(b'<?xml version="1.0" encoding="cp037"?><v >' + sheet(ROW).encode("cp037"))
        ),
        "is not UTF-8",
    ),
    "parts.xlsx": (
        lambda: archive(dict.fromkeys(map(str, range(2500)), ""), zipfile.ZIP_STORED),
        "has more than 2,000 parts",
    ),
    "long table.xlsx": (lambda: book(ROW * 1500), "has more than 1,000 rows in a table"),
    "wide table.xlsx": (
        lambda: book(f"<row>{'<c><v>1</v></c>' * 501}</row>"),
        "has more than 500 columns in a table",
    ),
    "many cells.xlsx": (lambda: book(WIDE_ROW * 900), "has more than 20,000 cells"),
    "many cells in two sheets.xlsx": (
        lambda: sheets("Stages", "Offers", rows=WIDE_ROW * 450),
        "has more than 20,000 cells",
    ),
    "many sheets.xlsx": (
        lambda: sheets(*map(str, range(250)), rows=ROW),
        "has more than 200 sheets",
    ),
    "long title.xlsx": (
        lambda: sheets("x" * 300, rows=ROW),
        "the title of a sheet is longer than Excel allows",
    ),
    "large.csv": (lambda: "stage,people\n" + "Reach,1\n" * 200_000, "is larger than 1 MB"),
    "bad rows.csv": (
        lambda: "stage,people,framework\n" + many("x%,many,five\n", 900),
        "more than 100 faults; the first of them",
    ),
    "many cells.csv": (lambda: ("1," * 25 + "\n") * 900, "has more than 20,000 cells"),
    "too many rows.csv": (lambda: "stage,people\n" + "x,y\n" * 90_000, "more than 1,000 rows"),
    "columns.csv": (lambda: f"stage,{many('people: %,', 50_000)}", "more than 500 columns"),
    "some columns.csv": (lambda: f"stage,{many('colour %,', 490)}", "more than 100 faults"),
    "commas.csv": (lambda: "," * 900_000, "do not include 'stage'"),
    "commas before.csv": (lambda: "," * 300_000 + "stage", "more than 500 columns"),
    "large fields.csv": (
        lambda: "stage,people\n" + f"Reach,{'(' * 131_000}\n" * 7,
        "must be a number",
    ),
    "quotes.csv": (lambda: '"' * 900_000, "is not a table: field larger than field limit"),
    "no heading.csv": (lambda: "stages,1\n" * 90_000, "more than 1,000 rows"),
    "digits.csv": (lambda: f"stage,people\nReach,{'1 ' * 60_000}", "must be a number"),
    "brackets.csv": (lambda: f"stage,people\nReach,{'(' * 120_000}", "must be a number"),
    "deep key.toml": (lambda: HEAD + ".".join("a" * 20_000) + " = 1", "too deeply: see line 4"),
    "dotted keys.toml": (
        lambda: HEAD + many(f"k%{'.a' * 19} = 1\n", 20_000),
        "has more than 60,000 names, texts, numbers and brackets",
    ),
    "dotted tables.toml": (
        lambda: HEAD + many(f"[k%{'.a' * 19}]\n", 2_600),
        "has more than 20,000 values",
    ),
    "digits.toml": (lambda: f"{HEAD}x = 1.{'9' * 990_000}", "2 is not a known field"),
    "empty tables.toml": (lambda: f"{HEAD}x = [{'{},' * 59_000}]", "has more than 20,000 values"),
    "deep list.toml": (lambda: f"{HEAD}x = {'[' * 40_000}", "too deeply: see line 4"),
    "large.toml": (lambda: f"{HEAD}x = '{'x' * 1_000_000}'", "is larger than 1 MB"),
    "tables.toml": (lambda: HEAD + many("[t%]\n", 29_000), "has more than 20,000 values"),
    "some tables.toml": (lambda: HEAD + many("[t%]\n", 15_000), "more than 100 faults"),
    "keys.toml": (lambda: HEAD + many("k% = 1\n", 15_000) + ADS, "more than 100 faults"),
    "numbers.toml": (lambda: f"{HEAD}x = [{'1,' * 30_000}]", "more than 20,000 values"),
    "segments.toml": (lambda: HEAD + many(SEGMENTS, 3000), "segments: 3000 rows are more than 500"),
    "some segments.toml": (
        lambda: HEAD + many(SEGMENTS, 450),
        "segments: 450 at 5 stages are more than 1,500 numbers",
    ),
    "transitions.toml": (
        lambda: (
            HEAD + ADS + many('[[transitions]]\nsource = "reach"\ntarget = "%"\nrate = 0.1\n', 4000)
        ),
        "transitions: 4000 rows are more than 500",
    ),
    "referrals.toml": (
        lambda: (
            HEAD
            + many(SEGMENTS, 290)
            + many('[[referrals]]\nsource = "loyalty"\ntarget = "reach"\nper_person = %\n', 490)
        ),
        "more than 100 faults",
    ),
    "stages.toml": (
        lambda: HEAD + ADS + many("[stages.reach%]\nunit_cost = 1\n", 9000),
        "stages: 9000 rows are more than 500",
    ),
    "tactics.toml": (
        lambda: HEAD + ADS + "[stages.reach]\ntactics = [" + many("'t%',", 15_000) + "]",
        "stages.reach.tactics: 15000 rows are more than 500",
    ),
    "accepted.toml": (
        lambda: HEAD + ADS + many('[[accepted]]\nrule = "A%"\nreason = "x"\n', 6000),
        "accepted: 6000 rows are more than 500",
    ),
    "counts.toml": (
        lambda: (
            f"{HEAD}[[segments]]\nname = 'Ads'\n[segments.counts]\n" + many("reach% = 1\n", 15_000)
        ),
        "more than 100 faults",
    ),
    "thresholds.toml": (
        lambda: f"{HEAD}{ADS}[thresholds]\n" + many("cover_hihg% = 1\n", 15_000),
        "more than 100 faults",
    ),
    "milestones.toml": (
        lambda: f"{HEAD}{ADS}[also_known]\n" + many("lead% = 1\n", 15_000),
        "more than 100 faults",
    ),
    "framework.toml": (
        lambda: FRAMEWORK + many('[[framework.stages]]\nkey = "k%"\nname = "n"\n', 6000) + ADS,
        "is longer than any journey needs",
    ),
    "inserted.toml": (
        lambda: (
            LATER
            + "insert = ["
            + many('{ key = "k%", name = "k", after = "reach" },', 4000)
            + f"]\n{ADS}"
        ),
        "is longer than any journey needs",
    ),
    "dropped.toml": (
        lambda: f"{LATER}drop = [" + many("'k%',", 18_000) + f"]\n{ADS}",
        "is longer than any journey needs",
    ),
    "long names.toml": (
        lambda: (
            HEAD
            + ADS.replace("Ads", "n" * 300_000)
            + '[[referrals]]\nsource = "reach"\ntarget = "reach"\nper_person = 0.1\n'
            + f'segment = "{"n" * 300_000}x"\n'
        ),
        "is not known",
    ),
    "long key.toml": (lambda: f"{HEAD}{'n' * 900_000} = 1\n{ADS}", "is not a known field"),
}


def _damaged(content: bytes) -> bytes:
    middle = len(content) // 3
    return content[:middle] + bytes(99) + content[middle + 99 :]
