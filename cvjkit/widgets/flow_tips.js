// @ts-check
// Says what the pointer is on, and leads the keyboard through the links: one stop for Tab, then
// the arrow keys.

import { setText } from "./dom.js";

const STEPS = new Map([["ArrowRight", 1], ["ArrowDown", 1], ["ArrowLeft", -1], ["ArrowUp", -1]]);

/**
 * @param {{ svg: SVGSVGElement, field: HTMLElement, tip: HTMLElement }} parts
 */
export function showTips({ svg, field, tip }) {
  /** @type {SVGGraphicsElement | null} */
  let active = null;

  const hide = () => {
    active?.classList.remove("cvj-active");
    active = null;
    tip.hidden = true;
  };
  /** @param {SVGGraphicsElement} element @param {number} x @param {number} y */
  const show = (element, x, y) => {
    hide();
    active = element;
    element.classList.add("cvj-active");
    tip.hidden = false;
    setText(tip, element.dataset.text ?? "");
    const left = Math.min(x + 12, field.clientWidth - tip.offsetWidth - 4);
    const fitsBelow = y + 16 + tip.offsetHeight < field.clientHeight;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${fitsBelow ? y + 16 : Math.max(4, y - tip.offsetHeight - 10)}px`;
  };
  /** @param {PointerEvent} event */
  const point = (event) => {
    const element = /** @type {Element} */ (event.target).closest("[data-text]");
    if (!element) return hide();
    const frame = field.getBoundingClientRect();
    show(/** @type {SVGGraphicsElement} */ (element), event.clientX - frame.left, event.clientY - frame.top);
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.key === "Escape") hide();
    const step = STEPS.get(event.key);
    const links = /** @type {SVGGraphicsElement[]} */ ([...svg.querySelectorAll(".sankey-link")]);
    if (!step || !links.length) return;
    event.preventDefault();
    event.stopPropagation();
    const link = links[nextIndex(active ? links.indexOf(active) : -1, step, links.length)];
    const { x, y, width, height } = link.getBBox();
    show(link, x + width / 2, y + height / 2);
  };

  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", press);
}

/**
 * The index after or before another, around the end; from -1, which is none, the first or last.
 * @param {number} index
 * @param {number} step  1 or -1
 * @param {number} count
 * @returns {number}
 */
export function nextIndex(index, step, count) {
  if (index < 0) return step > 0 ? 0 : count - 1;
  return (index + step + count) % count;
}
