"""Look at a page as a printer gets it: on A4 and Letter, upright and lying."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
from playwright.sync_api import Locator, Page
from pypdfium2 import raw

from tests.browser.fonts import text_faults, wait_until_drawn

# Format, whether it lies, and what is printed on, within the margins that a browser leaves [px].
PAPERS = (
    ("A4", False, 717, 1046),
    ("A4", True, 1046, 717),
    ("Letter", False, 739, 979),
    ("Letter", True, 979, 739),
)
LOWEST = PAPERS[1:3]
MARGIN = 0.4  # [inch]
SMALLEST = 9  # [pt] 12 px
LARGEST_BLANK = 0.5
INK = 250  # What is lighter is paper.
BEFORE, AFTER = (f"() => dispatchEvent(new Event('{when}print'))" for when in ("before", "after"))

SHOWN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), shown = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (!parentElement.closest(".cvj-heard, .cvj-plain > span, option")
      && parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      shown.push(data);
  }
  return shown;
}"""
# The labels that do not begin where what they name does, and by how much.
SHIFTED = """() => {
  const left = element => element.getBoundingClientRect().left, shifted = [];
  const compare = (label, bar, lefts) => {
    const away = Math.min(...lefts.map(at => Math.abs(at - left(bar))));
    if (!(away < 3)) shifted.push([label, away]);
  };
  for (const field of document.querySelectorAll('.cvj-field[data-orientation="h"]')) {
    if (!field.checkVisibility()) continue;
    for (const label of field.querySelectorAll(".label-stage")) {
      const bar = field.querySelector(`.sankey-node[data-node="${label.dataset.stage}"]`);
      if (bar?.getBoundingClientRect().height) compare(label.textContent, bar, [left(label)]);
    }
  }
  const marks = [...document.querySelectorAll(".lens-marks > span")].map(left);
  for (const stage of document.querySelectorAll(".lens-stage"))
    compare(stage.dataset.name, stage.querySelector(".lens-bar"), marks);
  return shifted;
}"""


@dataclass(frozen=True)
class Sheet:
    """A printed side: its text, its smallest letters [pt], and the blank at its edges [inch]."""

    text: str
    smallest: float
    left: float
    top: float
    right: float
    bottom: float
    width: float
    height: float


def sheets(page: Page, paper: str, *, lies: bool, margin: float = MARGIN) -> list[Sheet]:
    """Print a page, and read what comes out."""
    sides: Any = dict.fromkeys(("top", "right", "bottom", "left"), f"{margin}in")
    document = pypdfium2.PdfDocument(page.pdf(format=paper, landscape=lies, margin=sides))
    return [_read(sheet) for sheet in document]


def _read(sheet: Any) -> Sheet:
    text = sheet.get_textpage()
    ink = sheet.render().to_numpy().min(axis=2) < INK  # a point is a pixel
    height, width = ink.shape
    columns, rows = (np.flatnonzero(ink.any(axis=axis)) for axis in (0, 1))
    left, right = (columns[0], columns[-1] + 1) if columns.size else (width, 0)
    top, bottom = (rows[0], rows[-1] + 1) if rows.size else (height, 0)
    lengths = (left, top, width - right, height - bottom, width, height)
    return Sheet(
        text.get_text_range(),
        min(_sizes(text), default=math.inf),
        *(float(at) / 72 for at in lengths),
    )


def _sizes(text: Any) -> Iterator[float]:
    matrix = raw.FS_MATRIX()
    for index in range(text.count_chars()):
        if not chr(raw.FPDFText_GetUnicode(text, index)).isspace():
            raw.FPDFText_GetMatrix(text, index, matrix)
            yield raw.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)


def badly_set(parts: Locator) -> list[object]:
    """List what is cut, broken or overlapping, by kind."""
    return [faults for faults in text_faults(parts) if any(faults.values())]


def paper_faults(
    parts: Locator,
    papers: tuple[tuple[str, bool, int, int], ...] = PAPERS,
    *,
    largest_blank: float = LARGEST_BLANK,
    look: Callable[[Locator], Iterable[object]] = badly_set,
) -> list[Any]:
    """List what is not fit to be handed to a client when a page is printed.

    What is outside the sheet; what is shown and not printed whole, is smaller than 9 pt, broken
    within a word or lies on something else in its part; a label that does not stand over what it
    names; a sheet with nothing on it or, but for the last, more than a share blank at its foot.
    """
    page = parts.page
    printed = [sheets(page, paper, lies=lies) for paper, lies, _, _ in papers]
    with laid_out_for_print(page):
        return [
            (f"{paper} {'landscape' if lies else 'portrait'}", *fault)
            for all_of_it, (paper, lies, width, height) in zip(printed, papers, strict=True)
            for fault in (
                *_sheet_faults(all_of_it, largest_blank),
                *_layout_faults(parts, width, height, "".join(sheet.text for sheet in all_of_it)),
                *(("seen", fault) for fault in look(parts)),
            )
        ]


def _sheet_faults(printed: list[Sheet], largest_blank: float) -> Iterator[tuple[Any, ...]]:
    for number, sheet in enumerate(printed, 1):
        if not sheet.text.strip():
            yield "nothing on sheet", number
        elif min(sheet.left, sheet.top, sheet.right, sheet.bottom) < MARGIN - 2 / 72:
            yield "outside sheet", number
        if sheet.smallest < SMALLEST - 0.01:
            yield "small on sheet", number, sheet.smallest
        blank = (sheet.bottom - MARGIN) / (sheet.height - 2 * MARGIN)
        if number < len(printed) and blank > largest_blank:
            yield "blank on sheet", number, round(blank, 2)


def _layout_faults(
    parts: Locator, width: int, height: int, written: str
) -> Iterator[tuple[Any, ...]]:
    parts.page.set_viewport_size({"width": width, "height": height})
    wait_until_drawn(parts.page)
    shown, on_paper = parts.page.evaluate(SHOWN), letters(written)
    if written.count("…") > "".join(shown).count("…"):
        yield "cut", written
    for text in shown:
        if letters(text) not in on_paper:
            yield "lost", text
    for label in parts.page.evaluate(SHIFTED):
        yield "shifted", *label


def letters(text: str) -> str:
    """Give the letters and digits of a text, whatever lines it is set in."""
    return re.sub(r"[\W_]", "", text)


@contextmanager
def laid_out_for_print(page: Page) -> Iterator[None]:
    """Lay a page out as it is printed, and after that as before."""
    size = page.viewport_size
    page.evaluate(BEFORE)
    page.emulate_media(media="print")
    yield
    page.emulate_media(media="null")
    page.evaluate(AFTER)
    if size:
        page.set_viewport_size(size)
