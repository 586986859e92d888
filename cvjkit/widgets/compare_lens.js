// @ts-check
// Draws one lens: bars and ribbons as SVG, the labels of its stages in HTML.

import { html, keyed, setAttributes, setText, svg, textElement } from "./dom.js";
import { setExplained } from "./form_explain.js";
import { ribbonPath } from "./ribbon.js";
import { showTips } from "./tips.js";

/** @typedef {import("./compare_layout.js").Picture} Picture */
/** @typedef {import("./compare_layout.js").Lens} Lens */
/** @typedef {import("./compare_layout.js").Mark} Mark */
/**
 * What one drawing has in common: the index of its lens, the field's width, the height of the most people [px], whether
 * labels are listed below each lens, the milestones, and where the scale changes.
 * @typedef {{ index: number, width: number, thick: number, listed: boolean, marks: Mark[],
 *   breaks: Picture["breaks"] }} Frame
 */

const THINNEST_BAR = 6; // [px]
const THINNEST_RIBBON = 1.5; // [px] of those who do not go on

/**
 * @param {Lens} lens
 * @param {string} hatch
 * @param {HTMLElement} field
 */
export function makeLens({ title }, hatch, field) {
  const line = svg("rect", { class: "hatch-line", width: 1.6, height: 5 });
  const ground = svg("rect", { class: "hatch-ground", width: 5, height: 5 });
  const size = { width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const pattern = svg("pattern", { id: hatch, ...size }, ground, line);
  const layers = ["guides", "ribbons", "bars"].map((name) => svg("g", { class: `lens-${name}` }));
  const numbers = html("div", "lens-numbers");
  numbers.setAttribute("aria-hidden", "true");
  const section = html(
    "section", "lens",
    textElement("h2"),
    numbers,
    svg("svg", { role: "img", tabindex: 0 }, svg("defs", {}, pattern), ...layers),
    html("ol", "lens-labels"),
  );
  section.dataset.lens = title;
  const picture = /** @type {SVGElement} */ (section.querySelector("svg"));
  const tip = /** @type {HTMLElement} */ (field.querySelector(".cvj-tip"));
  const selectors = { bar: ".lens-stage", way: ".lens-ribbon" };
  showTips({ svg: picture, field, tip }, selectors, { shows: (shown) => lightUp(field, shown) });
  return section;
}

/**
 * Light up where a stage lies in the other lenses.
 * @param {HTMLElement} field
 * @param {Element | null} shown
 * @returns {string}  Their names there, as a sentence.
 */
function lightUp(field, shown) {
  const at = shown?.matches(".lens-stage") ? Number(/** @type {SVGElement} */ (shown).dataset.start) : -1;
  const names = [];
  for (const section of field.querySelectorAll(".lens")) {
    const bars = /** @type {SVGElement[]} */ ([...section.querySelectorAll(".lens-stage")]);
    const here = bars.findLast(({ dataset }) => Number(dataset.start) <= at);
    for (const bar of bars) bar.classList.toggle("is-counterpart", bar === here && bar !== shown);
    if (here && here !== shown) names.push(here.dataset.name);
  }
  return names.length ? `In the others: ${names.join(", ")}.` : "";
}

/**
 * @param {HTMLElement} section
 * @param {Lens} lens
 * @param {Frame} frame
 * @param {string} hatch
 */
export function drawLens(section, lens, frame, hatch) {
  const [heading, numbers, picture, labels] = section.children;
  setText(heading, [lens.title, lens.scale].filter(Boolean).join(" · "));
  const [, guides, ribbons, bars] = picture.children;
  drawNumbers(numbers, lens, frame);
  drawLabels(labels, lens, frame);
  const feet = [
    THINNEST_BAR,
    ...drawRibbons(ribbons, lens, frame),
    ...drawBars(bars, lens, frame, hatch),
  ];
  const height = Math.ceil(Math.max(...feet)) + 4;
  drawGuides(guides, frame, height);
  const { width } = frame;
  // Also on paper, whose width no script sees, the milestones stay where they are named.
  const anyWidth = { width: "100%", preserveAspectRatio: "none", viewBox: `0 0 ${width} ${height}` };
  setAttributes(picture, { "aria-label": lens.summary, height, ...anyWidth });
}

/**
 * @param {Element} layer
 * @param {Frame} frame
 * @param {number} height
 */
function drawGuides(layer, { marks, breaks, width }, height) {
  keyed(
    layer,
    [
      ...marks.map(({ key, start }) => ({ id: key, along: start, name: "lens-guide" })),
      ...breaks.map(({ along }, at) => ({ id: `break ${at}`, along, name: "lens-guide is-break" })),
    ],
    () => svg("line", { y1: 0 }),
    (line, { along, name }) => {
      const x = along * width + 0.5;
      setAttributes(line, { class: name, x1: x, x2: x, y2: height });
    },
  );
}

/**
 * @param {Element} layer
 * @param {Lens} lens
 * @param {Frame} frame
 * @returns {number[]}  Where each ends [px].
 */
function drawRibbons(layer, { ribbons }, { width, thick }) {
  /** @param {import("./compare_layout.js").End} end @param {number} thinnest  [px] */
  const edge = ({ along, top, size }, thinnest) => ({
    along: along * width,
    top: top * thick,
    size: size ? Math.max(thinnest, size * thick) : 0,
  });
  const drawn = ribbons.map((ribbon) => {
    const thinnest = ribbon.kind === "forward" ? THINNEST_BAR : THINNEST_RIBBON;
    const ends = [edge(ribbon.start, thinnest), edge(ribbon.end, thinnest)];
    return { id: `${ribbon.source}>${ribbon.target}`, ribbon, ends };
  });
  keyed(
    layer,
    drawn,
    () => svg("path"),
    (path, { ribbon, ends: [start, end] }) => {
      const { kind, status, source, target, people, text, drawn_out: drawnOut } = ribbon;
      const middle = THINNEST_BAR / 2;
      const line = `M${start.along} ${start.top + middle}L${end.along} ${end.top + middle}`;
      setAttributes(path, {
        class: `lens-ribbon kind-${kind} is-${status}${drawnOut ? " is-drawn-out" : ""}`,
        d: kind === "unknown" ? line : ribbonPath([start, end]),
        "data-source": source,
        "data-target": target,
        "data-people": people,
        "data-text": text,
      });
    },
  );
  return drawn.flatMap(({ ends }) => ends.map(({ top, size }) => top + size));
}

/**
 * @param {Element} layer
 * @param {Lens} lens
 * @param {Frame} frame
 * @param {string} hatch
 * @returns {number[]}  Where each ends [px].
 */
function drawBars(layer, { bars }, { width, thick }, hatch) {
  const drawn = bars.map((bar) => {
    const y = bar.top * thick;
    const box = {
      x: bar.start * width,
      y,
      width: (bar.end - bar.start) * width,
      height: Math.max(THINNEST_BAR, bar.size * thick),
    };
    const { low_size: low, high_size: high } = bar;
    const interval = low === null || high === null
      ? null
      : { ...box, y: y + low * thick, height: Math.max(1, (high - low) * thick) };
    return { id: bar.stage, bar, box, interval };
  });
  keyed(
    layer,
    drawn,
    () => svg("g", { class: "lens-stage" }, svg("rect"), svg("rect", { class: "lens-interval" })),
    (group, { bar, box, interval }) => {
      const [rect, range] = group.children;
      setAttributes(group, {
        "data-stage": bar.stage,
        "data-status": bar.status,
        "data-start": String(bar.start),
        "data-name": bar.name,
        "data-text": bar.text,
      });
      const fill = bar.status === "estimated" ? `url(#${hatch})` : "";
      setAttributes(rect, { class: `lens-bar is-${bar.status}`, fill, ...box });
      setAttributes(range, { ...(interval ?? box), visibility: interval ? "" : "hidden" });
    },
  );
  return drawn.map(({ bar, box, interval }) => {
    const end = box.y + box.height;
    return interval ? Math.max(end, box.y + (bar.high_size ?? 0) * thick) : end;
  });
}

/**
 * @param {Element} list
 * @param {Lens} lens
 * @param {Frame} frame
 */
function drawLabels(list, { bars }, { marks, listed, index: lens }) {
  const columns = bars.map(({ column = 0 }) => column);
  keyed(
    list,
    bars.map((bar, index) => ({ id: bar.stage, bar, column: columns[index] })),
    () =>
      html("li", "", textElement("span", "lens-name"), html("span", "lens-value"), html("span", "lens-note")),
    (label, { bar, column }) => {
      const { stage, status, name, value, note, text } = bar;
      const className = `lens-label is-${status}`;
      setAttributes(label, { class: className, "data-stage": stage, "data-status": status, title: text });
      const [named, number, remark] = /** @type {HTMLElement[]} */ ([...label.children]);
      setText(named, name);
      setExplained(number, value, ["lens", String(lens), stage]);
      setText(remark, note);
      const end = Math.min(marks.length, ...columns.filter((other) => other > column));
      label.style.gridColumn = listed ? "" : `${column + 1} / ${end + 1}`;
    },
  );
}

/**
 * Number the bars of a lens whose labels are listed below it.
 * @param {Element} line
 * @param {Lens} lens
 * @param {Frame} frame
 */
function drawNumbers(line, { bars }, { listed }) {
  setAttributes(line, { hidden: !listed });
  keyed(
    line,
    bars.map(({ start }, index) => ({ id: index, left: `${100 * start}%` })),
    ({ id }) => html("span", "", String(id + 1)),
    (number, { left }) => {
      number.style.left = left;
    },
  );
}
