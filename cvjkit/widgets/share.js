// @ts-check
// What leads back to a page, and what can be taken away from it: its address, its files, its print.

import { html, textElement } from "./dom.js";

/** @typedef {{ get(name: string): any, send(content: object): void,
 *   on(event: string, callback: (...given: any[]) => void): void,
 *   off(event: string, callback: () => void): void }} Channel */

// Not ours, and needed to come in: what the server asks for.
const TOKEN = "token";

/** The address of the page with another query. @param {string} query */
export function addressWith(query) {
  const token = new URLSearchParams(location.search).get(TOKEN);
  const parts = [query, token === null ? "" : `${TOKEN}=${encodeURIComponent(token)}`].filter(Boolean);
  return `${location.pathname}${parts.length ? "?" : ""}${parts.join("&")}`;
}

/** @param {string} query */
const journeyIn = (query) => new URLSearchParams(query).get("journey") ?? "";

/** Hand a file to the reader. @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = Object.assign(html("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Draw an SVG document as a PNG, twice as large as it is shown. @param {Blob} blob */
async function painted(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const canvas = Object.assign(html("canvas"), { width: 2 * image.naturalWidth, height: 2 * image.naturalHeight });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

/** @param {{ model: Channel, el: HTMLElement }} widget */
function render({ model, el }) {
  // In a notebook the address is the notebook's: the journey lives in its file there.
  const isPage = "voila" in document.body.dataset;
  const said = Object.assign(textElement("span", "cvj-said"), { role: "status" });
  const address = Object.assign(html("input", "cvj-input"), { readOnly: true, hidden: true });
  address.setAttribute("aria-label", "Link to this page");

  /** @param {string} label @param {() => void} act */
  const button = (label, act) => {
    const made = Object.assign(html("button", "cvj-button", label), { type: "button" });
    made.addEventListener("click", act);
    return made;
  };
  const copy = async () => {
    address.value = new URL(addressWith(model.get("query")), location.href).href;
    try {
      await navigator.clipboard.writeText(address.value);
      said.textContent = "Link copied.";
    } catch {
      // Browsers lend the clipboard to safe addresses only.
      address.hidden = false;
      address.select();
      said.textContent = "Copy this link:";
    }
  };
  let wanted = "";
  /** @param {string} kind */
  const ask = (kind) => () => {
    wanted = kind;
    model.send({ what: "file", kind: kind === "png" ? "svg" : kind });
  };
  /** @param {any} content @param {DataView[]} buffers */
  const take = async (content, buffers) => {
    said.textContent = content.said ?? "";
    if (content.what !== "file" || !buffers?.length) return;
    const blob = new Blob([/** @type {any} */ (buffers[0])], { type: content.type });
    const png = wanted === "png" && (await painted(blob));
    if (png) save(png, content.name.replace(/svg$/, "png"));
    else save(blob, content.name);
  };
  const files = [["Journey file (TOML)", "toml"], ["Excel", "xlsx"], ["CSV", "csv"], ["Picture (PNG)", "png"], ["Picture (SVG)", "svg"]];
  const download = html("details", "cvj-download", html("summary", "cvj-button", "Download"));
  download.append(html("div", "", ...files.map(([label, kind]) => button(label, ask(kind)))));
  el.classList.add("cvj-share");
  el.append(...(isPage ? [button("Copy link", copy)] : []), download, button("Print", () => print()), said, address);

  let opened = model.get("followed");
  const open = () => {
    opened += 1;
    model.send({ what: "open", query: location.search, count: opened });
  };
  const follow = () => {
    // Whoever went back or forward in the meantime is not brought back.
    if (model.get("followed") !== opened) return;
    const query = model.get("query");
    // Another journey is another page to go back from; a number that is typed is not.
    const isOther = journeyIn(query) !== journeyIn(location.search) && journeyIn(location.search) !== "";
    if (isOther) history.pushState(null, "", addressWith(query));
    else history.replaceState(null, "", addressWith(query));
  };
  model.on("msg:custom", take);
  if (!isPage) return undefined;
  model.on("change:query", follow);
  addEventListener("popstate", open);
  // Once for each time the page is loaded: a widget that is made anew begins anew.
  if (!document.body.dataset.cvjFollowed && addressWith("") !== `${location.pathname}${location.search}`) open();
  document.body.dataset.cvjFollowed = "true";
  return () => {
    removeEventListener("popstate", open);
    model.off("change:query", follow);
  };
}

export default { render };
