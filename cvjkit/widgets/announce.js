// @ts-check
// Says what has changed to those who hear a page: once they pause, not at each key.

import { html, setText } from "./dom.js";

const PAUSE = 1000; // milliseconds without a change
const MOST = 3; // texts at once: no one keeps more in mind

/**
 * Word a figure and how far it is from the base.
 * @param {string} name
 * @param {string} value
 * @param {string} [change]  Signed, such as "+58 (+25%)"; "" if there is none.
 */
export function inWords(name, value, change = "") {
  const [amount] = change.split(" (");
  const way = { "+": "up", "-": "down", "−": "down" }[amount[0]];
  return [`${name} ${value}`, way && `${way} ${amount.slice(1)}`].filter(Boolean).join(", ");
}

/**
 * Put a live region before an element's children, empty and seen by nobody.
 * @param {Element} el
 */
export function makeAnnouncer(el) {
  const region = html("div", "cvj-heard");
  region.setAttribute("role", "status");
  el.prepend(region);
  /** @type {string[] | null} */
  let heard = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    /** Say those texts that are new, but not the first ones. @param {string[]} texts */
    tell(texts) {
      clearTimeout(timer);
      const before = (heard ??= texts);
      timer = setTimeout(() => {
        const news = texts.filter((text) => !before.includes(text));
        const left = news.length - MOST;
        const more = left > 0 ? [`${left} more ${left === 1 ? "change" : "changes"}`] : [];
        if (news.length) setText(region, `${[...news.slice(0, MOST), ...more].join("; ")}.`);
        heard = texts;
      }, PAUSE);
    },
    stop: () => clearTimeout(timer),
  };
}
