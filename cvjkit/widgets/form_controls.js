// @ts-check
// The controls of a form: text fields, choices, tabs and buttons. Python owns every text; only what
// somebody has typed or pressed is left alone until Python has seen it, and the field that they are
// typing into until they leave it.

import { html, keyed, setAttributes, setText, textElement } from "./dom.js";
import { makeAsking, setAsking } from "./form_explain.js";

/**
 * A field as cvjkit.widgets.fields.Field.document gives it.
 * @typedef {{ id: string, kind: "number" | "text" | "choice" | "tabs" | "button" | "bar", label: string,
 *   text: string, message?: string, choices?: [string, string][], key?: string,
 *   fixed?: boolean, was?: string, resets?: boolean, share?: number, explains?: boolean }} Field
 * @typedef {[string, string, string]} Address  Table, row and column.
 *
 * The view a control is in, the number of its newest message that Python has answered, and whether
 * also a field that is being typed into shows the new text.
 * @typedef {{ view: string, seen: number, whole: boolean }} Context
 *
 * What is known of a control: its field, the number of the last message about it, whether it holds
 * what Python has not written back, and what it held before somebody typed.
 * @typedef {{ address: Address, messageId: string, field: Field, sent: number, dirty: boolean,
 *   before: string }} State
 * @typedef {HTMLInputElement | HTMLSelectElement | HTMLButtonElement | HTMLDivElement} Control
 */

/** @type {WeakMap<EventTarget, State>} */
const states = new WeakMap();

/**
 * What is known of a control; nothing of any other element.
 * @param {EventTarget | null} element
 * @returns {State | undefined}
 */
export function stateOf(element) {
  return element ? states.get(element) : undefined;
}

/** @type {Record<Field["kind"], () => Control>} */
const MAKERS = {
  number: () => Object.assign(makeInput(), { inputMode: "decimal" }),
  text: makeInput,
  choice: () => html("select", "cvj-input"),
  button: () => makeButton("cvj-button"),
  bar: () => makeButton("cvj-bar"),
  tabs: () => {
    const group = html("div", "cvj-tabs");
    group.setAttribute("role", "radiogroup");
    return group;
  },
};

function makeInput() {
  const input = html("input", "cvj-input");
  return Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, dir: "auto" });
}

/** @param {string} className */
function makeButton(className) {
  return Object.assign(html("button", className), { type: /** @type {const} */ ("button") });
}

/**
 * @param {Field} field
 * @param {Address} address
 * @param {Context} context
 * @returns {Control}
 */
export function makeControl(field, address, { view }) {
  const control = MAKERS[field.kind]();
  const messageId = `${view}-${address.join("-")}-message`;
  states.set(control, { address, messageId, field, sent: 0, dirty: false, before: "" });
  control.dataset.column = field.id;
  return control;
}

/**
 * Show a field's text, choices and state, and whether its entry is invalid.
 * @param {Control} control
 * @param {Field} field
 * @param {Context} context
 */
export function updateControl(control, field, context) {
  const state = /** @type {State} */ (states.get(control));
  state.field = field;
  if (control instanceof HTMLButtonElement) updateButton(control, field);
  else if (control instanceof HTMLSelectElement) updateChoice(control, field, isAhead(state, context));
  else if (control instanceof HTMLInputElement) updateInput(control, field, state, context);
  else updateTabs(control, field, isAhead(state, context), `${context.view}-${state.address.join("-")}`);
  setAttributes(control, {
    "aria-label": field.kind === "button" && !field.text ? "" : field.label,
    "aria-invalid": field.message ? "true" : "",
    "aria-describedby": field.message ? state.messageId : "",
  });
}

/**
 * Whether Python has not seen what was typed or pressed last: its text is older.
 * @param {State} state
 * @param {Context} context
 */
const isAhead = ({ sent }, { seen }) => sent > seen;

/**
 * @param {HTMLButtonElement} button
 * @param {Field} field
 */
function updateButton(button, { text, label, fixed = false, key = "", share = 0 }) {
  const shortcuts = new Map([["undo", "Control+Z"], ["redo", "Control+Y"]]);
  setText(button, text || label);
  setAttributes(button, { "aria-disabled": fixed, "aria-keyshortcuts": shortcuts.get(key), title: text && text !== label ? label : "" });
  button.style.setProperty("--cvj-share", String(share));
}

/**
 * @param {HTMLSelectElement} select
 * @param {Field} field
 * @param {boolean} ahead
 */
function updateChoice(select, { text, choices = [] }, ahead) {
  keyed(
    select,
    choices.map(([id, name]) => ({ id, name })),
    ({ id }) => Object.assign(textElement("option"), { value: id }),
    (option, { name }) => setText(option, name),
  );
  if (!ahead && select.value !== text) select.value = text;
}

/**
 * @param {HTMLDivElement} group
 * @param {Field} field
 * @param {boolean} ahead
 * @param {string} name  Of the group of radio buttons.
 */
function updateTabs(group, { text, choices = [] }, ahead, name) {
  keyed(
    group,
    choices.map(([id, label]) => ({ id, label })),
    ({ id }) => {
      const radio = Object.assign(html("input"), { type: "radio", value: id, name });
      return html("label", "cvj-tab", radio, textElement("span"));
    },
    (tab, { id, label }) => {
      const [radio, words] = tab.children;
      if (!ahead) /** @type {HTMLInputElement} */ (radio).checked = id === text;
      setAttributes(tab, { title: label });
      setText(words, label);
    },
  );
}

/**
 * @param {HTMLInputElement} input
 * @param {Field} field
 * @param {State} state
 * @param {Context} context
 */
function updateInput(input, { text, fixed = false, explains = false }, state, context) {
  if (!isBeingTyped(input, state, context)) {
    state.dirty = false;
    if (input.value !== text) {
      input.value = text;
      if (document.activeElement === input) input.select();
    }
  }
  const asks = fixed && explains && Boolean(text);
  setAttributes(input, { readonly: fixed && "readonly", tabindex: fixed && !asks ? -1 : 0 });
  if (fixed) setAsking(input, asks ? state.address : null);
  input.classList.toggle("cvj-shown", fixed);
  input.classList.toggle("cvj-nothing", fixed && !text);
}

/**
 * Whether an input holds what its user types and Python has not seen or must not change now.
 * @param {HTMLInputElement} input
 * @param {State} state
 * @param {Context} context
 */
function isBeingTyped(input, state, context) {
  if (isAhead(state, context)) return true;
  return state.dirty && !context.whole && document.activeElement === input;
}

/**
 * Show what a field shows without the what-if: a button that takes its change back, if it has one.
 * @param {Element} holder
 * @param {Control | undefined} control
 * @param {Field | undefined} field
 */
export function updateWas(holder, control, field) {
  const { was = "", resets = false, label = "" } = field ?? {};
  keyed(
    holder,
    was ? [{ id: resets ? "button" : "small" }] : [],
    ({ id }) => textElement(/** @type {"button" | "small"} */ (id), "cvj-was"),
    (element) => {
      setText(element, `was ${was}`);
      if (!(element instanceof HTMLButtonElement) || !control) return;
      // Escape in the field does the same: Tab need not stop here.
      setAttributes(element, { type: "button", tabindex: -1, title: "Take this change back (Esc in the field)", "aria-label": `${label}: back to ${was}` });
      resetters.set(element, control);
    },
  );
}

/**
 * Put a button beside a field to type into that explains what it shows; so does "?" in the field.
 * @param {Element} holder
 * @param {Control | undefined} control
 * @param {Field | undefined} field
 */
export function updateAsking(holder, control, field) {
  const state = stateOf(control ?? null);
  const opens = !field?.fixed || control instanceof HTMLButtonElement;
  const asks = control && state && field?.explains && opens && field.text;
  keyed(
    holder,
    asks ? [{ id: "ask", control, label: field.label, address: state.address }] : [],
    () => makeAsking("cvj-asking", "?"),
    (button, { control: opener, label, address }) => {
      setAsking(button, address, opener);
      const where = opener instanceof HTMLButtonElement ? "on the bar" : "in the field";
      setAttributes(button, { tabindex: -1, title: `Explain (? ${where})`, "aria-label": `Explain ${label}` });
    },
  );
}

/** @type {WeakMap<EventTarget, Control>} */
const resetters = new WeakMap();

/**
 * The field whose change a button takes back.
 * @param {EventTarget | null} button
 */
export function resetBy(button) {
  return button ? resetters.get(button) : undefined;
}

/**
 * Show what is wrong with fields.
 * @param {Element} holder
 * @param {{ control: Control | undefined, field: Field }[]} entries
 */
export function updateMessages(holder, entries) {
  keyed(
    holder,
    entries.filter(({ field }) => field.message).map((entry) => ({ id: entry.field.id, ...entry })),
    () => {
      const message = textElement("div", "cvj-message");
      message.setAttribute("role", "status");
      return message;
    },
    (message, { control, field }) => {
      message.id = stateOf(control ?? null)?.messageId ?? "";
      setText(message, field.message ?? "");
    },
  );
}
