// @ts-check
// On paper a field is a text like any other: it wraps where the field would cut what it holds.

import { html } from "./dom.js";
import { watchPrinting } from "./measure.js";

/**
 * Write out what the fields of a form hold, for as long as it is printed.
 * @param {HTMLElement} form
 * @returns {() => void}  Ends it.
 */
export function printFields(form) {
  const erase = () => form.querySelectorAll(".cvj-printed").forEach((written) => written.remove());
  const write = () => {
    erase();
    for (const field of form.querySelectorAll(".cvj-input")) {
      const held = field instanceof HTMLSelectElement ? field.selectedOptions[0]?.text : /** @type {HTMLInputElement} */ (field).value;
      const written = html("span", "cvj-printed", held ?? "");
      written.dir = "auto";
      field.parentElement?.append(written);
    }
  };
  const stop = watchPrinting(write, erase);
  return () => {
    stop();
    erase();
  };
}
