// @ts-check
// Decides whether the labels of the lenses have room above their bars. Pure.

import { linesNeeded } from "./measure.js";

/**
 * The picture as cvjkit.comparison.picture gives it; positions and sizes are shares of the field's
 * width and of the height of the most people.
 * @typedef {{ along: number, top: number, size: number }} End
 * @typedef {{ key: string, name: string, shared: boolean, start: number }} Mark  A milestone.
 * @typedef {{ stage: string, status: string, name: string, value: string, note: string,
 *   text: string, start: number, end: number, top: number, size: number,
 *   low_size: number | null, high_size: number | null }} Bar
 * @typedef {{ kind: string, source: string, target: string, status: string,
 *   people: number | null, text: string, drawn_out: boolean, start: End, end: End }} Ribbon
 * @typedef {{ title: string, scale: string, summary: string, bars: Bar[], ribbons: Ribbon[] }} Lens
 * @typedef {{ marks: Mark[], rows: Lens[], breaks: { along: number, text: string }[], legend: [string, string][],
 *   colors: import("./theme.js").Palette }} Picture
 */

/** Font sizes of the numbers, and of all other texts, as compare_view.css sets them [px]. */
const VALUE = 13;
const TEXT = 12;
/** What is kept free behind each text [px]. */
export const BEHIND = 6;
const MOST_NAME_LINES = 3;
const LONG_NAME = 40; // letters from which a name may be cut, and its title has it whole
const LONG_WORD = 13; // letters from which a word may be broken

/**
 * Set the labels beside each other where all have room; else list them below each lens. The names of
 * the milestones run across where they have room, else upwards.
 * @param {Picture} picture
 * @param {number} width  [px]
 * @param {import("./measure.js").Measure} measure
 * @returns {{ labels: "beside" | "listed", marks: "across" | "upright" }}
 */
export function arrangeLabels({ marks, rows }, width, measure) {
  const labelsFit = rows.every(({ bars }) =>
    bars.every((bar) => labelFits(bar, roomFor(bar, bars) * width - BEHIND, measure)),
  );
  const column = width / marks.length - BEHIND;
  const marksFit = marks.every(
    ({ name, shared }) => longestWord(name, shared ? 600 : 400, measure) <= column,
  );
  return {
    labels: labelsFit ? "beside" : "listed",
    marks: labelsFit && marksFit ? "across" : "upright",
  };
}

/**
 * The room of a label, up to the next bar, as a share of the width.
 * @param {Bar} bar
 * @param {Bar[]} bars
 */
export function roomFor(bar, bars) {
  const later = bars.map(({ start }) => start).filter((start) => start > bar.start);
  return Math.min(1, ...later) - bar.start;
}

/**
 * @param {Bar} bar
 * @param {number} room  [px]
 * @param {import("./measure.js").Measure} measure
 */
function labelFits({ name, value, note }, room, measure) {
  /** @param {string} text */
  const nameWidth = (text) => measure(text, TEXT, 400);
  return (
    measure(value, VALUE, 600) <= room &&
    longestWord(note, 400, measure) <= room &&
    longestWord(name, 400, measure) <= room &&
    (name.length > LONG_NAME || linesNeeded(name, room, nameWidth).lines <= MOST_NAME_LINES)
  );
}

/**
 * @param {string} text
 * @param {number} weight
 * @param {import("./measure.js").Measure} measure
 */
function longestWord(text, weight, measure) {
  const words = text.split(" ").map((word) => word.slice(0, LONG_WORD));
  return Math.max(...words.map((word) => measure(word, TEXT, weight)));
}
