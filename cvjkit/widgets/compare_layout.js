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

/**
 * Font sizes of the texts in a label, and of the milestones above [px].
 * @typedef {{ name: number, value: number, note: number, mark: number }} Sizes
 * @type {Sizes[]}  From best to worst.
 */
const SIZES = [
  { name: 11, value: 13, note: 10.5, mark: 12 },
  { name: 10, value: 12, note: 10, mark: 10.5 },
];
/** What is kept free behind each text [px]. */
export const BEHIND = 6;
const MOST_NAME_LINES = 3;
const LONG_NAME = 40; // letters from which a name may be cut, and its title has it whole
const LONG_WORD = 13; // letters from which a word may be broken

/**
 * Choose the largest sizes at which all labels have room beside each other; else they are listed
 * below each lens. The names of the milestones run across where they have room, else upwards.
 * @param {Picture} picture
 * @param {number} width  [px]
 * @param {import("./measure.js").Measure} measure
 * @returns {{ sizes: Sizes, labels: "beside" | "listed", marks: "across" | "upright" }}
 */
export function arrangeLabels({ marks, rows }, width, measure) {
  const fitting = SIZES.find((sizes) =>
    rows.every(({ bars }) =>
      bars.every((bar) => labelFits(bar, roomFor(bar, bars) * width - BEHIND, sizes, measure)),
    ),
  );
  const sizes = fitting ?? SIZES[0];
  const column = width / marks.length - BEHIND;
  const marksFit = marks.every(
    ({ name, shared }) => longestWord(name, sizes.mark, shared ? 600 : 400, measure) <= column,
  );
  return {
    sizes,
    labels: fitting ? "beside" : "listed",
    marks: fitting && marksFit ? "across" : "upright",
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
 * @param {Sizes} sizes
 * @param {import("./measure.js").Measure} measure
 */
function labelFits({ name, value, note }, room, sizes, measure) {
  /** @param {string} text */
  const nameWidth = (text) => measure(text, sizes.name, 400);
  return (
    measure(value, sizes.value, 600) <= room &&
    longestWord(note, sizes.note, 400, measure) <= room &&
    longestWord(name, sizes.name, 400, measure) <= room &&
    (name.length > LONG_NAME || linesNeeded(name, room, nameWidth).lines <= MOST_NAME_LINES)
  );
}

/**
 * @param {string} text
 * @param {number} size
 * @param {number} weight
 * @param {import("./measure.js").Measure} measure
 */
function longestWord(text, size, weight, measure) {
  const words = text.split(" ").map((word) => word.slice(0, LONG_WORD));
  return Math.max(...words.map((word) => measure(word, size, weight)));
}
