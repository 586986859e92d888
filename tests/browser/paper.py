"""Look at a page as a printer gets it: on A4 and Letter, upright and lying."""

from __future__ import annotations

# Format, whether it lies, and what is printed on, within the margins that a browser leaves [px].
PAPERS = (
    ("A4", False, 717, 1046),
    ("A4", True, 1046, 717),
    ("Letter", False, 739, 979),
    ("Letter", True, 979, 739),
)
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
