// @ts-check
// What explains something that is shown: one panel for a whole form. Python is asked for the words
// when somebody wants to read them.

import { html, keyed, setAttributes, setText, textElement } from "./dom.js";

/**
 * @typedef {import("./form_controls.js").Address} Address
 * @typedef {{ view: string, number: number, title: string, note: string,
 *   lines: [string, string][] }} Explanation
 */

const REST = 500; // milliseconds that a pointer or the focus rests on a name before it is explained
const GAP = 6;
const CLOSING = /^[)\],.;:!?%]*/; // what stays in the line of the figure before it
const EDGE = 8;

/**
 * What an element asks about, and what the explanation stands beside.
 * @type {WeakMap<EventTarget, { address: Address, opener: HTMLElement }>}
 */
const questions = new WeakMap();

/**
 * Let an element ask for the explanation of what is shown at an address, or no longer.
 * @param {HTMLElement} element
 * @param {Address | null} address
 * @param {HTMLElement} opener
 */
export function setAsking(element, address, opener = element) {
  if (address) questions.set(element, { address, opener });
  else questions.delete(element);
  element.classList.toggle("cvj-ask", Boolean(address));
  setAttributes(element, { "aria-haspopup": address && "dialog" });
}

/** Make a button that asks. @param {string} className @param {string} text */
export function makeAsking(className, text = "") {
  const button = textElement("button", className, text);
  return Object.assign(button, { type: /** @type {const} */ ("button") });
}

/**
 * Show a text that asks for what explains it, if there is something.
 * @param {HTMLElement} element
 * @param {string} text
 * @param {Address | null} address
 */
export function setExplained(element, text, address) {
  setSentence(element, text, new Map(address ? [[text, address]] : []));
}

/**
 * Show a sentence in which figures ask for what explains them.
 * @param {HTMLElement} element
 * @param {string} sentence
 * @param {Map<string, Address>} asked  By the figures, as the sentence has them and in its order.
 */
export function setSentence(element, sentence, asked) {
  /** @type {{ id: string, text: string, end: string, address: Address | null }[]} */
  const runs = [];
  let rest = sentence;
  for (const [figure, address] of asked) {
    const at = rest.indexOf(figure);
    if (at >= 0) {
      const [end] = /** @type {RegExpMatchArray} */ (rest.slice(at + figure.length).match(CLOSING));
      runs.push({ id: `before ${figure}`, text: rest.slice(0, at), end: "", address: null });
      runs.push({ id: figure, text: figure, end, address });
      rest = rest.slice(at + figure.length + end.length);
    }
  }
  if (!runs.length) {
    setText(element, sentence);
    return;
  }
  runs.push({ id: "rest", text: rest, end: "", address: null });
  // What was a text alone is no child that has an id.
  if (!element.firstElementChild) element.replaceChildren();
  keyed(
    element,
    runs.filter(({ text }) => text),
    ({ address, text, end }) =>
      address ? html("span", "cvj-joined", makeAsking("cvj-term", text), end) : textElement("span"),
    (run, { text, end, address }) => {
      const button = run.querySelector("button");
      setText(button ?? run, text);
      if (!button) return;
      setAsking(button, address);
      const closing = /** @type {Text} */ (button.nextSibling);
      if (closing.data !== end) closing.data = end;
    },
  );
}

/**
 * Open what Python answers to what is asked in a widget, whose clicks and keys open it by `toggle`.
 * @param {import("./theme.js").Model & { send(content: object): void,
 *   off(event: string, callback: () => void): void }} model
 * @param {HTMLElement} el
 * @param {string} view  What the answers to this one are known by.
 */
export function followExplanations(model, el, view) {
  const explainer = makeExplainer(el, (number, about) => model.send({ what: "explain", view, number, about }));
  const explained = () => {
    const explanation = model.get("explanation");
    if (explanation.view === view) explainer.show(explanation);
  };
  model.on("change:explanation", explained);
  const remove = () => {
    model.off("change:explanation", explained);
    explainer.remove();
  };
  return { toggle: explainer.toggle, remove };
}

/** @param {PointerEvent} event */
const positionOf = ({ screenX, screenY }) => `${screenX} ${screenY}`;

/**
 * Make the panel of a widget.
 * @param {HTMLElement} el
 * @param {(number: number, address: Address) => void} ask
 */
function makeExplainer(el, ask) {
  const title = textElement("strong");
  const note = textElement("p");
  const lines = html("dl");
  const panel = html("div", "cvj-explanation", html("div", "", title, note, lines));
  setAttributes(panel, { popover: "manual", role: "dialog", tabindex: -1 });
  setAttributes(/** @type {Element} */ (panel.firstElementChild), { "aria-live": "polite" });
  el.prepend(panel);
  /** @type {HTMLElement | null} */
  let opener = null;
  let number = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {"asked" | "focus" | "pointer"} */
  let why = "asked"; // it is open: somebody asked, or the focus or the pointer rests on a name
  let returns = false; // whether the focus goes back to where it was
  let pointed = ""; // where the pointer was when it last moved
  let isStill = true; // what it is on came under it without its moving

  const position = () => {
    if (!opener?.isConnected) return close();
    const at = opener.getBoundingClientRect();
    if (at.bottom < 0 || at.top > innerHeight) return close();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const below = at.bottom + GAP;
    const fits = below + height <= innerHeight - EDGE || at.top < height + GAP + EDGE;
    const left = Math.min(Math.max(at.left, EDGE), innerWidth - width - EDGE);
    panel.style.left = `${Math.max(left, EDGE)}px`;
    panel.style.top = `${fits ? Math.min(below, Math.max(innerHeight - height - EDGE, EDGE)) : at.top - GAP - height}px`;
  };

  const close = ({ back = false } = {}) => {
    clearTimeout(timer);
    const from = opener;
    opener = null;
    if (!from) return;
    setAttributes(from, { "aria-expanded": from.matches("button") && "false" });
    panel.hidePopover();
    returns = true;
    if (back) from.focus();
    returns = false;
  };

  /** @param {HTMLElement} from @param {typeof why} because */
  const open = (from, because) => {
    clearTimeout(timer);
    const question = questions.get(from);
    if (!question) return;
    if (opener !== question.opener) {
      close();
      ({ opener } = question);
      number += 1;
      setText(title, "…");
      setText(note, "");
      keyed(lines, [], () => html("div"), () => {});
      setAttributes(opener, { "aria-expanded": opener.matches("button") && "true" });
      panel.showPopover();
      position();
      ask(number, question.address);
    }
    why = because;
    if (why === "asked") panel.focus({ preventScroll: true });
  };

  /** @param {Explanation} explanation */
  const show = (explanation) => {
    if (!opener || explanation.number !== number) return;
    setText(title, explanation.title);
    setText(note, explanation.note);
    setAttributes(panel, { "aria-label": explanation.title });
    keyed(
      lines,
      explanation.lines.map(([about, text], id) => ({ id, about, text })),
      () => html("div", "", html("dt"), textElement("dd")),
      (line, { about, text }) => {
        setText(line.children[0], about);
        setText(line.children[1], text);
      },
    );
    position();
  };

  /**
   * Open it where the pointer or the focus rests, and close it when that has gone.
   * @param {Event} event
   */
  const rest = ({ target, type }) => {
    if (!(target instanceof Element) || returns) return;
    const by = type === "focusin" ? "focus" : "pointer";
    const isInside = panel.contains(target) || opener?.contains(target) || opener?.closest("[data-rest]")?.contains(target);
    if (opener && why === "asked" && by === "pointer") return;
    clearTimeout(timer);
    if (opener && isInside) return;
    const named = el.contains(target) ? target.closest("[data-rest]") : null;
    const from = /** @type {HTMLElement | null} */ (named?.querySelector(".cvj-ask"));
    if (opener && by === "focus" && why !== "pointer") close();
    if (from) timer = setTimeout(open, REST, from, by);
    else if (opener && why === by) timer = setTimeout(close, REST);
  };

  // A page that is scrolled or drawn anew under a still pointer asks nothing.
  /** @param {PointerEvent} event */
  const over = (event) => {
    isStill = !pointed || pointed === positionOf(event);
    if (!isStill) rest(event);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    pointed = positionOf(event);
    if (isStill) rest(event);
    isStill = false;
  };

  // A press elsewhere leaves it, also where it moves no focus.
  /** @param {PointerEvent} event */
  const press = ({ target }) => {
    if (opener && target instanceof Node && !panel.contains(target) && !opener.contains(target)) close();
  };

  // What was asked for goes with what it stands beside; what only rests there goes.
  /** @param {Event} event */
  const scroll = ({ target }) => {
    if (!opener || target === panel) return;
    if (why === "asked") position();
    else close();
  };

  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    if (event.key !== "Escape" || !opener) return;
    event.preventDefault();
    event.stopPropagation();
    close({ back: panel.contains(document.activeElement) });
  };

  /** @type {[string, (event: any) => void][]} */
  const listeners = [
    ["pointerover", over], ["pointermove", move], ["focusin", rest], ["pointerdown", press], ["keydown", keydown], ["scroll", scroll], ["resize", position],
  ];
  for (const [type, listener] of listeners) addEventListener(type, listener, { capture: true });
  const remove = () => {
    for (const [type, listener] of listeners) removeEventListener(type, listener, { capture: true });
    clearTimeout(timer);
  };

  /** Open it for what an element asks, or close it. @param {HTMLElement | null | undefined} from */
  const toggle = (from) => {
    if (from && opener && why === "asked" && questions.get(from)?.opener === opener) close({ back: true });
    else if (from) open(from, "asked");
  };
  return { toggle, show, close, remove };
}
