// @ts-check
// Draws the picture of cvjkit.charts.sankey as SVG, with labels in HTML.

import { headerCell, html, keyed, setAttributes, setText, svg, tableParts, textElement } from "./dom.js";
import { arrange, DENSITIES, HEADER_GAP, LEADING } from "./flow_layout.js";
import { measureIn, PAPERS, watchLayout, watchPrinting } from "./measure.js";
import { ribbonPath } from "./ribbon.js";
import { followTheme } from "./theme.js";
import { showTips } from "./tips.js";

const LYING = 520; // [px] what a sheet that lies has for a picture, beside its title and legend
const COLUMN_GAP = 40; // [px] as flow_view.css sets it

/** @typedef {import("./flow_layout.js").Picture} Picture */
/** @typedef {ReturnType<typeof build>} Parts */
/** @typedef {ReturnType<typeof buildField>} Drawing */

/**
 * Make the elements of a view.
 * @param {HTMLElement} el  What the view is put into.
 */
function build(el) {
  const table = html("table");
  const frame = html("div", "", table);
  setAttributes(frame, { tabindex: 0, role: "region", "aria-label": "The picture as a table" });
  const parts = {
    title: textElement("div", "cvj-title"),
    subtitle: textElement("div", "cvj-subtitle"),
    whole: html("button", "", "All stages"),
    scales: html("div", "cvj-scales"),
    sheets: html("div", "cvj-sheets"),
    tip: textElement("div", "cvj-tip"),
    summary: textElement("p", "cvj-summary"),
    legend: html("ul", "cvj-legend"),
    warnings: html("ul", "cvj-warnings"),
    table,
    twin: html("details", "cvj-twin", html("summary", "", "Show as table"), frame),
  };
  const { scales, sheets } = parts;
  const drawing = buildField();
  setAttributes(drawing.svg, { tabindex: 0, "aria-keyshortcuts": "ArrowRight ArrowLeft ArrowDown ArrowUp Enter s" });
  drawing.field.append(parts.tip);
  parts.whole.type = "button";
  setAttributes(scales, { role: "group", "aria-label": "How thick people are drawn" });
  scales.append(parts.whole);
  parts.tip.setAttribute("role", "status");
  parts.tip.hidden = true;
  const figure = html(
    "figure", "cvj-flow",
    html("figcaption", "", parts.title, parts.subtitle),
    drawing.field, sheets, scales, parts.legend, parts.summary, parts.warnings, parts.twin,
  );
  el.append(figure);
  return { ...parts, ...drawing, figure };
}

/** Make the elements of a drawing. */
function buildField() {
  const layers = { guides: svg("g"), links: svg("g"), magnified: svg("g"), nodes: svg("g"), was: svg("g"), bands: svg("g") };
  const labels = html("div", "cvj-labels");
  const factors = html("div", "cvj-factors");
  labels.setAttribute("aria-hidden", "true");
  factors.setAttribute("aria-hidden", "true");
  const picture = svg("svg", { role: "img" }, ...Object.values(layers));
  return { ...layers, labels, factors, svg: picture, field: html("div", "cvj-field", picture, labels, factors) };
}

/**
 * Write what does not depend on the width: texts and the table.
 * @param {Parts} parts
 * @param {Picture} picture
 */
function write(parts, picture) {
  setText(parts.title, picture.title);
  setText(parts.subtitle, picture.subtitle);
  setText(parts.summary, picture.summary);
  setAttributes(parts.svg, { "aria-label": picture.summary });
  keyed(
    parts.legend,
    (anyBand(picture) ? [...picture.legend, ["band", picture.bands.legend]] : picture.legend).map(([id, meaning]) => ({ id, meaning })),
    ({ id }) => {
      const item = html("li", "", html("i", `kind-${id}`), html("span"));
      item.dataset.kind = id;
      return item;
    },
    (item, { meaning }) => setText(item.children[1], meaning),
  );
  keyed(
    parts.warnings,
    picture.warnings.map((id) => ({ id })),
    ({ id }) => textElement("li", "", id),
    () => {},
  );
  writeTable(parts.table, picture);
  parts.whole.hidden = !picture.start;
  keyed(
    parts.scales,
    (picture.scales ?? []).map(([id, words]) => ({ id, words })),
    ({ id, words }) => {
      const button = html("button", "", words);
      button.type = "button";
      button.dataset.scale = id;
      return button;
    },
    (button, { id }) => setAttributes(button, { "aria-pressed": String(id === picture.scale) }),
  );
}

/**
 * @param {HTMLTableElement} table
 * @param {Picture} picture
 */
function writeTable(table, { columns, rows }) {
  const lines = rows.map(([name, ...cells]) =>
    html("tr", "", headerCell("row", name), ...cells.map((cell) => html("td", "", cell))),
  );
  table.replaceChildren(...tableParts(columns, lines));
}

/**
 * Draw what follows from the width: sizes, positions and paths. All are shares of the width, so
 * that they also hold on paper, whose width no script sees.
 * @param {Drawing} parts
 * @param {Picture} picture
 * @param {number} [width]  [px]
 * @param {number} [column]  Which half of a picture that runs down, if not the whole is drawn.
 */
function place(parts, picture, width = parts.field.clientWidth, column) {
  if (!width) return;
  const arrangement = arrange(picture, width, measureIn(parts.labels), column !== undefined);
  const { orientation, density, stretch, crop } = arrangement;
  const layout = picture.layouts[orientation];
  const height = Math.round(layout.height * stretch);
  setAttributes(parts.field, { "data-orientation": orientation, "data-density": density });
  parts.field.style.setProperty("--cvj-size-value", `${DENSITIES[density].value}px`);
  parts.field.style.setProperty("--cvj-leading", String(LEADING));
  const frame = { layout, x: width / layout.width, y: height / layout.height };
  const part = column === undefined ? undefined : half(picture, arrangement.labels, frame, column);
  const { top, bottom } = part ?? { top: crop, bottom: height };
  const seen = bottom - top;
  parts.field.style.height = `${seen}px`;
  for (const layer of [parts.labels, parts.factors]) layer.style.top = `${-top}px`;
  const anyWidth = { preserveAspectRatio: "none", viewBox: `0 ${top} ${width} ${seen}` };
  setAttributes(parts.svg, { width: "100%", height: seen, ...anyWidth });
  const placed = picture.nodes.filter(({ id }) => layout.boxes[id]);
  drawGuides(parts.guides, orientation === "h" ? placed : [], frame);
  drawLinks(parts.links, picture, frame, orientation === "v");
  drawWas(parts.was, frame, orientation === "v");
  drawBreaks(parts, frame, orientation === "v");
  drawNodes(parts.nodes, placed, frame, picture.bands?.stages ?? {});
  drawBands(parts.bands, placed, frame, picture.bands?.stages ?? {}, orientation === "v");
  drawLabels(parts.labels, picture.nodes, arrangement, frame);
  if (!part) return;
  for (const element of [...parts.labels.children, ...parts.factors.children, ...parts.nodes.children]) {
    const at = element instanceof HTMLElement ? parseFloat(element.style.top) : Number(element.getAttribute("y"));
    if (!part.has(at)) element.remove();
  }
}

/**
 * What of a picture that runs down stands in one of two columns: it is parted above the stage in
 * its middle, and the first column is as long as the last of its labels [px].
 * @param {Picture} picture
 * @param {import("./flow_layout.js").Label[]} labels
 * @param {Frame} frame
 * @param {number} column
 */
function half({ nodes }, labels, { layout, y }, column) {
  const stages = nodes.filter(({ id, kind }) => kind === "stage" && layout.labels[id]);
  const { id } = stages[Math.ceil(stages.length / 2)];
  const parting = Math.floor(Math.min(layout.labels[id].top, layout.boxes[id].top) * y) - 2;
  const above = labels.filter(({ top }) => top * y < parting);
  const lowest = Math.max(parting, ...above.map(({ top, height }) => top * y + height));
  return column
    ? { top: parting, bottom: layout.height * y, has: (/** @type {number} */ at) => at >= parting }
    : { top: 0, bottom: lowest, has: (/** @type {number} */ at) => at < parting };
}

/**
 * A layout, and how far it is stretched to the right and downwards.
 * @typedef {{ layout: import("./flow_layout.js").Layout, x: number, y: number }} Frame
 * @typedef {import("./flow_layout.js").FlowNode} FlowNode
 */

/**
 * Draw the picture once for each way that paper may lie; the style sheet shows the right one. On
 * paper that lies, one that is too high stands in two columns.
 * @param {Parts} parts
 * @param {Picture} picture
 */
function placeOnPaper(parts, picture) {
  parts.sheets.replaceChildren();
  for (const [paper, width] of Object.entries(PAPERS)) {
    const { orientation, stretch } = arrange(picture, width, measureIn(parts.labels));
    const isHigh = orientation === "v" && picture.layouts.v.height * stretch > LYING;
    const isParted = paper === "landscape" && isHigh;
    const sheet = html("div", "cvj-sheet");
    sheet.dataset.paper = paper;
    parts.sheets.append(sheet);
    for (const column of isParted ? [0, 1] : [undefined]) {
      const drawing = buildField();
      setAttributes(drawing.svg, { "aria-label": picture.summary });
      sheet.append(drawing.field);
      place(drawing, picture, isParted ? (width - COLUMN_GAP) / 2 : width, column);
      sheet.dataset.density = drawing.field.dataset.density;
    }
  }
}

/**
 * Draw lines from the names of the stages down to their bars.
 * @param {SVGGElement} layer
 * @param {FlowNode[]} nodes
 * @param {Frame} frame
 */
function drawGuides(layer, nodes, { layout, x, y }) {
  keyed(
    layer,
    nodes.filter(({ kind }) => kind === "stage"),
    () => svg("line", { class: "cvj-guide" }),
    (line, { id }) => {
      const box = layout.boxes[id];
      const left = box.left * x + 0.5;
      const head = layout.header * y - 4;
      const foot = box.top * y - 3;
      setAttributes(line, { x1: left, x2: left, y1: head, y2: foot > head + 8 ? foot : head });
    },
  );
}

/**
 * @param {SVGGElement} layer
 * @param {Picture} picture
 * @param {Frame} frame
 * @param {boolean} upright
 */
function drawLinks(layer, { links, worth_most }, { layout, x, y }, upright) {
  keyed(
    layer,
    links.map((link, index) => ({ id: `${link.source}>${link.target}>${link.kind}`, link, index })),
    () => svg("path"),
    (path, { link, index }) => {
      const edges = stretched(layout.ribbons[index], x, y, upright);
      const { source, target, kind, people, text } = link;
      const marked = target === worth_most ? " cvj-worth-most" : "";
      setAttributes(path, { class: `sankey-link kind-${kind}${marked}`, d: ribbonPath(edges, upright) });
      setAttributes(path, dataset({ source, target, kind, people, text }));
    },
  );
}

/**
 * Outline what was otherwise before a change.
 * @param {SVGGElement} layer
 * @param {Frame} frame
 * @param {boolean} upright
 */
function drawWas(layer, { layout, x, y }, upright) {
  keyed(
    layer,
    layout.was.map((edges, id) => ({ id, edges })),
    () => svg("path", { class: "sankey-was" }),
    (path, { edges }) => setAttributes(path, { d: ribbonPath(stretched(edges, x, y, upright), upright) }),
  );
}

/**
 * @param {import("./ribbon.js").Edge[]} edges
 * @param {number} x
 * @param {number} y
 * @param {boolean} upright
 */
function stretched(edges, x, y, upright) {
  const [along, across] = upright ? [y, x] : [x, y];
  return edges.map((edge) => ({
    along: edge.along * along,
    top: edge.top * across,
    size: edge.size * across,
  }));
}

/**
 * Show where links are drawn out from one scale to another, and how much.
 * @param {Drawing} parts
 * @param {Frame} frame
 * @param {boolean} upright
 */
function drawBreaks({ magnified, factors }, { layout, x, y }, upright) {
  keyed(
    magnified,
    layout.breaks.flatMap(({ ribbons }, at) => ribbons.map((edges, index) => ({ id: `${at} ${index}`, edges }))),
    () => svg("path", { class: "cvj-drawn-out" }),
    (path, { edges }) => setAttributes(path, { d: ribbonPath(stretched(edges, x, y, upright), upright) }),
  );
  keyed(
    factors,
    layout.breaks.map((mark, id) => ({ id, mark })),
    () => textElement("span", "cvj-factor"),
    (span, { mark }) => {
      setText(span, mark.text);
      Object.assign(span.style, { left: share(mark.x, layout), top: `${mark.y * y}px` });
    },
  );
}

/**
 * @param {SVGGElement} layer
 * @param {FlowNode[]} nodes
 * @param {Frame} frame
 * @param {import("./flow_layout.js").Bands["stages"]} bands
 */
function drawNodes(layer, nodes, { layout, x, y }, bands) {
  keyed(
    layer,
    nodes,
    () => svg("rect"),
    (bar, { id, kind, people, text }) => {
      const { left, top, width, height } = layout.boxes[id];
      const isHollow = kind === "stage" && people === null;
      setAttributes(bar, {
        class: `sankey-node kind-${kind}${isHollow ? " cvj-hollow" : ""}`,
        x: left * x,
        y: top * y,
        width: width * x,
        height: height * y,
        ...dataset({ node: id, people: people ?? "", text: bands[id] ? `${text}. ${bands[id].text}` : text }),
      });
    },
  );
}

/** @param {Picture} picture */
const anyBand = ({ bands }) => Boolean(Object.keys(bands?.stages ?? {}).length);

/**
 * Draw along each stage whose number is not sure how thick it would be at both ends of its band: there
 * no label is ever in its way. An end that lies outside the picture has no cap.
 * @param {SVGGElement} layer
 * @param {FlowNode[]} nodes
 * @param {Frame} frame
 * @param {import("./flow_layout.js").Bands["stages"]} bands
 * @param {boolean} upright
 */
function drawBands(layer, nodes, { layout, x, y }, bands, upright) {
  keyed(
    layer,
    nodes.filter(({ id, people }) => bands[id] && people && layout.scales[id]),
    () => svg("g", { class: "sankey-band" }, svg("path", { class: "cvj-casing" }), svg("path")),
    (group, { id, people }) => {
      const { left, top, width, height } = layout.boxes[id];
      const [near, scale, most] = upright ? [left, x, layout.width * x] : [top, y, layout.height * y];
      const [low, high] = [bands[id].low, bands[id].high].map((part) =>
        Math.min(most, scale * (near + part * Number(people) * layout.scales[id])),
      );
      const cap = 3; // [px]
      const middle = upright ? (top + height / 2) * y : (left + width / 2) * x;
      /** @param {number} end */
      const mark = (end) => (upright ? `M${end},${middle - cap}v${2 * cap}` : `M${middle - cap},${end}h${2 * cap}`);
      const line = upright ? `M${low},${middle}H${high}` : `M${middle},${low}V${high}`;
      const d = high - low < cap ? "" : [line, mark(low), high < most ? mark(high) : ""].join("");
      for (const path of group.children) setAttributes(path, { d });
      setAttributes(group, { "data-stage": id });
    },
  );
}

/** @param {number} x @param {{ width: number }} layout */
const share = (x, { width }) => `${(100 * x) / width}%`;

/** @param {Record<string, string | number>} values */
function dataset(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`data-${name}`, value]));
}

/**
 * @param {HTMLElement} layer
 * @param {FlowNode[]} nodes
 * @param {import("./flow_layout.js").Arrangement} arrangement
 * @param {Frame} frame
 */
function drawLabels(layer, nodes, { density, labels }, { layout, y }) {
  const nodesById = new Map(nodes.map((node) => [node.id, node]));
  layer.style.setProperty("--cvj-header", `${layout.header * y - HEADER_GAP}px`);
  keyed(
    layer,
    labels,
    () => html("div"),
    (element, { id, nameLines, noteLines }) => {
      const node = /** @type {FlowNode} */ (nodesById.get(id));
      const { left, top, width, align } = layout.labels[id];
      const { kind, stage, name, value, text } = node;
      const className = `node-label label-${kind === "stage" ? "stage" : "side"} kind-${kind}`;
      setAttributes(element, { class: className, title: name || text });
      setAttributes(element, { "data-stage": stage, "data-kind": kind, "data-align": align });
      const sides = { left: share(left, layout), top: `${top * y}px`, width: share(width, layout) };
      Object.assign(element.style, sides);
      const lines = [{ className: "cvj-value", text: value, most: 1 }];
      if (name) lines.unshift({ className: "cvj-name", text: name, most: nameLines });
      const notes = node[DENSITIES[density].words];
      lines.push(...notes.map((note) => ({ className: "cvj-note", text: note, most: noteLines })));
      keyed(
        element,
        lines.map((line, index) => ({ id: index, line })),
        () => textElement("span"),
        (span, { line }) => {
          setAttributes(span, { class: line.className });
          setText(span, line.text);
          span.style.setProperty("--cvj-lines", String(line.most));
        },
      );
    },
  );
}

/**
 * Let a reader choose at which stage the picture begins, and how thick people are drawn.
 * @param {Parts} parts
 * @param {import("./theme.js").Model & { send(content: object): void }} model
 * @returns {() => void}  Says what has been chosen; to be called when another picture is drawn.
 */
function offerChoices(parts, model) {
  const now = () => /** @type {Picture} */ (model.get("picture"));
  /** @param {string} stage  The one it begins with already shows all again. */
  const begin = (stage) => model.send({ start: stage === now().start ? "" : stage });
  const say = showTips(parts, { bar: ".sankey-node.kind-stage", way: ".sankey-link" }, {
    begin,
    nextScale: () => {
      const { scale, scales } = now();
      const index = scales.findIndex(([known]) => known === scale);
      model.send({ scale: scales[(index + 1) % scales.length][0] });
    },
  });
  parts.whole.addEventListener("click", () => model.send({ start: "" }));
  parts.scales.addEventListener("click", ({ target }) => {
    const { scale } = /** @type {HTMLElement} */ (target).dataset;
    if (scale) model.send({ scale });
  });
  let before = { start: "", scale: "" };
  return () => {
    const { start, scale, scales, subtitle } = now();
    if (before.scale && before.scale !== scale) say(Object.fromEntries(scales)[scale]);
    else if (before.start !== start) say(subtitle);
    before = { start, scale };
  };
}

/** @param {{ model: import("./theme.js").Model & { send(content: object): void }, el: HTMLElement }} view */
function render({ model, el }) {
  const parts = build(el);
  const saySince = offerChoices(parts, model);

  /** @param {(picture: Picture) => void} draw */
  const safely = (draw) => {
    const picture = { ...model.get("picture"), bands: model.get("bands") };
    parts.figure.hidden = !picture.nodes;
    if (parts.figure.hidden) return;
    // A picture may be anything: a visitor of a published page can set every trait.
    try {
      draw(picture);
      parts.figure.classList.remove("cvj-broken");
    } catch (error) {
      parts.figure.classList.add("cvj-broken");
      setText(parts.summary, "This picture cannot be drawn.");
      console.warn("cvjkit: a picture cannot be drawn", error);
    }
  };
  const theme = followTheme(model, parts.figure, () => model.get("picture")?.colors);
  const redraw = () =>
    safely((picture) => {
      theme.paint();
      write(parts, picture);
      place(parts, picture);
      saySince();
    });
  const stopWatching = watchLayout(parts.field, () => {
    // A broken picture is hidden, which changes the width, too.
    if (parts.figure.classList.contains("cvj-broken")) return;
    safely((picture) => place(parts, picture));
  });
  model.on("change:picture", redraw);
  model.on("change:bands", redraw);
  redraw();
  const stopPrinting = watchPrinting(
    () => safely((picture) => placeOnPaper(parts, picture)),
    () => parts.sheets.replaceChildren(),
  );
  return () => {
    stopWatching();
    stopPrinting();
    theme.stop();
  };
}

export default { render };
