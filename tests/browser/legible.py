"""Look at live Sankeys: whether all can be read, and all is seen and true to scale."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.fonts import text_faults

# Of each figure, as sentences. A browser may be off by half a pixel where it draws no whole ones.
LEGIBLE = """figures => { const look = field => {
  const found = [];
  const flat = field.dataset.orientation === "h";
  const { left, top, right, bottom } = field.getBoundingClientRect();
  // A phone 360 px wide, such as most are, leaves 328 px; on a narrower one all shrinks alike.
  const thinnest = 6 * (flat ? 1 : Math.min(1, (right - left) / 328)) - 0.02;
  const px = number => `${number.toFixed(1)} px`;
  const inside = box => box.left > left - 1 && box.right < right + 1
    && box.top > top - 1 && box.bottom < bottom + 1;
  const bars = [...field.querySelectorAll(".sankey-node")].map(bar =>
    ({ ...bar.dataset, stage: bar.matches(".kind-stage"), box: bar.getBoundingClientRect() }));
  const ranges = [...field.querySelectorAll(".sankey-band")].map(range =>
    ({ of: `the range of ${range.dataset.stage}`, box: range.getBoundingClientRect() }));
  const below = [...bars.map(({ node, box }) => ({ of: `the bar ${node}`, box })), ...ranges];
  for (const line of field.querySelectorAll(".node-label > span, .cvj-factor")) {
    const text = line.textContent;
    if (!text) continue;
    const range = document.createRange(), room = line.getBoundingClientRect();
    range.selectNodeContents(line);
    const ink = range.getBoundingClientRect();
    const box = { left: ink.left, right: ink.right, top: Math.max(ink.top, room.top),
      bottom: Math.min(ink.bottom, room.bottom) };
    const size = parseFloat(getComputedStyle(line).fontSize);
    if (!inside(box)) found.push(`"${text}" is outside the picture`);
    if (size < 12) found.push(`"${text}" is written in ${size} px`);
    if (line.matches(".cvj-value, .cvj-note") && ink.right > room.right + 1)
      found.push(`"${text}" is cut`);
    if (line.matches(".cvj-factor")) continue;
    for (const { of, box: other } of below)
      if (Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1
        && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1)
        found.push(`"${text}" lies over ${of}`);
  }
  const along = box => flat ? box.left : box.top;
  const breaks = [...field.querySelectorAll(".cvj-factor")]
    .map(one => along(one.getBoundingClientRect()));
  const sections = new Map();
  for (const { node, people, stage, box } of bars) {
    if (!stage) continue;
    const label = field.querySelector(`.label-stage[data-stage="${node}"]`).getBoundingClientRect();
    const middle = (box.top + box.bottom) / 2;
    const beside = flat ? Math.abs(label.left - box.left)
      : Math.max(label.top - middle, middle - label.bottom);
    if (box.height && beside > 2) found.push(`the label of ${node} is ${px(beside)} off its bar`);
    if (!Number(people)) continue;
    const thick = flat ? box.height : box.width;
    if (thick < thinnest) found.push(`the stage ${node} is ${px(thick)} thick`);
    const section = breaks.filter(at => at < along(box)).length;
    sections.set(section, [...sections.get(section) ?? [], { node, thick, people }]);
  }
  for (const stages of sections.values()) {
    const most = stages.reduce((one, other) => other.thick > one.thick ? other : one);
    for (const { node, thick, people } of stages) {
      const share = people / most.people * most.thick;
      if (Math.abs(thick - share) > Math.max(0.5, 0.01 * share))
        found.push(`the stage ${node} is ${px(thick)} thick, its share is ${px(share)}`);
    }
  }
  const ways = ".sankey-link:is(.kind-forward, .kind-skip, .kind-inferred)";
  for (const way of field.querySelectorAll(ways)) {
    const [there, back] = way.getAttribute("d").split("L").map(side =>
      side.match(/[-\\d.]+,[-\\d.]+/g).map(point => Number(point.split(",")[flat ? 1 : 0])));
    const thick = Math.min(back.at(-1) - there[0], back[0] - there.at(-1));
    if (thick < thinnest) found.push(`the way "${way.dataset.text}" is ${px(thick)} thick`);
  }
  return found;
}; return figures.map(figure => ({
  title: figure.querySelector(".cvj-title").textContent,
  found: [...figure.querySelectorAll(".cvj-field")].filter(field => field.checkVisibility())
    .flatMap(look),
})); }"""


def illegible(figures: Locator) -> list[str]:
    """Say what cannot be read, is drawn too thin or not to scale in any of the figures."""
    seen, texts = figures.evaluate_all(LEGIBLE), text_faults(figures)
    found = [f"{one['title']}: {fault}" for one in seen for fault in one["found"]]
    return found + [
        f"{one['title']}: {kind}: {text}"
        for one, faults in zip(seen, texts, strict=True)
        for kind, all_ in faults.items()
        for text in all_
    ]
