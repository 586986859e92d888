"""Look at colours as they are drawn: whether text and marks stand out from what they lie on.

The ratio is that of WCAG 2.2, 1 (alike) to 21 (black on white).
"""

from __future__ import annotations

from playwright.sync_api import Locator

COLOURS = """
  // Red, green and blue from 0 to 255, and the opacity. What color-mix() makes is 0 to 1.
  const parts = color => {
    const [red, green, blue, alpha = 1] = color.match(/[0-9.]+/g).map(Number);
    const scale = color.startsWith("color(") ? 255 : 1;
    return [[red, green, blue].map(part => part * scale), alpha];
  };
  const over = (ground, color, opacity = 1) => {
    const [paint, alpha] = parts(color), share = alpha * opacity;
    return paint.map((part, i) => part * share + ground[i] * (1 - share));
  };
  const grounds = new Map();
  const groundOf = element => {
    if (!element) return [255, 255, 255];
    const { backgroundColor } = getComputedStyle(element);
    if (!grounds.has(element))
      grounds.set(element, over(groundOf(element.parentElement), backgroundColor));
    return grounds.get(element);
  };
  const luminance = color => color.map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };"""
# Paper that is not the page's own, and texts whose contrast is less than AA asks for.
PLOTLY = f"""plots => {{ {COLOURS}
  const found = [];
  for (const plot of plots) {{
    const paper = plot.querySelector(".main-svg"), ground = groundOf(paper);
    if (ground.join() !== groundOf(plot.parentElement).join()) found.push(["paper", ground]);
    for (const text of plot.querySelectorAll(".annotation-text, .gtitle, .ytick text")) {{
      for (const part of [text, ...text.querySelectorAll("tspan")]) {{
        if (![...part.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const ratio = contrast(over(ground, getComputedStyle(part).fill), ground);
        if (ratio < 4.5) found.push([part.textContent, ratio.toFixed(2), ground]);
      }}
    }}
  }}
  return found;
}}"""
# The bar of a stage is what AA asks 3 for. Any other has its words beside it, and a way is broad: a
# tint is enough, and leaves the kinds far enough apart for the colour-blind.
PALE = f"""figures => {{ {COLOURS}
  const LEAST = [[".kind-stage", 3], [".sankey-node", 1.8], [".sankey-link", 1.25]];
  const painted = (mark, ground) => {{
    const {{ fill, fillOpacity, stroke }} = getComputedStyle(mark);
    return fill === "none" ? over(ground, stroke) : over(ground, fill, Number(fillOpacity));
  }};
  const look = field => {{
    const found = [], paper = groundOf(field);
    const least = (asked, one, ground, what) => {{
      const ratio = contrast(one, ground);
      if (ratio < asked) found.push(`${{what}} has a contrast of ${{ratio.toFixed(2)}}`);
    }};
    const marks = [...field.querySelectorAll(".sankey-link, .sankey-node")].map(mark =>
      ({{ mark, box: mark.getBoundingClientRect(), ink: painted(mark, paper) }}));
    for (const {{ mark, ink }} of marks) {{
      const [, asked] = LEAST.find(([selector]) => mark.matches(selector));
      least(asked, ink, paper, mark.dataset.node ?? mark.dataset.text);
    }}
    const covers = ({{ mark, box }}, x, y) => x > box.left && x < box.right && y > box.top
      && y < box.bottom && getComputedStyle(mark).fill !== "none" && mark.isPointInFill(
        new DOMPoint(x, y).matrixTransform(mark.getScreenCTM().inverse()));
    for (const line of field.querySelectorAll(".node-label > span, .cvj-factor")) {{
      const range = document.createRange();
      range.selectNodeContents(line);
      const {{ backgroundColor, color }} = getComputedStyle(line);
      for (const {{ left, right, top, bottom }} of range.getClientRects()) {{
        for (const x of [left + 1, (left + right) / 2, right - 1]) {{
          const below = marks.filter(one => covers(one, x, (top + bottom) / 2))
            .reduce((ground, {{ mark }}) => painted(mark, ground), groundOf(line.parentElement));
          const ground = over(below, backgroundColor);
          least(4.5, over(ground, color), ground, `"${{line.textContent}}"`);
        }}
      }}
    }}
    return found;
  }};
  return figures.flatMap(figure => [...figure.querySelectorAll(".cvj-field")]
    .filter(field => field.checkVisibility()).flatMap(look)
    .map(fault => `${{figure.querySelector(".cvj-title").textContent}}: ${{fault}}`));
}}"""


def pale(figures: Locator) -> list[str]:
    """Say which texts and marks of live Sankeys hardly stand out from what they lie on."""
    found: list[str] = figures.evaluate_all(PALE)
    return found


def pale_in_plotly(plots: Locator) -> list[object]:
    """Find texts of plotly figures that hardly stand out, and paper that is not the page's own."""
    found: list[object] = plots.evaluate_all(PLOTLY)
    return found
