// @ts-check
// Decides how a flow is laid out at a width: which way it runs, how large its labels are and how
// far it is stretched, so that every label has room. Pure: plain values in, plain values out.

import { linesNeeded } from "./measure.js";

/**
 * The picture as `Picture.document` of cvjkit.charts.sankey gives it; of a layout, positions and
 * sizes are in px at the layout's width and height.
 * @typedef {"h" | "v"} Orientation  Stages side by side, or below each other.
 * @typedef {{
 *   id: string, kind: string, stage: string, people: number | null, name: string, value: string,
 *   notes: string[], short: string[], text: string,
 * }} FlowNode
 * @typedef {{ source: string, target: string, kind: string, people: number, text: string }} FlowLink
 * @typedef {{ left: number, top: number, width: number, height: number }} Box
 * @typedef {{ left: number, top: number, width: number, align: "left" | "right" }} Room
 * @typedef {{ text: string, x: number, y: number, ribbons: import("./ribbon.js").Edge[][] }} Break
 * @typedef {{
 *   width: number, height: number, header: number, boxes: Record<string, Box>,
 *   labels: Record<string, Room>, ribbons: import("./ribbon.js").Edge[][], breaks: Break[],
 *   was: import("./ribbon.js").Edge[][], scales: Record<string, number>,
 * }} Layout
 * @typedef {{ legend: string, stages: Record<string, { low: number, high: number, text: string }> }} Bands
 * @typedef {{
 *   title: string, subtitle: string, summary: string, worth_most: string, nodes: FlowNode[], links: FlowLink[],
 *   legend: [string, string][], columns: string[], rows: string[][], warnings: string[],
 *   layouts: Record<Orientation, Layout>, colors: import("./theme.js").Palette,
 *   start: string, scale: string, scales: [string, string][], bands?: Bands,
 * }} Picture
 */

/** Height of a line as a share of its font size: enough for the tallest fonts. */
export const LEADING = 1.38;
/** Below this width stages are set below each other [px]. */
const LEAST_WIDE = 560;
/** How short a picture that runs down may be drawn, which makes nobody thinner, where its labels have room. */
const LEAST_LONG = 0.8;
const BETWEEN = 4; // [px] a label's value and its note, where they share a line
const ROUNDING = 1; // [px] by which a browser may draw a text wider than it measures it
const MOST_NOTE_LINES = 3;
/** What lies between the labels of the stages and the picture below them [px]. */
export const HEADER_GAP = 8;

/** Font size of every line of a label but the number of a stage [px], as flow_view.css sets it. */
const TEXT = 12;
/**
 * Which notes a label shows, how many lines a name may take, and the font size of a stage's number [px].
 * @typedef {{ words: "notes" | "short", nameLines: number, value: number }} Density
 * @type {Record<string, Density>}
 */
export const DENSITIES = {
  roomy: { words: "notes", nameLines: 2, value: 18 },
  tight: { words: "short", nameLines: 3, value: 12 },
};

/** @type {[Orientation, string, number][]} The arrangements from best to worst, and their least widths. */
const ARRANGEMENTS = [
  ["h", "roomy", LEAST_WIDE],
  ["h", "tight", LEAST_WIDE],
  ["v", "roomy", 0],
  ["v", "tight", 0],
];

/**
 * @typedef {{ id: string, left: number, top: number, width: number, height: number,
 *   nameLines: number, noteLines: number, fits: boolean, nameFits: boolean }} Label  Sizes in px.
 * @typedef {{ orientation: Orientation, density: string, stretch: number, crop: number, labels: Label[] }} Arrangement
 *   `crop` is what of the stretched picture is blank at the top [px].
 */

/**
 * Choose the first arrangement in which no number is cut and all names fit; if there is none, the
 * first in which no number is cut.
 * @param {Picture} picture
 * @param {number} width  [px]
 * @param {import("./measure.js").Measure} measure
 * @param {boolean} [low]  Whether it should be as low as its labels allow.
 * @returns {Arrangement}
 */
export function arrange(picture, width, measure, low = false) {
  const possible = ARRANGEMENTS.filter(([, density, least]) => width >= least && (!low || density === "tight"));
  const tried = possible.map(([orientation, density]) => {
    const layout = picture.layouts[orientation];
    const labels = picture.nodes
      .filter(({ id }) => layout.labels[id])
      .map((node) => measureLabel(node, layout, orientation, DENSITIES[density], width, measure));
    return { orientation, density, labels };
  });
  const fitting = tried.filter(({ labels }) => labels.every(({ fits }) => fits));
  const whole = fitting.find(({ labels }) => labels.every(({ nameFits }) => nameFits));
  const chosen = whole ?? fitting[0] ?? tried[tried.length - 1];
  const below = obstacles(picture, chosen.orientation, width);
  const least = chosen.orientation === "v" ? (low ? 0 : LEAST_LONG) : 1;
  const stretch = stretchNeeded(chosen.labels, below, least);
  return { ...chosen, stretch, crop: blankAbove(picture, chosen, stretch) };
}

/**
 * The room for the labels of the stages that none of them needs [px].
 * @param {Picture} picture
 * @param {{ orientation: Orientation, labels: Label[] }} arrangement
 * @param {number} stretch
 */
function blankAbove({ nodes, layouts }, { orientation, labels }, stretch) {
  if (orientation === "v") return 0;
  const stages = new Set(nodes.filter(({ kind }) => kind === "stage").map(({ id }) => id));
  const needed = labels.filter(({ id }) => stages.has(id)).map(({ height }) => height);
  return Math.max(0, Math.floor(layouts.h.header * stretch - Math.max(0, ...needed)));
}

/**
 * @param {FlowNode} node
 * @param {Layout} layout
 * @param {Orientation} orientation
 * @param {Density} density
 * @param {number} width  [px]
 * @param {import("./measure.js").Measure} measure
 * @returns {Label}
 */
function measureLabel(node, layout, orientation, density, width, measure) {
  const label = layout.labels[node.id];
  const stretch = width / layout.width;
  const isStage = node.kind === "stage";
  const valueSize = isStage ? density.value : TEXT;
  const room = label.width * stretch - ROUNDING;
  /** @param {string} text */
  const textWidth = (text) => measure(text, TEXT, 400);
  const notes = node[density.words];
  const valueWidth = measure(node.value, valueSize, 600);
  const notesWidth = Math.max(0, ...notes.map(textWidth));
  const name = linesNeeded(node.name, room, textWidth);
  const nameLines = node.name ? Math.min(name.lines, density.nameLines) : 0;
  const nameFits = name.lines <= density.nameLines && !name.broken;

  const isInline = !isStage && label.align === "right" && orientation === "v";
  const wrapped = notes.map((text) => linesNeeded(text, room, textWidth));
  const mayWrap = !isStage && label.align === "left";
  const noteLines = mayWrap ? Math.min(MOST_NOTE_LINES, Math.max(1, ...wrapped.map(({ lines }) => lines))) : 1;
  let noteFits = mayWrap ? wrapped.every(({ lines, broken }) => lines <= MOST_NOTE_LINES && !broken) : notesWidth <= room;
  let noteHeight = noteLines * notes.length * TEXT * LEADING;
  let wide = Math.max(valueWidth, mayWrap && noteLines > 1 ? room : notesWidth);
  if (isInline) {
    wide = valueWidth + BETWEEN + notesWidth;
    noteFits = wide <= room;
    if (noteFits) noteHeight = 0;
  }
  const gap = isStage && orientation === "h" ? HEADER_GAP : 0;
  const height = nameLines * TEXT * LEADING + valueSize * LEADING + noteHeight + gap;
  const shown = Math.min(room, wide);
  const left = label.left * stretch + (label.align === "right" ? room - shown : 0);
  return {
    id: node.id, left, top: label.top, width: isStage ? room : shown, height,
    nameLines, noteLines, fits: valueWidth <= room && noteFits, nameFits,
  };
}

/**
 * What labels must not reach into: the bars of the nodes, and the end of the field [px]. Where the
 * picture runs down, the range of a stage may reach from its bar to the edge.
 * @param {Picture} picture
 * @param {Orientation} orientation
 * @param {number} width
 */
function obstacles(picture, orientation, width) {
  const layout = picture.layouts[orientation];
  const stretch = width / layout.width;
  const toEdge = new Set(orientation === "v" ? Object.keys(layout.scales ?? {}) : []);
  const bars = Object.entries(layout.boxes).map(([id, { left, top, width: long }]) => ({
    left: left * stretch,
    top,
    width: toEdge.has(id) ? width - left * stretch : long * stretch,
  }));
  return [...bars, { left: 0, top: layout.height, width }];
}

/**
 * How far a picture must be stretched downwards, so that no label reaches into what is below it.
 * @param {Label[]} labels
 * @param {{ left: number, top: number, width: number }[]} below
 * @param {number} [least]
 * @returns {number}  `least` or more.
 */
export function stretchNeeded(labels, below, least = 1) {
  let stretch = least;
  const others = [...labels, ...below];
  for (const label of labels) {
    for (const other of others) {
      const gap = other.top - label.top;
      const beside = Math.min(label.left + label.width, other.left + other.width) - Math.max(label.left, other.left);
      if (gap > 0.5 && beside > 1) stretch = Math.max(stretch, label.height / gap);
    }
  }
  return stretch;
}
