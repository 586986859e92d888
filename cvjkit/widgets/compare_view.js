// @ts-check
// Draws what cvjkit.widgets.compare_view sends: lenses on one spine as SVG with labels in HTML,
// and below them what they say.

import { makeAnnouncer } from "./announce.js";
import { arrangeLabels } from "./compare_layout.js";
import { sections } from "./compare_sections.js";
import { html, keyed, setAttributes, setText, svg, textElement } from "./dom.js";
import { measureIn, watchLayout, watchPrinting } from "./measure.js";
import { ribbonPath } from "./ribbon.js";
import { followTheme } from "./theme.js";
import { showTips } from "./tips.js";

/** @typedef {import("./compare_layout.js").Picture} Picture */
/** @typedef {import("./compare_layout.js").Lens} Lens */
/** @typedef {import("./compare_layout.js").Mark} Mark */
/**
 * What one drawing has in common: the field's width, the height of the most people [px], whether
 * labels are listed below each lens, the milestones, and where the scale changes.
 * @typedef {{ width: number, thick: number, listed: boolean, marks: Mark[],
 *   breaks: Picture["breaks"] }} Frame
 */

const THICK = { beside: 84, listed: 76 }; // [px] height of the most people
const THINNEST_BAR = 6; // [px]
const THINNEST_RIBBON = 1.5; // [px] of those who do not go on
let views = 0;

/**
 * Draw the lenses below each other, all equally wide.
 * @param {HTMLElement} field
 * @param {Picture} picture
 * @param {string} hatch  Id of the pattern of estimated bars.
 * @param {number} [width]  [px]
 */
function draw(field, picture, hatch, width = field.clientWidth) {
  if (!width) return;
  const { marks, rows, breaks } = picture;
  const arranged = arrangeLabels(picture, width, measureIn(field));
  const listed = arranged.labels === "listed";
  const frame = { width, listed, marks, breaks, thick: listed ? THICK.listed : THICK.beside };
  setAttributes(field, { "data-labels": arranged.labels, "data-marks": arranged.marks });
  for (const [name, size] of Object.entries(arranged.sizes)) {
    field.style.setProperty(`--cvj-size-${name}`, `${size}px`);
  }
  field.style.setProperty("--marks", String(marks.length));
  const lenses = /** @type {HTMLElement} */ (field.querySelector(".lens-all"));
  drawMarks(/** @type {HTMLElement} */ (field.querySelector(".lens-marks")), marks);
  drawBreaks(/** @type {HTMLElement} */ (field.querySelector(".lens-breaks")), breaks);
  keyed(
    lenses,
    rows.map((lens, index) => ({ id: `${index} ${lens.title}`, lens, index })),
    ({ lens, index }) => makeLens(lens, `${hatch}-${index}`, field),
    (section, { lens, index }) => drawLens(section, lens, frame, `${hatch}-${index}`),
  );
}

/**
 * @param {HTMLElement} head
 * @param {Mark[]} marks
 */
function drawMarks(head, marks) {
  keyed(
    head,
    marks.map((mark) => ({ id: mark.key, mark })),
    () => html("span"),
    (element, { id, mark }) => {
      setAttributes(element, { "data-mark": id, class: mark.shared ? "is-shared" : "" });
      setText(element, mark.name);
    },
  );
}

/**
 * Say where people begin to be drawn at another scale, and how much thicker.
 * @param {HTMLElement} line
 * @param {Picture["breaks"]} breaks
 */
function drawBreaks(line, breaks) {
  line.hidden = !breaks.length;
  keyed(
    line,
    breaks.map(({ along, text }, id) => ({ id, along, text })),
    () => html("span"),
    (span, { along, text }) => {
      setText(span, text);
      span.style.left = `${along * 100}%`;
    },
  );
}

/**
 * @param {Lens} lens
 * @param {string} hatch
 * @param {HTMLElement} field
 */
function makeLens({ title }, hatch, field) {
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
function drawLens(section, lens, frame, hatch) {
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
function drawLabels(list, { bars }, { marks, listed }) {
  const columns = bars.map(({ start }) => Math.round(start * marks.length));
  keyed(
    list,
    bars.map((bar, index) => ({ id: bar.stage, bar, column: columns[index] })),
    () =>
      html("li", "", textElement("span", "lens-name"), html("span", "lens-value"), html("span", "lens-note")),
    (label, { bar, column }) => {
      const { stage, status, name, value, note, text } = bar;
      const className = `lens-label is-${status}`;
      setAttributes(label, { class: className, "data-stage": stage, "data-status": status, title: text });
      [name, value, note].forEach((line, index) => setText(label.children[index], line));
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

/** @param {Picture["legend"]} legend */
function makeLegend(legend) {
  return html(
    "ul", "lens-legend",
    ...legend.map(([kind, meaning]) => html("li", "", html("i", `sign-${kind}`), meaning)),
  );
}

/** Make a part of the page again only when it says something else: what is unfolded stays so. */
function remake() {
  /** @type {WeakMap<Element, string>} */
  const shown = new WeakMap();
  /** @param {Element} element @param {unknown} data @param {() => Node[]} make */
  return (element, data, make) => {
    const now = JSON.stringify(data);
    if (shown.get(element) === now) return;
    shown.set(element, now);
    const left = element.querySelector(".lens-frame")?.scrollLeft;
    element.replaceChildren(...make());
    const frame = element.querySelector(".lens-frame");
    if (frame && left) frame.scrollLeft = left;
  };
}

/** @param {HTMLElement} el */
function build(el) {
  const marks = html("div", "lens-marks");
  marks.setAttribute("aria-hidden", "true");
  const breaks = html("div", "lens-breaks");
  const tip = textElement("div", "cvj-tip");
  tip.setAttribute("role", "status");
  tip.hidden = true;
  const parts = {
    title: textElement("div", "lens-title"),
    field: html("div", "lens-field", marks, breaks, html("div", "lens-all"), tip),
    legend: html("div"),
    summary: textElement("p", "lens-summary"),
    sections: sections.map(() => html("section", "lens-section")),
  };
  const { title, field, legend, summary } = parts;
  const caption = html("figcaption", "", title);
  const figure = html("figure", "cvj-compare", caption, field, legend, summary, ...parts.sections);
  el.append(figure);
  return { ...parts, figure };
}

/** @param {{ model: import("./theme.js").Model, el: HTMLElement }} view */
function render({ model, el }) {
  views += 1;
  const hatch = `cvj-hatch-${views}`;
  const parts = build(el);
  const show = remake();
  const announcer = makeAnnouncer(parts.figure);
  const theme = followTheme(model, parts.figure, () => model.get("document")?.picture?.colors);

  const redraw = () => {
    const { picture, title, summary, ...rest } = model.get("document") ?? {};
    parts.figure.hidden = !picture;
    if (!picture) return;
    theme.paint();
    setText(parts.title, title);
    setText(parts.summary, summary);
    announcer.tell(summary.split("\n"));
    draw(parts.field, picture, hatch);
    show(parts.legend, picture.legend, () => [makeLegend(picture.legend)]);
    sections.forEach(({ name, heading, make }, index) =>
      show(parts.sections[index], rest[name], () => [html("h2", "", heading), make(rest[name])]),
    );
  };
  const stopWatching = watchLayout(parts.field, () => {
    const picture = model.get("document")?.picture;
    if (picture) draw(parts.field, picture, hatch);
  });
  model.on("change:document", redraw);
  redraw();
  const stopPrinting = watchPrinting((width) => {
    const picture = model.get("document")?.picture;
    if (picture) draw(parts.field, picture, hatch, width);
  });
  return () => {
    stopWatching();
    stopPrinting();
    announcer.stop();
    theme.stop();
  };
}

export default { render };
