// @ts-check
// The tables of a form: rows of fields below each other, or fields in a line.

import { html, keyed, setAttributes, setText, textElement } from "./dom.js";
import { makeControl, updateAsking, updateControl, updateMessages, updateWas } from "./form_controls.js";
import { setExplained } from "./form_explain.js";

/**
 * Tables as cvjkit.widgets.fields.Part.document gives them.
 * @typedef {import("./form_controls.js").Field} Field
 * @typedef {import("./form_controls.js").Context} Context
 * @typedef {import("./form_controls.js").Control} Control
 * @typedef {{ id: string, name: string, note: string, tone?: string,
 *   fields: Field[] }} Row
 * @typedef {{ id: string, headings: [string, string][], rows: Row[], explained?: string[] }} Table
 */

/**
 * @param {Table} table
 * @returns {HTMLElement}
 */
export function makeTable({ id, headings }) {
  const element = headings.length ? makeGrid() : html("div", "cvj-row");
  element.dataset.table = id;
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {Table} table
 * @param {Context} context
 */
export function updateTable(element, table, context) {
  if (element instanceof HTMLTableElement) updateGrid(element, table, context);
  else updateLine(element, table, context);
}

/**
 * Fields in a line, each below its label.
 * @param {HTMLElement} line
 * @param {Table} table
 * @param {Context} context
 */
function updateLine(line, table, context) {
  const entries = table.rows.flatMap((row) =>
    row.fields.map((field) => ({ id: `${row.id}/${field.id}`, row, field })),
  );
  keyed(
    line,
    entries,
    ({ row, field }) => {
      const label = html("span", "cvj-label");
      label.setAttribute("aria-hidden", "true");
      const control = makeControl(field, [table.id, row.id, field.id], context);
      const messages = html("div", "cvj-messages");
      const entry = `cvj-entry cvj-kind-${field.kind}`;
      const holder = html("div", entry, label, control, messages, html("div"));
      holder.dataset.field = field.id;
      return holder;
    },
    (holder, { field }) => {
      const [label, element, messages, was] = holder.children;
      const control = /** @type {Control} */ (element);
      setText(label, field.kind === "button" ? "" : field.label);
      updateControl(control, field, context);
      updateMessages(messages, [{ control, field }]);
      updateWas(was, control, field);
    },
  );
}

// Its roles are given because on a narrow page it is no table for the style sheet, and browsers
// then do not take it for one.
function makeGrid() {
  const head = html("tr");
  head.setAttribute("role", "row");
  const grid = html("table", "cvj-table", html("thead", "", head));
  grid.setAttribute("role", "table");
  return grid;
}

/**
 * @param {HTMLTableElement} grid
 * @param {Table} table
 * @param {Context} context
 */
function updateGrid(grid, table, context) {
  setAttributes(grid, { hidden: table.rows.length === 0 });
  updateHeadings(/** @type {HTMLTableSectionElement} */ (grid.tHead).rows[0], table);
  keyed(grid, table.rows, makeRow, (body, row) => updateRow(body, row, table, context));
}

/**
 * @param {HTMLTableRowElement} line
 * @param {Table} table
 */
function updateHeadings(line, { id: table, headings, rows, explained = [] }) {
  const fields = rows.flatMap((row) => row.fields);
  const texts = new Set(fields.filter(({ kind }) => kind !== "number").map(({ id }) => id));
  const buttons = new Set(fields.filter(({ kind }) => kind === "button").map(({ id }) => id));
  keyed(
    line,
    headings.map(([id, words]) => ({ id, words })),
    ({ id }) => {
      const heading = html("th", "", html("span"));
      setAttributes(heading, { scope: "col", role: "columnheader", "data-heading": id });
      return heading;
    },
    (heading, { id, words }) => {
      const asks = explained.includes(id);
      setExplained(/** @type {HTMLElement} */ (heading.firstElementChild), words, asks ? [table, "", id] : null);
      heading.classList.toggle("cvj-plain", buttons.has(id));
      setAttributes(heading, { "data-rest": asks });
      heading.classList.toggle("cvj-text", texts.has(id));
    },
  );
}

/** A row is a table body of two lines: the fields, and what is wrong with them. */
function makeRow() {
  const name = html("th", "cvj-rowname", textElement("span"), textElement("small"));
  setAttributes(name, { scope: "row", role: "rowheader" });
  const line = html("tr", "", name);
  line.setAttribute("role", "row");
  return html("tbody", "", line, html("tr", "cvj-messages", html("td", "", html("div"))));
}

/**
 * @param {HTMLTableSectionElement} body
 * @param {Row} row
 * @param {Table} table
 * @param {Context} context
 */
function updateRow(body, row, table, context) {
  const [line, below] = body.rows;
  setAttributes(body, { "data-tone": row.tone });
  updateRowName(line.cells[0], row);
  const controls = updateCells(line, row, table, context);
  setAttributes(below.cells[0], { colspan: table.headings.length });
  updateMessages(
    below.cells[0].children[0],
    row.fields.map((field) => ({ control: controls.get(field.id), field })),
  );
  setAttributes(below, { hidden: !row.fields.some((field) => field.message) });
}

/**
 * @param {HTMLTableCellElement} cell
 * @param {Row} row
 */
function updateRowName(cell, { name, note }) {
  const [title, remark] = cell.children;
  setAttributes(cell, { title: name });
  setText(title, name);
  setText(remark, note);
}

/**
 * @param {HTMLTableRowElement} line
 * @param {Row} row
 * @param {Table} table
 * @param {Context} context
 * @returns {Map<string, Control>}  The controls by the columns of their fields.
 */
function updateCells(line, row, table, context) {
  const fields = new Map(row.fields.map((field) => [field.id, field]));
  /** @type {Map<string, Control>} */
  const controls = new Map();
  keyed(
    line,
    table.headings.slice(1).map(([id, words]) => ({ id, words })),
    ({ words }) => {
      const cell = html("td", "", html("div"), html("div"), html("div"));
      setAttributes(cell, { role: "cell", "data-heading": words });
      return cell;
    },
    (cell, { id }) => {
      const field = fields.get(id);
      const [holder, was, asking] = cell.children;
      setAttributes(cell, { "data-empty": !field });
      keyed(
        holder,
        field ? [field] : [],
        (made) => makeControl(made, [table.id, row.id, id], context),
        (control, shown) => {
          updateControl(control, shown, context);
          controls.set(id, control);
        },
      );
      updateWas(was, controls.get(id), field);
      updateAsking(asking, controls.get(id), field);
    },
  );
  return controls;
}

/**
 * The inputs of a grid that can be typed into, row by row.
 * @param {HTMLTableElement} grid
 * @returns {HTMLElement[][]}
 */
function editableRows(grid) {
  const rows = [...grid.tBodies].map((body) =>
    /** @type {HTMLElement[]} */ ([...body.rows[0].querySelectorAll("[data-column]")]),
  );
  return rows.map((row) =>
    row.filter((control) => !(control instanceof HTMLInputElement && control.readOnly)),
  );
}

/**
 * Find the control to go to from another one: some rows down in its column, or columns across.
 * @param {HTMLElement} control
 * @param {number} down
 * @param {number} across
 * @returns {HTMLElement | undefined}
 */
export function neighbour(control, down, across) {
  const grid = control.closest("table");
  if (!grid) return undefined;
  const rows = editableRows(grid);
  const index = rows.findIndex((row) => row.includes(control));
  if (across) return rows[index][rows[index].indexOf(control) + across];
  const { column } = control.dataset;
  const onward = down > 0 ? rows.slice(index + 1) : rows.slice(0, index).toReversed();
  return onward.flat().find((other) => other.dataset.column === column);
}
