// @ts-check
// Decides how wide the columns of the milestones are, and whether the labels of the lenses have room
// above their bars. Pure.

import { linesNeeded } from "./measure.js";

/**
 * The picture as cvjkit.comparison.picture gives it; positions and sizes are shares of the field's
 * width and of the height of the most people.
 * @typedef {{ along: number, top: number, size: number }} End
 * @typedef {{ key: string, name: string, shared: boolean, start: number }} Mark  A milestone.
 * @typedef {{ stage: string, status: string, name: string, value: string, note: string,
 *   text: string, start: number, end: number, column?: number, top: number, size: number,
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
/** What is kept free behind each text, and one that a browser may lose by rounding [px]. */
const BEHIND = 6 + 1;
const MOST_NAME_LINES = 3;
const LONG_NAME = 40; // letters from which a name may be cut, and its title has it whole
const LONG_WORD = 13; // letters from which a word may be broken

/**
 * Set the labels beside each other where all have room; else list them below each lens. The names of
 * the milestones run across where they have room, else upwards.
 * @param {Picture} picture
 * @param {number} width  [px]
 * @param {import("./measure.js").Measure} measure
 * @returns {{ labels: "beside" | "listed", marks: "across" | "upright", columns: number[] }}  And how wide each column is [px].
 */
export function arrangeLabels({ marks, rows }, width, measure) {
  const labels = rows.flatMap(({ bars }) => {
    const columns = bars.map(({ start }) => columnOf(start, marks));
    return bars.map((bar, at) => {
      const to = Math.min(marks.length, ...columns.filter((other) => other > columns[at]));
      return { from: columns[at], to, room: labelRoom(bar, measure) + BEHIND };
    });
  });
  const heads = marks.map(({ name, shared }, from) => {
    const room = longestWord(name, shared ? 600 : 400, measure) + BEHIND;
    return { from, to: from + 1, room };
  });
  const across = columnsFor([...heads, ...labels], marks.length, width);
  if (across) return { labels: "beside", marks: "across", columns: across };
  const beside = columnsFor(labels, marks.length, width);
  if (beside) return { labels: "beside", marks: "upright", columns: beside };
  return { labels: "listed", marks: "upright", columns: marks.map(() => width / marks.length) };
}

/**
 * The column in which something begins.
 * @param {number} start  Share of the width.
 * @param {Mark[]} marks
 */
export function columnOf(start, marks) {
  return Math.round(start * marks.length);
}

/**
 * Make columns as equal as what stands in them allows.
 * @param {{ from: number, to: number, room: number }[]} needs  Columns, without the last, and what they need together [px].
 * @param {number} count
 * @param {number} width  [px] of all.
 * @returns {number[] | null}  Widths [px]; null if there is not room for all.
 */
export function columnsFor(needs, count, width) {
  const narrowFirst = needs.toSorted((one, other) => one.to - one.from - (other.to - other.from));
  /** @param {number} least  [px] */
  const widened = (least) => {
    const columns = Array(count).fill(least);
    for (const { from, to, room } of narrowFirst) {
      const missing = room - sum(columns.slice(from, to));
      if (missing > 0) for (let at = from; at < to; at += 1) columns[at] += missing / (to - from);
    }
    return columns;
  };
  if (sum(widened(0)) > width) return null;
  let [least, most] = [0, width / count];
  if (sum(widened(most)) <= width) return widened(most);
  while (most - least > 0.1) {
    const middle = (least + most) / 2;
    if (sum(widened(middle)) <= width) least = middle;
    else most = middle;
  }
  const columns = widened(least);
  return columns.map((column) => (column / sum(columns)) * width);
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

/**
 * Move what lies in columns that are equally wide to where it lies in these.
 * @param {Picture} picture
 * @param {number[]} columns  Widths.
 * @returns {Picture}
 */
export function spread(picture, columns) {
  const all = sum(columns);
  /** @param {number} share */
  const moved = (share) => {
    const at = Math.min(Math.floor(share * columns.length + 1e-9), columns.length - 1);
    const within = share * columns.length - at;
    return (sum(columns.slice(0, at)) + within * columns[at]) / all;
  };
  /** @param {End} end */
  const movedEnd = (end) => ({ ...end, along: moved(end.along) });
  return {
    ...picture,
    marks: picture.marks.map((mark) => ({ ...mark, start: moved(mark.start) })),
    breaks: picture.breaks.map((one) => ({ ...one, along: moved(one.along) })),
    rows: picture.rows.map((lens) => ({
      ...lens,
      bars: lens.bars.map((bar) => ({
        ...bar,
        column: columnOf(bar.start, picture.marks),
        start: moved(bar.start),
        end: moved(bar.end),
      })),
      ribbons: lens.ribbons.map((way) => ({ ...way, start: movedEnd(way.start), end: movedEnd(way.end) })),
    })),
  };
}

/**
 * The least room in which a label is neither cut nor too high [px].
 * @param {Bar} bar
 * @param {import("./measure.js").Measure} measure
 */
function labelRoom({ name, value, note }, measure) {
  /** @param {string} text */
  const nameWidth = (text) => measure(text, TEXT, 400);
  let room = Math.max(
    measure(value, VALUE, 600),
    longestWord(note, 400, measure),
    longestWord(name, 400, measure),
  );
  const isHigh = () => linesNeeded(name, room, nameWidth).lines > MOST_NAME_LINES;
  while (name.length <= LONG_NAME && isHigh()) room += BEHIND;
  return room;
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
