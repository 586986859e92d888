// @ts-check
// Draws what cvjkit.widgets.compare_view sends: lenses on one spine as SVG with labels in HTML,
// and below them what they say.

import { makeAnnouncer } from "./announce.js";
import { arrangeLabels, spread } from "./compare_layout.js";
import { drawLens, makeLens } from "./compare_lens.js";
import { sections } from "./compare_sections.js";
import { html, keyed, setAttributes, setText, textElement } from "./dom.js";
import { followExplanations } from "./form_explain.js";
import { measureIn, PAPERS, watchLayout, watchPrinting } from "./measure.js";
import { followTheme } from "./theme.js";

/** @typedef {import("./compare_layout.js").Picture} Picture */
/** @typedef {import("./compare_layout.js").Mark} Mark */
const THICK = { beside: 84, listed: 76 }; // [px] height of the most people
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
  const arranged = arrangeLabels(picture, width, measureIn(field));
  const { marks, rows, breaks } = spread(picture, arranged.columns);
  const listed = arranged.labels === "listed";
  const frame = { width, listed, marks, breaks, thick: listed ? THICK.listed : THICK.beside };
  setAttributes(field, { "data-labels": arranged.labels, "data-marks": arranged.marks });
  const shares = arranged.columns.map((column) => `minmax(0, ${column.toFixed(2)}fr)`);
  field.style.setProperty("--cvj-columns", shares.join(" "));
  const lenses = /** @type {HTMLElement} */ (field.querySelector(".lens-all"));
  drawMarks(/** @type {HTMLElement} */ (field.querySelector(".lens-marks")), marks);
  drawBreaks(/** @type {HTMLElement} */ (field.querySelector(".lens-breaks")), breaks);
  keyed(
    lenses,
    rows.map((lens, index) => ({ id: `${index} ${lens.title}`, lens, index })),
    ({ lens, index }) => makeLens(lens, `${hatch}-${index}`, field),
    (section, { lens, index }) => drawLens(section, lens, { ...frame, index }, `${hatch}-${index}`),
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

/** @param {{ model: import("./form.js").Model, el: HTMLElement }} view */
function render({ model, el }) {
  views += 1;
  const hatch = `cvj-hatch-${views}`;
  const parts = build(el);
  const show = remake();
  const announcer = makeAnnouncer(parts.figure);
  const explainer = followExplanations(model, parts.figure, `${hatch}x${Math.random().toString(36).slice(2, 8)}`);
  parts.figure.addEventListener("click", ({ target }) => {
    explainer.toggle(/** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(".cvj-ask")));
  });
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
  /** @param {number} [width]  [px] */
  const redrawField = (width) => {
    const picture = model.get("document")?.picture;
    if (picture) draw(parts.field, picture, hatch, width);
  };
  const stopWatching = watchLayout(parts.field, () => redrawField());
  model.on("change:document", redraw);
  redraw();
  const stopPrinting = watchPrinting(() => redrawField(PAPERS.portrait), () => redrawField());
  return () => {
    stopWatching();
    stopPrinting();
    announcer.stop();
    explainer.remove();
    theme.stop();
  };
}

export default { render };
