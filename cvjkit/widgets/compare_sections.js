// @ts-check
// The tables and lists below the lenses.

import { headerCell, html, tableParts, textElement } from "./dom.js";
import { setExplained } from "./form_explain.js";

/**
 * What cvjkit.widgets.compare_view sends for each section.
 * @typedef {{ row: number, column: number, span: number, kind: string, title: string,
 *   stage: string, value: string, note: string }} Cell
 * @typedef {{ columns: [string, string][], milestones: [string, string][], cells: Cell[] }} Grid
 * @typedef {{ value: string, note: string, status: string, figure: string }} Figure
 * @typedef {{ names: string[], rows: [string, ...Figure[]][] }} Comparable
 * @typedef {{ topic: string, question: string, stages: string, positions: string[],
 *   consequence: string }} Disagreement
 */

/**
 * The sections in their order: what of the document they show, and how.
 * @type {{ name: string, heading: string, make: (data: any) => HTMLElement }[]}
 */
export const sections = [
  { name: "grid", heading: "Milestones down, frameworks across", make: makeGrid },
  { name: "hides", heading: "What each lens hides", make: makeHidden },
  { name: "comparable", heading: "What may be compared", make: makeComparable },
  { name: "disagreements", heading: "Where the documents differ", make: makeDisagreements },
];

/**
 * A table; where it is wider than the page, the arrow keys move it.
 * @param {string} className
 * @param {string} label
 * @param {string[]} headings
 * @param {HTMLTableRowElement[]} rows
 */
function makeTable(className, label, headings, rows) {
  const table = html("table", className, ...tableParts(headings, rows));
  const frame = html("div", "lens-frame", table);
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", label);
  return frame;
}

/**
 * A number that asks for what explains it.
 * @param {string} value
 * @param {import("./form_controls.js").Address} address
 */
function asking(value, address) {
  const element = html("b");
  setExplained(element, value, address);
  return element;
}

/** @param {Grid} grid */
function makeGrid({ columns, milestones, cells }) {
  const several = new Set(columns.map(([journey]) => journey)).size > 1;
  const headings = columns.map(([journey, lens]) => (several ? `${journey}: ${lens}` : lens));
  const rows = milestones.map(([, name]) => html("tr", "", headerCell("row", name)));
  const inOrder = cells.toSorted((one, other) => one.row - other.row || one.column - other.column);
  for (const { row, column, span, kind, title, stage, value, note } of inOrder) {
    const cell = textElement("td", `cell-${kind}`, title);
    if (value) cell.append(asking(value, ["lens", String(column), stage]));
    if (note) cell.append(html("small", "", note));
    cell.rowSpan = span;
    cell.dataset.column = String(column);
    cell.dataset.lens = headings[column];
    cell.dataset.stage = stage;
    rows[row].append(cell);
  }
  // On a phone the style sheet sets the cells below each other, which would take their roles away.
  for (const row of rows) {
    row.setAttribute("role", "row");
    for (const cell of row.cells) cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
  }
  return makeTable("lens-grid", "Milestones down, frameworks across", ["Milestone", ...headings], rows);
}

/** @param {[string, string[]][]} hides */
function makeHidden(hides) {
  const parts = hides.map(([title, sentences]) => {
    const list = html("ul", "", ...sentences.map((sentence) => textElement("li", "", sentence)));
    const content = sentences.length ? list : html("p", "", "Nothing known.");
    return html("section", "", textElement("h3", "", title), content);
  });
  return html("div", "lens-hides", ...parts);
}

/** @param {Comparable} comparable */
function makeComparable({ names, rows }) {
  const lines = rows.map(([label, ...figures]) => {
    const cells = figures.map(({ value, note, status, figure }, at) => {
      const cell = html("td", `is-${status}`, asking(value, ["comparable", String(at), figure]));
      if (note) cell.append(html("small", "", note));
      return cell;
    });
    return html("tr", "", headerCell("row", label), ...cells);
  });
  const note =
    "The same through every lens. Step rates, worst steps and names such as Conversion " +
    "mean something else in each framework, so they are not here.";
  const table = makeTable("lens-figures", "What may be compared", ["Figure", ...names], lines);
  return html("div", "", html("p", "", note), table);
}

/** @param {Disagreement[]} disagreements */
function makeDisagreements(disagreements) {
  const parts = disagreements.map(({ topic, question, stages, positions, consequence }) =>
    html(
      "details", "",
      html("summary", "", html("b", "", topic), html("small", "", stages)),
      html("p", "", question),
      html("ul", "", ...positions.map((position) => html("li", "", position))),
      html("p", "", consequence),
    ),
  );
  return html("div", "lens-differ", ...parts);
}
