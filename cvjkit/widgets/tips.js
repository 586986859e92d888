// @ts-check
// Says what the pointer is on, and leads the keyboard through the picture: one stop for Tab, then
// left and right from stage to stage, up and down through the ways from and to a stage.

import { setText } from "./dom.js";

const STAGES = new Map([["ArrowRight", 1], ["ArrowLeft", -1]]);
const WAYS = new Map([["ArrowDown", 1], ["ArrowUp", -1]]);

/** @typedef {SVGGraphicsElement | null} Shown */
/**
 * @param {{ svg: SVGElement, field: HTMLElement, tip: HTMLElement }} parts
 * @param {{ bar: string, way: string }} selectors  Of stages, and of the ways from and to them.
 * @param {{ begin?: (stage: string) => void, nextScale?: () => void, shows?: (shown: Shown) => string }} acts
 *   Draw the picture from a stage on, or at the next scale; what else to do and to say when
 *   something is shown.
 * @returns {(text: string) => void}  Says something to whoever is in the picture with the keyboard.
 */
export function showTips({ svg, field, tip }, { bar, way }, { begin, nextScale, shows }) {
  /** @type {SVGGraphicsElement | null} */
  let active = null;
  let stage = ""; // in which the keyboard is

  const hide = () => {
    active?.classList.remove("cvj-active");
    active = null;
    tip.hidden = true;
    shows?.(null);
  };
  /** @param {SVGGraphicsElement} element @param {number} x @param {number} y */
  const show = (element, x, y) => {
    hide();
    active = element;
    element.classList.add("cvj-active");
    tip.hidden = false;
    setText(tip, [element.dataset.text ?? "", shows?.(element) ?? ""].join(" ").trim());
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
    const chosen = pointedAt(event)?.closest(bar);
    if (chosen) begin?.(stageOf(/** @type {SVGElement} */ (chosen)));
  };
  /** @param {SVGGraphicsElement} element */
  const visit = (element) => {
    const [frame, at] = [field.getBoundingClientRect(), element.getBoundingClientRect()];
    show(element, at.left - frame.left + at.width / 2, at.top - frame.top + at.height / 2);
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    /** @param {string} selector */
    const all = (selector) => /** @type {SVGGraphicsElement[]} */ ([...svg.querySelectorAll(selector)]);
    const stages = all(bar);
    const at = stages.findIndex((element) => active && stageOf(element) === stage);
    const ways = all(way).filter(({ dataset }) => [dataset.source, dataset.target].includes(stage));
    const [along, across] = [STAGES.get(event.key), WAYS.get(event.key)];
    if (event.key === "Escape") hide();
    else if (event.key === "s" && nextScale) nextScale();
    else if (event.key === "Enter" && begin && at >= 0) begin(stage);
    else if ((along || at < 0) && (along || across) && stages.length) {
      const next = stages[nextIndex(at, along ?? across ?? 1, stages.length)];
      stage = stageOf(next);
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

/** @param {SVGElement} element */
const stageOf = ({ dataset }) => dataset.node ?? dataset.stage ?? "";

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
