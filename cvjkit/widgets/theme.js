// @ts-check
// Light or dark, as the reader has it, and the colours of a picture as CSS variables.

import { watchPrinting } from "./measure.js";

/**
 * What a view needs of anywidget's model.
 * @typedef {{ get(name: string): any, on(event: string, callback: () => void): void }} Model
 * @typedef {Record<"light" | "dark", Record<string, string>>} Palette
 */

/**
 * Keep a figure in the theme it should have: the widget's own, else JupyterLab's, else the
 * reader's system's; light on paper.
 * @param {Model} model  Its trait `theme` is "auto", "light" or "dark".
 * @param {HTMLElement} figure  Gets data-theme, data-palette and a variable --cvj-KIND per colour.
 * @param {() => Palette | undefined} palette  The colours of what is drawn now.
 * @returns {{ paint: () => void, stop: () => void }}
 */
export function followTheme(model, figure, palette) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;

  const paint = () => {
    const wanted = model.get("theme");
    const jupyterIsLight = document.body.dataset.jpThemeLight;
    const inJupyter = wanted === "auto" && jupyterIsLight !== undefined && !printing;
    /** @type {"light" | "dark"} */
    let theme = system.matches ? "dark" : "light";
    if (printing) theme = "light";
    else if (wanted === "light" || wanted === "dark") theme = wanted;
    else if (inJupyter) theme = jupyterIsLight === "false" ? "dark" : "light";
    figure.dataset.theme = theme;
    figure.dataset.palette = inJupyter ? "jupyter" : "own";
    for (const [kind, color] of Object.entries(palette()?.[theme] ?? {})) {
      figure.style.setProperty(`--cvj-${kind}`, color);
    }
  };

  const observer = new MutationObserver(paint);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", paint);
  /** @param {boolean} now */
  const print = (now) => () => {
    printing = now;
    paint();
  };
  const stopPrinting = watchPrinting(print(true), print(false));
  model.on("change:theme", paint);
  const stop = () => {
    observer.disconnect();
    system.removeEventListener("change", paint);
    stopPrinting();
  };
  return { paint, stop };
}
