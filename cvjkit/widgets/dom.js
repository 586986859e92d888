// @ts-check
// Builds and updates elements. Whatever a user typed reaches the page as text content or as an
// attribute's value, never as markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
// What is isolated already; or a run of signs from right to left, or of signs embedded.
const RIGHT = String.raw`[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+`;
const FROM_THE_RIGHT = new RegExp(
  `[\u2066-\u2068][^\u2066-\u2069]*\u2069|(${RIGHT}(?:[ .'"-]+${RIGHT})*|[\u202a\u202b][^\u202a-\u202e]*\u202c)`,
  "gu",
);

/**
 * Keep names that run from right to left from turning the order of what is beside them: isolate
 * each in a text of which it is a part, as `in_order` of `cvjkit.number_text` does.
 * @param {string} text
 * @returns {string}
 */
export function inOrder(text) {
  return text.replace(FROM_THE_RIGHT, (found, run) =>
    run && found !== text ? `\u2068${found}\u2069` : found);
}

/** @param {(Node | string)[]} children */
const shown = (children) =>
  children.map((child) => (typeof child === "string" ? inOrder(child) : child));

/**
 * Make an HTML element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {...(Node | string)} children  A string becomes text.
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function html(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...shown(children));
  return element;
}

/**
 * Make an HTML element for text in any language: its direction follows from its first letters.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function textElement(tag, className = "", text = "") {
  const element = html(tag, className, text);
  element.dir = "auto";
  return element;
}

/**
 * Make a table whose rows begin with their names.
 * @param {string[]} headings
 * @param {HTMLTableRowElement[]} rows
 * @returns {[HTMLTableSectionElement, HTMLTableSectionElement]}  Its head and its body.
 */
export function tableParts(headings, rows) {
  const head = html("tr", "", ...headings.map((heading) => headerCell("col", heading)));
  return [html("thead", "", head), html("tbody", "", ...rows)];
}

/**
 * @param {"col" | "row"} scope
 * @param {string} name
 */
export function headerCell(scope, name) {
  const cell = textElement("th", "", name);
  cell.scope = scope;
  return cell;
}

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG_NAMESPACE, tag);
  setAttributes(element, attributes);
  element.append(...shown(children));
  return element;
}

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * Set attributes, touching only those that change. Nothing, "" and false remove one.
 * @param {Element} element
 * @param {Attributes} attributes
 */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === "" || value === false) {
      element.removeAttribute(name);
      continue;
    }
    const now = name === "title" ? inOrder(String(value)) : String(value);
    if (element.getAttribute(name) !== now) element.setAttribute(name, now);
  }
}

/**
 * Set the text of an element if it differs.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  const now = inOrder(text);
  if (element.textContent !== now) element.textContent = now;
}

/**
 * What `keyed` knows of a parent: the last of the children that were there before, and its own.
 * @type {WeakMap<Element, { before: Element | null, children: Map<string | number, any> }>}
 */
const kept = new WeakMap();

/**
 * Keep one child for each item, by the item's id, in the order of the items. A child is made once
 * and moved only if it stands wrong, because moving an element takes the focus away from it.
 * Children that were there before the first call stay in front.
 * @template {{ id: string | number }} Item
 * @template {Element} Child
 * @param {Element} parent
 * @param {Item[]} items
 * @param {(item: Item) => Child} make
 * @param {(child: Child, item: Item) => void} update
 */
export function keyed(parent, items, make, update) {
  const { before, children } = kept.get(parent) ?? {
    before: parent.lastElementChild,
    children: new Map(),
  };
  kept.set(parent, { before, children });
  const wanted = new Set(items.map(({ id }) => id));
  for (const [id, child] of children) {
    if (wanted.has(id)) continue;
    child.remove();
    children.delete(id);
  }
  let next = before ? before.nextElementSibling : parent.firstElementChild;
  for (const item of items) {
    let child = children.get(item.id);
    if (!child) {
      child = make(item);
      children.set(item.id, child);
    }
    if (next && child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
    update(child, item);
  }
}
