// Draws the picture of cvjkit.charts.sankey as SVG with HTML labels. Everything a user typed reaches
// the page as text content or as an attribute's value, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const LEAST_WIDE = 560; // [px] below this the picture runs downwards
// [px] of a step: at least, for each digit of its number, for each letter of its other lines
const TIGHT = { least: 60, digit: 9, letter: 6.2, beside: 10 };
const ROOMY = { least: 100, digit: 14, letter: 6.6, beside: 12 };

function html(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// The children of a parent that stand for things with an id: made once, then kept.
function keyed(parent, make) {
  const known = new Map();
  return (items, update) => {
    const seen = new Set();
    for (const item of items) {
      let element = known.get(item.id);
      if (!element) known.set(item.id, (element = parent.appendChild(make(item))));
      seen.add(item.id);
      update(element, item);
    }
    for (const [id, element] of known) {
      if (seen.has(id)) continue;
      element.remove();
      known.delete(id);
    }
  };
}

// A ribbon through edges { along, top, size }, bent as cvjkit.charts.polygons bends it.
function ribbon(edges, stretch, upright) {
  const at = (along, across) =>
    upright
      ? `${(across * stretch).toFixed(2)},${along.toFixed(2)}`
      : `${(along * stretch).toFixed(2)},${across.toFixed(2)}`;
  const line = (sections, side) =>
    sections
      .map(({ along, top, size }, i) => {
        const across = top + side * size;
        if (i === 0) return at(along, across);
        const before = sections[i - 1];
        const middle = (before.along + along) / 2;
        const was = before.top + side * before.size;
        return `C${at(middle, was)} ${at(middle, across)} ${at(along, across)}`;
      })
      .join("");
  return `M${line(edges, 0)}L${line([...edges].reverse(), 1)}Z`;
}

function build(el) {
  const parts = {
    figure: html("figure", "cvj-flow"),
    title: html("div", "cvj-title"),
    subtitle: html("div", "cvj-subtitle"),
    field: html("div", "cvj-field"),
    svg: document.createElementNS(SVG, "svg"),
    labels: html("div", "cvj-labels"),
    tip: html("div", "cvj-tip"),
    summary: html("p", "cvj-summary"),
    legend: html("ul", "cvj-legend"),
    warnings: html("ul", "cvj-warnings"),
    twin: html("details", "cvj-twin"),
    table: html("table"),
  };
  const caption = html("figcaption");
  caption.append(parts.title, parts.subtitle);
  for (const name of ["title", "subtitle", "summary"]) parts[name].dir = "auto";
  set(parts.svg, { role: "img", tabindex: "0" });
  set(parts.labels, { "aria-hidden": "true" });
  set(parts.tip, { role: "status", dir: "auto" });
  parts.tip.hidden = true;
  const layers = ["guides", "links", "nodes"].map((name) =>
    parts.svg.appendChild(set(document.createElementNS(SVG, "g"), { class: `cvj-${name}` })),
  );
  parts.field.append(parts.svg, parts.labels, parts.tip);
  parts.twin.append(html("summary", "", "Show as table"), parts.table);
  parts.figure.append(
    caption, parts.field, parts.legend, parts.summary, parts.warnings, parts.twin,
  );
  el.append(parts.figure);

  const shape = (tag, className) => () =>
    set(document.createElementNS(SVG, tag), { class: className });
  parts.eachGuide = keyed(layers[0], shape("line", "cvj-guide"));
  parts.eachLink = keyed(layers[1], shape("path", "sankey-link"));
  parts.eachNode = keyed(layers[2], shape("rect", "sankey-node"));
  parts.eachLabel = keyed(parts.labels, () => html("div", "node-label"));
  parts.eachMeaning = keyed(parts.legend, () => {
    const item = html("li");
    item.append(html("i"), html("span"));
    return item;
  });
  parts.eachWarning = keyed(parts.warnings, () => set(html("li"), { dir: "auto" }));
  return parts;
}

function fill(element, lines) {
  lines.forEach(([className, text], place) => {
    const line = element.children[place] ?? element.appendChild(set(html("span"), { dir: "auto" }));
    line.className = className;
    if (line.textContent !== text) line.textContent = text;
  });
  while (element.children.length > lines.length) element.lastChild.remove();
}

// Text, columns and colours: what does not depend on the width.
function write(parts, picture) {
  parts.title.textContent = picture.title;
  parts.subtitle.textContent = picture.subtitle;
  parts.summary.textContent = picture.summary;
  parts.svg.setAttribute("aria-label", picture.summary);
  parts.eachMeaning(
    picture.legend.map(([kind, words]) => ({ id: kind, words })),
    (item, { id, words }) => {
      item.dataset.kind = id;
      item.firstChild.className = `kind-${id}`;
      item.lastChild.textContent = words;
    },
  );
  parts.eachWarning(
    picture.warnings.map((text) => ({ id: text })),
    (item, { id }) => (item.textContent = id),
  );
  const head = html("tr");
  head.append(...picture.columns.map((name) => set(html("th", "", name), { scope: "col" })));
  const rows = picture.rows.map(([name, ...cells]) => {
    const row = html("tr");
    row.append(set(html("th", "", name), { scope: "row", dir: "auto" }));
    row.append(...cells.map((cell) => html("td", "", cell)));
    return row;
  });
  const [thead, tbody] = [html("thead"), html("tbody")];
  thead.append(head);
  tbody.append(...rows);
  parts.table.replaceChildren(thead, tbody);
}

function paint(parts, picture, theme) {
  parts.figure.dataset.theme = theme;
  for (const [kind, color] of Object.entries(picture.colors[theme])) {
    parts.figure.style.setProperty(`--cvj-${kind}`, color);
  }
}

// The step at which no number and no share is cut.
// Numbers beside the main line have less of a step to themselves.
function needed({ least, digit, letter, beside }, { nodes, layouts }, stages, lines) {
  const isBeside = ({ id }) => layouts.h.labels[id]?.align === "right";
  const digits = nodes.map((node) =>
    isBeside(node) ? node.value.length * beside + 16 : node.value.length * digit,
  );
  const letters = stages.flatMap((stage) => stage[lines].map((line) => line.length * letter));
  return Math.max(least, ...digits, ...letters);
}

// Places: everything that follows from the width.
function place(parts, picture) {
  const width = parts.field.clientWidth;
  if (!width) return;
  const stages = picture.nodes.filter((node) => node.kind === "stage");
  const step = width / (stages.length + 0.3);
  const upright = width < LEAST_WIDE || step < needed(TIGHT, picture, stages, "short");
  const tight = !upright && step < needed(ROOMY, picture, stages, "notes");
  const layout = picture.layouts[upright ? "v" : "h"];
  const { height } = layout;
  parts.figure.dataset.orientation = upright ? "v" : "h";
  parts.figure.classList.toggle("cvj-tight", tight);
  parts.field.style.height = `${height}px`;
  set(parts.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
  const stretch = width / layout.width;

  const ids = new Map(picture.nodes.map((node) => [node.id, node]));
  const placed = picture.nodes.filter((node) => layout.boxes[node.id]);
  parts.eachGuide(
    placed.filter((node) => node.kind === "stage" && !upright),
    (line, { id }) => {
      const box = layout.boxes[id];
      const [x, foot] = [box.left * stretch + 0.5, box.top - 3];
      const head = layout.header - 4;
      set(line, { x1: x, x2: x, y1: head, y2: foot > head + 8 ? foot : head });
    },
  );
  parts.eachLink(
    picture.links.map((link, i) => ({ ...link, id: `${link.source}>${link.target}`, i })),
    (path, { source, target, kind, people, text, i }) => {
      path.setAttribute("class", `sankey-link kind-${kind}`);
      path.setAttribute("d", ribbon(layout.ribbons[i], stretch, upright));
      Object.assign(path.dataset, { source, target, kind, people, text });
    },
  );
  parts.eachNode(placed, (rect, { id, kind, people, text }) => {
    const box = layout.boxes[id];
    const hollow = kind === "stage" && people === null;
    set(rect, { x: box.left * stretch, y: box.top, width: box.width * stretch, height: box.height });
    rect.setAttribute("class", `sankey-node kind-${kind}${hollow ? " cvj-hollow" : ""}`);
    Object.assign(rect.dataset, { node: id, text });
  });
  parts.eachLabel(
    Object.keys(layout.labels).map((id) => ids.get(id)).filter(Boolean),
    (label, { id, kind, stage, name, value, notes, short, text }) => {
      const box = layout.labels[id];
      label.className = `node-label label-${kind === "stage" ? "stage" : "side"} kind-${kind}`;
      Object.assign(label.dataset, { stage, kind, align: box.align });
      label.title = name || text;
      Object.assign(label.style, {
        left: `${box.left * stretch}px`,
        top: `${box.top}px`,
        width: `${box.width * stretch}px`,
      });
      const lines = (tight ? short : notes).map((note) => ["cvj-note", note]);
      fill(label, [...(name ? [["cvj-name", name]] : []), ["cvj-value", value], ...lines]);
    },
  );
}

// Pointer and keyboard: one stop for Tab, arrows go through the links.
function listen(parts) {
  const { svg, field, tip } = parts;
  let active = null;
  const show = (element, x, y) => {
    active?.classList.remove("cvj-active");
    active = element;
    tip.hidden = !element;
    if (!element) return;
    element.classList.add("cvj-active");
    if (tip.textContent !== element.dataset.text) tip.textContent = element.dataset.text;
    const left = Math.min(x + 12, field.clientWidth - tip.offsetWidth - 4);
    const below = y + 16 + tip.offsetHeight < field.clientHeight;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${below ? y + 16 : Math.max(4, y - tip.offsetHeight - 10)}px`;
  };
  const middle = (element) => {
    const box = element.getBBox();
    show(element, box.x + box.width / 2, box.y + box.height / 2);
  };
  const point = (event) => {
    const element = event.target.closest?.("[data-text]");
    const frame = field.getBoundingClientRect();
    show(element, event.clientX - frame.left, event.clientY - frame.top);
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", () => show(null));
  svg.addEventListener("blur", () => show(null));
  svg.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const links = [...svg.querySelectorAll(".sankey-link")];
    if (event.key === "Escape") show(null);
    if (!move || !links.length) return;
    event.preventDefault();
    event.stopPropagation();
    const from = links.indexOf(active);
    middle(links[from < 0 ? (move > 0 ? 0 : links.length - 1) : (from + move + links.length) % links.length]);
  });
}

function render({ model, el }) {
  const parts = build(el);
  listen(parts);
  const night = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;

  const theme = () => {
    const wanted = model.get("theme");
    const light = document.body.dataset.jpThemeLight;
    const inJupyter = wanted === "auto" && light !== undefined;
    parts.figure.dataset.palette = inJupyter && !printing ? "jupyter" : "own";
    if (printing) return "light";
    if (wanted === "light" || wanted === "dark") return wanted;
    return (inJupyter ? light === "false" : night.matches) ? "dark" : "light";
  };
  // A picture may be anything: a visitor of a published page can set every trait.
  const safely = (draw) => {
    const picture = model.get("picture");
    parts.figure.hidden = !picture?.nodes;
    if (parts.figure.hidden) return;
    try {
      draw(picture);
      parts.figure.classList.remove("cvj-broken");
    } catch (error) {
      parts.figure.classList.add("cvj-broken");
      parts.summary.textContent = "This picture cannot be drawn.";
      console.warn("cvjkit: a picture cannot be drawn", error);
    }
  };
  const redraw = () =>
    safely((picture) => {
      paint(parts, picture, theme());
      write(parts, picture);
      place(parts, picture);
    });
  const repaint = () => safely((picture) => paint(parts, picture, theme()));
  const print = (on) => () => {
    printing = on;
    repaint();
  };
  const [before, after] = [print(true), print(false)];

  let width = 0;
  const resized = new ResizeObserver(() => {
    if (parts.field.clientWidth === width) return;
    width = parts.field.clientWidth;
    safely((picture) => place(parts, picture));
  });
  resized.observe(parts.field);
  const themed = new MutationObserver(repaint);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  night.addEventListener("change", repaint);
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  model.on("change:picture", redraw);
  model.on("change:theme", repaint);
  redraw();
  return () => {
    resized.disconnect();
    themed.disconnect();
    night.removeEventListener("change", repaint);
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
  };
}

export default { render };
