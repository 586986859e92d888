// @ts-check
// The sections of a form: tables of fields, figures, notes, and articles to unfold.

import { html, keyed, setAttributes, setText, textElement } from "./dom.js";
import { makeChart, updateChart } from "./form_charts.js";
import { makeAsking, setAsking, setExplained, setSentence } from "./form_explain.js";
import { makeTable, updateTable } from "./form_tables.js";

/** @typedef {import("./form_controls.js").Address} Address */

/**
 * A section as cvjkit.widgets.fields.Part.document gives it.
 * @typedef {{ id: string, title: string, note: string, lines: [string, string][] }} Article
 * @typedef {{ id: string, title: string, brief: string, fold: "" | "open" | "closed", notes: string[],
 *   figures: [string, string, string][], changes: [string, string, string, string][],
 *   tables: import("./form_tables.js").Table[],
 *   articles: Article[], charts: import("./form_charts.js").Chart[],
 *   explains?: boolean, explained?: [string, string][] }} Part
 */

/**
 * @param {Part} part
 * @param {Map<string, boolean>} unfolded  Which sections their reader has unfolded or folded.
 * @returns {HTMLElement}
 */
export function makePart({ id, title, fold, figures }, unfolded) {
  const section = html(fold ? "details" : "section", `cvj-part cvj-part-${id}`);
  section.dataset.part = id;
  if (section instanceof HTMLDetailsElement) {
    section.open = unfolded.get(id) ?? fold === "open";
    section.addEventListener("toggle", () => unfolded.set(id, section.open));
  }
  if (fold) section.append(html("summary", "", textElement("span"), " ", textElement("small"), " ", html("em")));
  else if (title) section.append(html("h2"));
  const notes = html("div", "cvj-notes");
  notes.setAttribute("role", "status");
  const list = html("div", "cvj-figures");
  if (figures.length) setAttributes(list, { role: "list", "aria-label": "Figures" });
  const articles = html("div", "cvj-articles");
  const charts = html("div", "cvj-charts");
  section.append(html("div", "cvj-inside", html("div", "cvj-tables"), list, notes, charts, articles));
  return section;
}

/**
 * @param {HTMLElement} section
 * @param {Part} part
 * @param {import("./form_controls.js").Context} context
 */
export function updatePart(section, part, context) {
  const [first] = section.children;
  if (section instanceof HTMLDetailsElement) updateFold(section, first, part);
  else if (first instanceof HTMLHeadingElement) setExplained(first, part.title, part.explains ? [part.id, "", ""] : null);
  const [tables, figures, notes, charts, articles] = /** @type {Element} */ (section.lastElementChild).children;
  const asked = askedIn(part);
  keyed(tables, part.tables, makeTable, (element, table) => updateTable(element, table, context));
  updateFigures(figures, part, asked("figures"));
  keyed(
    notes,
    part.notes.map((text, id) => ({ id, text })),
    () => textElement("p"),
    (note, { text, id }) => setSentence(/** @type {HTMLElement} */ (note), text, asked(`note ${id}`)),
  );
  keyed(charts, part.charts, makeChart, (chart, shown) => updateChart(chart, shown, asked("charts")));
  keyed(articles, part.articles, makeArticle, (article, shown) => updateArticle(article, shown, asked(shown.id)));
}

/**
 * What a section explains: of figures, charts, a note or an article, the addresses by what is explained.
 * @param {Part} part
 * @returns {(kind: string) => Map<string, Address>}
 */
function askedIn({ id, explained = [] }) {
  return (kind) => new Map(explained.filter(([one]) => one === kind).map(([, about]) => [about, [id, kind, about]]));
}

/**
 * What is wrong in a folded section is not missed: its line says so, and a new fault unfolds it.
 * @param {HTMLDetailsElement} section
 * @param {Element} line
 * @param {Part} part
 */
function updateFold(section, line, { title, brief, tables }) {
  const [name, words, faults] = line.children;
  const wrong = tables.flatMap(({ rows }) => rows.flatMap(({ fields }) => fields)).filter(({ message }) => message);
  const said = wrong.length ? `${wrong.length} to correct` : "";
  if (said && !faults.textContent) section.open = true;
  setText(name, title);
  setText(words, brief);
  setText(faults, said);
}

/**
 * @param {Element} list
 * @param {Part} part
 * @param {Map<string, Address>} asked
 */
function updateFigures(list, { figures, changes }, asked) {
  const changed = new Map(changes.map(([id, ...change]) => [id, change]));
  keyed(
    list,
    figures.map(([id, value, remark]) => ({ id, value, remark, change: changed.get(id) })),
    ({ id }) => {
      const parts = ["cvj-change", "cvj-was", "cvj-remark"].map((name) => html("div", name));
      const address = asked.get(id);
      const asks = Boolean(address);
      const amount = asks ? makeAsking("cvj-amount") : html("div", "cvj-amount");
      const figure = html("div", "cvj-figure", html("div", "cvj-heading", id), amount, ...parts);
      setAttributes(figure, { "data-figure": id, "data-rest": asks, role: "listitem" });
      if (address) setAsking(amount, address);
      return figure;
    },
    (figure, { value, remark, change: [change, was, way] = ["", "", ""] }) => {
      const [, amount, difference, before, words] = figure.children;
      figure.classList.toggle("cvj-unknown", value === "–");
      setText(amount, value);
      if (amount.matches("button")) setAttributes(amount, { "aria-label": `${figure.dataset.figure}: ${value}` });
      setText(difference, change);
      setAttributes(difference, { "data-way": way });
      setText(before, was);
      setText(words, remark);
    },
  );
}

/** @param {Article} article */
function makeArticle({ id }) {
  const summary = html("summary", "", textElement("span"), " ", textElement("small"));
  const article = html("details", "cvj-article", summary, html("dl"));
  article.dataset.article = id;
  return article;
}

/**
 * @param {HTMLElement} element
 * @param {Article} article
 * @param {Map<string, Address>} asked
 */
function updateArticle(element, { title, note, lines }, asked) {
  const [summary, list] = element.children;
  setText(summary.children[0], title);
  setText(summary.children[1], note);
  keyed(
    list,
    lines.map(([about, text], id) => ({ id, about, text })),
    () => html("div", "", html("dt"), textElement("dd")),
    (line, { id, about, text }) => {
      setText(line.children[0], about);
      setExplained(/** @type {HTMLElement} */ (line.children[1]), text, asked.get(String(id)) ?? null);
    },
  );
}
