"""Look at a page as a printer gets it: on A4 and Letter, upright and lying."""

from __future__ import annotations

import math
import re
from typing import Any

from playwright.sync_api import Page

from tests.browser.fonts import wait_until_drawn

# Format, whether it lies, and what is printed on, within the margins that a browser leaves [px].
PAPERS = (
    ("A4", False, 717, 1046),
    ("A4", True, 1046, 717),
    ("Letter", False, 739, 979),
    ("Letter", True, 979, 739),
)
MARGINS = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")
SMALLEST = 12  # [px] 9 pt

# What sticks out of the sheet or is cut, and what is written too small.
MEASURED = """smallest => {
  const shown = element => element.checkVisibility({ visibilityProperty: true })
    && !element.closest(".cvj-heard, .cvj-plain > span");
  const wide = document.documentElement.clientWidth, faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !shown(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const { left, right, width } = range.getBoundingClientRect();
    if (!width) continue;
    if (left < -1 || right > wide + 1) faults.push(["outside the sheet", text.data]);
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < smallest) faults.push(["small", text.data, size]);
  }
  for (const field of document.querySelectorAll("input, select")) {
    if (!shown(field)) continue;
    if (field.getBoundingClientRect().right > wide + 1)
      faults.push(["outside the sheet", field.value]);
    if (field.scrollWidth > field.clientWidth + 1) faults.push(["cut", field.value]);
  }
  return { faults, height: document.documentElement.scrollHeight };
}"""


def paper_faults(page: Page) -> list[Any]:
    """List what is not fit to hand to a client when a page is printed.

    What sticks out of the sheet, is cut or smaller than 9 pt; and a document of which a half is
    blank, its last sheet left out.
    """
    found: list[Any] = []
    size = page.viewport_size
    for paper, lies, width, height in PAPERS:
        name = f"{paper} {'landscape' if lies else 'portrait'}"
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": width, "height": height})
        wait_until_drawn(page)
        seen = page.evaluate(MEASURED, SMALLEST)
        found += [(name, *fault) for fault in seen["faults"]]
        printed = page.pdf(format=paper, landscape=lies, margin=MARGINS)
        sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
        if sheets > 1 + math.ceil(2 * (seen["height"] / height - 1)):
            found.append((name, "blank", sheets, seen["height"] / height))
    page.emulate_media(media="null")
    if size:
        page.set_viewport_size(size)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    return found
