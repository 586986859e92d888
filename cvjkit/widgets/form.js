// @ts-check
// Draws the parts that cvjkit.widgets.form sends, and tells it what is typed.

import { inWords, makeAnnouncer } from "./announce.js";
import { keyed } from "./dom.js";
import { resetBy, stateOf, updateControl } from "./form_controls.js";
import { followExplanations } from "./form_explain.js";
import { makePart, updatePart } from "./form_parts.js";
import { printFields } from "./form_print.js";
import { neighbour } from "./form_tables.js";

/** @typedef {import("./form_controls.js").Control} Control */
/** @typedef {import("./theme.js").Model & { send(content: object): void,
 *   off(event: string, callback: () => void): void }} Model */

const FOCUSABLE = "summary, input:not([readonly]), select, button";
let views = 0;

/**
 * The text field an event is about, if it is one of the form's.
 * @param {Event} event
 * @returns {HTMLInputElement | null}
 */
function inputOf({ target }) {
  const isText = target instanceof HTMLInputElement && target.type === "text";
  return isText && stateOf(target) ? target : null;
}

/**
 * The neighbour that a key leads to from an input: Enter down its column, the arrows wherever the
 * caret can go no further.
 * @param {KeyboardEvent} event
 * @param {HTMLInputElement} input
 */
function destination({ key, shiftKey }, input) {
  const { selectionStart: start, selectionEnd: end, value } = input;
  const isAll = start === 0 && end === value.length;
  const isAtStart = isAll || end === 0;
  const isAtEnd = isAll || start === value.length;
  if (key === "Enter") return neighbour(input, shiftKey ? -1 : 1, 0);
  if (shiftKey) return undefined;
  if (key === "ArrowDown") return neighbour(input, 1, 0);
  if (key === "ArrowUp") return neighbour(input, -1, 0);
  if (key === "ArrowLeft" && isAtStart) return neighbour(input, 0, -1);
  if (key === "ArrowRight" && isAtEnd) return neighbour(input, 0, 1);
  return undefined;
}

/** @param {import("./form_parts.js").Part[]} parts */
function figuresInWords(parts) {
  return parts.flatMap(({ figures, changes }) => {
    const changed = new Map(changes.map(([name, change]) => [name, change]));
    return figures.map(([name, value]) => inWords(name, value, changed.get(name)));
  });
}

/** @param {{ model: Model, el: HTMLElement }} widget */
function render({ model, el }) {
  views += 1;
  const view = `cvj${views}x${Math.random().toString(36).slice(2, 8)}`;
  let number = 0; // of messages sent
  let seen = 0; // the newest of them that Python has answered
  let run = 0; // of visits to fields: edits made during one are undone together
  /** @type {Map<string, boolean>} */
  const unfolded = new Map();
  el.classList.add("cvj-form");
  const explainer = followExplanations(model, el, view);

  const announcer = makeAnnouncer(el);
  const stopPrinting = printFields(el);

  /** @param {string} what @param {EventTarget[]} controls @param {string[]} texts */
  const send = (what, controls, texts) => {
    number += 1;
    const edits = controls.map((control, index) => {
      const state = /** @type {import("./form_controls.js").State} */ (stateOf(control));
      state.sent = number;
      return [...state.address, texts[index]];
    });
    model.send({ what, view, number, run, edits, language: navigator.language });
  };

  const redraw = () => {
    const { parts, answered } = model.get("document");
    if (!Array.isArray(parts)) return;
    if (answered.view === view) seen = answered.number;
    announcer.tell(figuresInWords(parts));
    const active = el.contains(document.activeElement) ? document.activeElement : null;
    const section = active?.closest(".cvj-part");
    keyed(el, parts, (part) => makePart(part, unfolded), (element, part) => updatePart(element, part, { view, seen, whole: answered.whole }));
    if (active && document.activeElement !== active) {
      // It is gone, hidden or moved: the keys must go on working from where somebody was.
      const near = section?.isConnected ? section.querySelectorAll(FOCUSABLE) : [];
      for (const next of [active, ...near, ...el.querySelectorAll(FOCUSABLE)]) {
        /** @type {HTMLElement} */ (next).focus();
        if (document.activeElement === next) break;
      }
    }
  };

  /** Press the button that has a key, in whichever form it is. @param {string} shortcut */
  const press = (shortcut) => {
    const button = (el.closest(".cvj-designer") ?? el).querySelector(`button[aria-keyshortcuts="${shortcut}"]`);
    /** @type {HTMLElement | null} */ (button)?.click();
  };

  /** Take back what was typed since the field was entered. @param {HTMLInputElement} input */
  const restore = (input) => {
    const state = stateOf(input);
    if (!state?.dirty) return false;
    input.value = state.before;
    state.dirty = false;
    input.select();
    send("restore", [input], [""]);
    return true;
  };

  /** Take back what the what-if changes in a field. @param {Control} control */
  const reset = (control) => {
    const state = stateOf(control);
    // What is shown may be older than what was typed: only Python knows.
    const isPending = state && state.sent > seen;
    if (!state?.field.resets && !isPending) return false;
    send("reset", [control], [""]);
    return true;
  };

  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const command = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (command && !event.altKey && (letter === "z" || letter === "y")) {
      press(letter === "y" || event.shiftKey ? "Control+Y" : "Control+Z");
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (command || event.altKey) return;
    // The notebook around has keys of its own for what is typed here.
    event.stopPropagation();
    const input = inputOf(event);
    const control = /** @type {Element} */ (event.target);
    const isText = input && input.inputMode !== "decimal";
    const asking = event.key === "?" && !isText && control.closest("td")?.querySelector(".cvj-ask");
    const asks = asking || (event.key === "Enter" && input?.matches(".cvj-ask") && input);
    if (asks) {
      explainer.toggle(/** @type {HTMLElement} */ (asks));
      event.preventDefault();
      return;
    }
    if (!input) return;
    // In a line, Enter presses the button that stands right after what is typed; whether it can be
    // pressed by now, only Python knows.
    const after = event.key === "Enter" && input.closest(".cvj-row > *")?.nextElementSibling;
    const button = after && after.querySelector("button[data-column]");
    /** @type {HTMLElement | null} */ (button || null)?.click();
    const next = destination(event, input);
    next?.focus();
    const isRestored = event.key === "Escape" && !event.shiftKey && (restore(input) || reset(input));
    if (next || isRestored) event.preventDefault();
  };

  /** @param {ClipboardEvent} event */
  const paste = (event) => {
    event.stopPropagation();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const input = inputOf(event);
    if (!input?.closest("table") || !/[\t\n\r]/.test(text)) return;
    event.preventDefault();
    send("paste", [input], [text]);
  };

  /** @param {Event} event */
  const input = (event) => {
    const control = inputOf(event);
    const state = stateOf(control);
    if (!control || !state) return;
    state.dirty = true;
    send("type", [control], [control.value]);
  };

  /** @param {Event} event */
  const change = ({ target }) => {
    if (target instanceof HTMLSelectElement) send("type", [target], [target.value]);
    const tabs = target instanceof HTMLInputElement && target.type === "radio" && target.closest(".cvj-tabs");
    if (tabs) send("type", [tabs], [target.value]);
  };

  /** @param {MouseEvent} event */
  const click = (event) => {
    const target = /** @type {Element} */ (event.target);
    const asking = /** @type {HTMLElement | null} */ (target.closest(".cvj-ask"));
    if (asking) {
      explainer.toggle(asking);
      return;
    }
    const button = target.closest("button");
    const control = resetBy(button);
    if (control) {
      control.focus();
      reset(control);
    } else if (button && stateOf(button)) send("type", [button], [""]);
  };

  // A click selects all, as Tab does; a second one puts the caret.
  /** @type {EventTarget | null} */
  let entered = null;
  /** @param {FocusEvent} event */
  const focusin = (event) => {
    run += 1;
    const control = inputOf(event);
    const state = stateOf(control);
    if (!control || !state) return;
    state.before = control.value;
    state.dirty = false;
    control.select();
    entered = control;
  };
  /** @param {MouseEvent} event */
  const mouseup = (event) => {
    if (entered === event.target) event.preventDefault();
    entered = null;
  };

  // Leaving a field shows how Python writes what was typed.
  /** @param {FocusEvent} event */
  const focusout = ({ target }) => {
    const state = stateOf(target);
    if (!state?.dirty) return;
    state.dirty = false;
    const control = /** @type {Control} */ (target);
    if (state.sent <= seen) updateControl(control, state.field, { view, seen, whole: true });
  };

  el.addEventListener("input", input);
  el.addEventListener("change", change);
  el.addEventListener("click", click);
  el.addEventListener("keydown", keydown);
  el.addEventListener("paste", paste);
  el.addEventListener("focusin", focusin);
  el.addEventListener("focusout", focusout);
  el.addEventListener("mouseup", mouseup);
  model.on("change:document", redraw);
  redraw();
  return () => {
    model.off("change:document", redraw);
    explainer.remove();
    announcer.stop();
    stopPrinting();
  };
}

export default { render };
