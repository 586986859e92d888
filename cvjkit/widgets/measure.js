// @ts-check
// Measures text where it is drawn, so that no font of any machine cuts a label.

import { html } from "./dom.js";

/**
 * A text's width [px] at a font size [px] and a weight (400 is regular, 600 semibold).
 * @typedef {(text: string, size: number, weight: number) => number} Measure
 */

/** @type {CanvasRenderingContext2D | null} */
let canvas = null;
/** @type {Map<string, Map<string, number>>} */
const widthsByFont = new Map();
const MOST_WIDTHS = 20_000; // of all texts kept for one font

/**
 * Measure texts in the font of an element. Widths are kept, so that a key press measures only the
 * texts that it changed. The views set all digits equally wide (tabular-nums), so 1 counts as 0.
 * @param {Element} element
 * @returns {Measure}
 */
export function measureIn(element) {
  const { fontFamily } = getComputedStyle(element);
  canvas ??= document.createElement("canvas").getContext("2d");
  return (text, size, weight) => {
    const font = `${weight} ${size}px ${fontFamily}`;
    const digits = text.replace(/\d/g, "0");
    let widths = widthsByFont.get(font);
    if (!widths || widths.size > MOST_WIDTHS) widthsByFont.set(font, (widths = new Map()));
    let width = widths.get(digits);
    if (width === undefined && canvas) {
      canvas.font = font;
      width = canvas.measureText(digits).width;
      widths.set(digits, width);
    }
    return width ?? 0;
  };
}

/**
 * Count the lines that a text takes in a room, as a browser breaks it: at spaces, and within a
 * word only if the word alone is wider than the room.
 * @param {string} text
 * @param {number} room  [px]
 * @param {(text: string) => number} width
 * @returns {{ lines: number, broken: boolean }}  `broken` if a word is wider than the room.
 */
export function linesNeeded(text, room, width) {
  const space = width(" ");
  let lines = 1;
  let used = 0;
  let broken = false;
  for (const word of text.split(" ")) {
    const size = width(word);
    const after = used ? used + space + size : size;
    if (after <= room) {
      used = after;
      continue;
    }
    if (used) lines += 1;
    const extra = Math.ceil(size / room) - 1;
    broken ||= extra > 0;
    lines += extra;
    used = size - extra * room;
  }
  return { lines, broken };
}

/**
 * Call `changed` whenever the width of a field changes, or the font in it: a sample of text, which
 * nobody sees, changes its size when a font has loaded, or the reader or a theme sets another one.
 * @param {HTMLElement} field
 * @param {() => void} changed
 * @returns {() => void}  Ends it.
 */
export function watchLayout(field, changed) {
  const sample = html("span", "cvj-sample", "0129 MWil", html("b", "", "0129 MWil"));
  sample.setAttribute("aria-hidden", "true");
  field.append(sample);
  let seen = "";
  const observer = new ResizeObserver(() => {
    const now = `${field.clientWidth} ${sample.offsetWidth}`;
    if (now === seen) return;
    seen = now;
    widthsByFont.clear();
    changed();
  });
  observer.observe(field);
  observer.observe(sample);
  return () => observer.disconnect();
}

/**
 * The least widths that a picture has on paper, A4 or Letter, upright and lying [px].
 * @type {Record<string, number>}
 */
export const PAPERS = { portrait: 680, landscape: 940 };

/**
 * Call `before` when the page is about to be printed, and `after` when it has been.
 * @param {() => void} before
 * @param {() => void} after
 * @returns {() => void}  Ends it.
 */
export function watchPrinting(before, after) {
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  return () => {
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
  };
}
