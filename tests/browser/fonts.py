"""Look at a page in several fonts: whatever a machine has, its texts must be legible in all.

A font that is not there is replaced by the next of its line, as on a reader's machine.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page

FONTS = {
    "wide": '"DejaVu Sans", Verdana, sans-serif',
    "usual": '"Liberation Sans", Arial, sans-serif',
    "narrow": '"Liberation Sans Narrow", "Arial Narrow", sans-serif',
    "monospace": '"DejaVu Sans Mono", monospace',
}
"""What a test's id says, and families for CSS."""
WIDTHS = (1400, 768, 390)

FORCE = """family => {
  const id = "forced-font";
  const style = document.getElementById(id)
    ?? document.head.appendChild(Object.assign(document.createElement("style"), { id }));
  style.textContent = `* { font-family: ${family} !important; }`;
}"""
# Twice: a view that watches its size draws after one layout and is laid out again.
DRAWN = """() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""
FAULTS = """elements => {
  const LONG = 40; // letters: what is longer may be cut, if a title has it whole
  const range = (node, start, end) => {
    const made = document.createRange();
    made.setStart(node, start);
    made.setEnd(node, end);
    return made;
  };
  const sides = ({ left, top, right, bottom }) => [left, top, right, bottom];
  const common = (one, other) =>
    one.map((side, i) => (i < 2 ? Math.max : Math.min)(side, other[i]));
  // What is only heard is drawn in one pixel.
  const isVisible = node => !node.parentElement.closest(".cvj-heard, .cvj-plain > span")
    && node.parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const textsIn = element => {
    const texts = [], walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() && isVisible(node)) texts.push(node);
    }
    return texts;
  };
  // What of a line is seen, and whether some is cut off for good and not just scrolled away.
  const seen = (node, line, element) => {
    let [shown, isCut] = [line, false];
    for (let outer = node.parentElement; outer !== element; outer = outer.parentElement) {
      const { display, overflowX } = getComputedStyle(outer);
      if (display === "inline" || overflowX === "visible") continue;
      const inside = common(shown, sides(outer.getBoundingClientRect()));
      const hides = overflowX === "hidden" || overflowX === "clip";
      isCut ||= hides && inside.some((side, i) => Math.abs(side - shown[i]) > 2);
      shown = inside;
    }
    return { shown, isCut };
  };
  const brokenWords = node => {
    let start = 0;
    return node.data.split(/[\\s-]/).filter(word => {
      const rects = [...range(node, start, start + word.length).getClientRects()];
      start += word.length + 1;
      return word.length <= 20 && new Set(rects.map(({ top }) => Math.round(top))).size > 1;
    });
  };
  const fields = element => [...element.querySelectorAll("input.cvj-input")].filter(field =>
    field.checkVisibility({ visibilityProperty: true }) && field.value.length <= LONG
    && field.scrollWidth > field.clientWidth + 1).map(field => field.value);
  const faults = element => {
    const cut = fields(element), broken = [], overlapping = [], drawn = [];
    for (const node of textsIn(element)) {
      const lines = [...range(node, 0, node.data.length).getClientRects()]
        .map(line => seen(node, sides(line), element));
      const mayBeCut = node.data.length > LONG && node.parentElement.closest("[title]");
      if (!mayBeCut && lines.some(({ isCut }) => isCut)) cut.push(node.data);
      if (!mayBeCut) broken.push(...brokenWords(node));
      drawn.push(...lines.map(({ shown }) => ({ node, shown })));
    }
    drawn.forEach(({ node, shown }, i) => {
      for (const other of drawn.slice(i + 1)) {
        const [left, top, right, bottom] = common(shown, other.shown);
        if (node !== other.node && right - left > 1 && bottom - top > 3)
          overlapping.push([node.data, other.node.data]);
      }
    });
    return { cut, broken, overlapping };
  };
  return elements.map(faults);
}"""


def force_font(page: Page, family: str) -> None:
    """Show all of a page in a font, and wait until what follows from it is drawn."""
    page.evaluate(FORCE, family)
    wait_until_drawn(page)


def set_width(page: Page, width: int) -> None:
    """Make the page as wide as a screen, and wait until what follows from it is drawn."""
    page.set_viewport_size({"width": width, "height": 900})
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until what a change of sizes or fonts leads to is drawn."""
    page.evaluate("() => document.fonts.ready.then(() => {})")
    page.evaluate(DRAWN)


def text_faults(elements: Locator) -> list[dict[str, list[str]]]:
    """Find visible texts that are cut off, broken within a word, or lie on one another.

    Of each element: a text of more than 40 characters may be cut where a title has it whole.
    """
    found: list[dict[str, list[str]]] = elements.evaluate_all(FAULTS)
    return found
