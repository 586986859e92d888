// @ts-check
// Charts of lines over days. The lines are stretched to the room there is; the words are not.

import { html, keyed, setAttributes, setText, svg, textElement } from "./dom.js";
import { setExplained } from "./form_explain.js";

/**
 * A chart as cvjkit.widgets.line_chart.Chart gives it.
 * @typedef {{ id: string, name: string, values: number[] }} Line
 * @typedef {{ id: string, title: string, summary: string, lines: Line[], days: number[],
 *   low: number, high: number, ticks: [number, string][], day_ticks: [number, string][],
 *   stacked: boolean, mark: [number, number, string] | null }} Chart
 * @typedef {{ x(day: number): number, y(value: number): number }} Scale  In percent of the room.
 */

const PARTS = ["title", "names", "plot", "summary"];

/** @param {Chart} chart */
export function makeChart({ id }) {
  const [title, names, plot, summary] = PARTS.map((part) => html("div", `cvj-chart-${part}`));
  const picture = svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img" }, svg("g"), svg("g"));
  plot.append(picture, ...["cvj-ticks", "cvj-days", "cvj-marks"].map((name) => html("div", name)));
  const figure = html("figure", "cvj-chart", title, names, plot, summary);
  figure.dataset.chart = id;
  return figure;
}

/**
 * @param {HTMLElement} figure
 * @param {Chart} chart
 * @param {Map<string, import("./form_controls.js").Address>} asked
 */
export function updateChart(figure, chart, asked) {
  const [title, names, plot, summary] = figure.children;
  const [picture, ticks, days, marks] = plot.children;
  const scale = scaleOf(chart);
  setExplained(/** @type {HTMLElement} */ (title), chart.title, asked.get(chart.id) ?? null);
  setText(summary, chart.summary);
  setAttributes(picture, { "aria-label": `${chart.title}: ${chart.summary}` });
  const named = chart.lines.length > 1 ? chart.lines : [];
  keyed(names, named, () => html("span", "cvj-chart-name", html("i"), textElement("span")), (name, line) => {
    setAttributes(name.children[0], { "data-line": chart.lines.indexOf(line) % 7 });
    setText(name.children[1], line.name);
  });
  const rules = chart.ticks.map(([value, text]) => ({ id: text, at: scale.y(value), zero: value === 0 }));
  keyed(picture.children[0], rules, () => svg("line", { x1: 0, x2: 100 }), (rule, { at, zero }) => {
    setAttributes(rule, { y1: at, y2: at, "data-zero": zero });
  });
  // The upper areas first: each lower one is painted over them.
  keyed(picture.children[1], chart.lines.toReversed(), () => svg("path"), (path, line) => {
    const place = chart.lines.indexOf(line);
    setAttributes(path, { d: outline(chart, line, scale), "data-line": place % 7, "data-area": chart.stacked });
  });
  written(ticks, chart.ticks, (at) => `top: ${scale.y(at)}%`);
  written(days, chart.day_ticks, (at) => `left: ${scale.x(at)}%`);
  keyed(marks, chart.mark ? [{ id: 0, mark: chart.mark }] : [], () => html("div", "", textElement("span")), (mark, { mark: [day, value, text] }) => {
    setAttributes(mark, { style: `left: ${scale.x(day)}%; top: ${scale.y(value)}%`, "data-late": scale.x(day) > 60 });
    setText(mark.children[0], text);
  });
}

/**
 * @param {Chart} chart
 * @returns {Scale}
 */
function scaleOf({ days, low, high }) {
  const last = days.at(-1) || 1;
  return { x: (day) => rounded((100 * day) / last), y: (value) => rounded((100 * (high - value)) / (high - low || 1)) };
}

/** @param {number} number */
function rounded(number) {
  return Math.round(number * 100) / 100;
}

/**
 * @param {Chart} chart
 * @param {Line} line
 * @param {Scale} scale
 */
function outline({ days, stacked }, { values }, { x, y }) {
  const points = values.map((value, at) => `${x(days[at])} ${y(value)}`);
  const line = `M${points.join("L")}`;
  return stacked ? `${line}L100 ${y(0)}L0 ${y(0)}Z` : line;
}

/**
 * Write at positions along an axis.
 * @param {Element} axis
 * @param {[number, string][]} ticks
 * @param {(at: number) => string} style
 */
function written(axis, ticks, style) {
  keyed(axis, ticks.map(([at, text]) => ({ id: text, at })), () => textElement("span"), (tick, { id, at }) => {
    setAttributes(tick, { style: style(at) });
    setText(tick, id);
  });
}
