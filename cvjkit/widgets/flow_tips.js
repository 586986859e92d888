// @ts-check
// Says what the pointer is on, and leads the keyboard through the picture: one stop for Tab, then
// left and right from stage to stage, up and down through the ways from and to a stage.

import { setText } from "./dom.js";

const STAGES = new Map([["ArrowRight", 1], ["ArrowLeft", -1]]);
const WAYS = new Map([["ArrowDown", 1], ["ArrowUp", -1]]);

/**
 * @param {{ svg: SVGSVGElement, field: HTMLElement, tip: HTMLElement }} parts
 * @param {{ begin: (stage: string) => void, nextScale: () => void }} acts
 *   Draw the picture from a stage on, or at the next scale.
 * @returns {(text: string) => void}  Says something to whoever is in the picture with the keyboard.
 */
export function showTips({ svg, field, tip }, { begin, nextScale }) {
  /** @type {SVGGraphicsElement | null} */
  let active = null;
  let stage = ""; // in which the keyboard is

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
  /** @param {Event} event */
  const pointedAt = (event) =>
    /** @type {SVGGraphicsElement | null} */ (/** @type {Element} */ (event.target).closest("[data-text]"));
  /** @param {PointerEvent} event */
  const point = (event) => {
    const element = pointedAt(event);
    if (!element) return hide();
    const frame = field.getBoundingClientRect();
    show(element, event.clientX - frame.left, event.clientY - frame.top);
  };
  /** @param {PointerEvent} event  A finger taps twice: once only says what is there. */
  const choose = (event) => {
    if (event.pointerType === "touch" && event.detail < 2) return;
    const bar = pointedAt(event)?.closest(".sankey-node.kind-stage");
    if (bar) begin(/** @type {SVGElement} */ (bar).dataset.node ?? "");
  };
  /** @param {SVGGraphicsElement} element */
  const visit = (element) => {
    const { x, y, width, height } = element.getBBox();
    show(element, x + width / 2, y + height / 2);
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    /** @param {string} selector */
    const all = (selector) => /** @type {SVGGraphicsElement[]} */ ([...svg.querySelectorAll(selector)]);
    const stages = all(".sankey-node.kind-stage");
    const at = stages.findIndex(({ dataset }) => active && dataset.node === stage);
    const ways = all(".sankey-link").filter(({ dataset }) => [dataset.source, dataset.target].includes(stage));
    const [along, across] = [STAGES.get(event.key), WAYS.get(event.key)];
    if (event.key === "Escape") hide();
    else if (event.key === "s") nextScale();
    else if (event.key === "Enter" && at >= 0) begin(stage);
    else if ((along || at < 0) && (along || across) && stages.length) {
      const next = stages[nextIndex(at, along ?? across ?? 1, stages.length)];
      stage = next.dataset.node ?? "";
      visit(next);
    } else if (across && ways.length) {
      visit(ways[nextIndex(active ? ways.indexOf(active) : -1, across, ways.length)]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("click", choose);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", press);
  return (text) => {
    if (document.activeElement !== svg) return;
    hide();
    tip.hidden = false;
    Object.assign(tip.style, { left: "4px", top: "4px" });
    setText(tip, text);
  };
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
