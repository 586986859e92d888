// Draws what cvjkit.widgets.compare_view sends: lenses on one spine as SVG, and tables of what they say.
// Everything a user typed reaches the page as text content or as an attribute's value.

const SVG = "http://www.w3.org/2000/svg";
const THICK = { beside: 84, listed: 56 }; // [px] of the most people
const BAR = 4, RIBBON = 1.5; // [px] the thinnest one still sees
const LETTER = { name: 5.4, value: 7.5, note: 5.4 }; // [px] width of an average one
let views = 0;

function html(tag, className, ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

function svg(tag, attributes, ...inside) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

const written = (tag, className, text) => {
  const element = html(tag, className, text);
  element.dir = "auto";
  return element;
};

// --- the picture -----------------------------------------------------------------------------

// Whether all labels have room beside each other; if not, they are listed below each lens.
function fits({ marks, rows }, width) {
  const wide = (text, letter) => Math.max(...text.split(" ").map((word) => word.length)) * letter;
  return rows.every(({ bars }) => {
    const starts = [...new Set(bars.map((bar) => bar.start)), 1].sort((a, b) => a - b);
    return bars.every(({ start, name, value, note }) => {
      const room = (starts[starts.indexOf(start) + 1] - start) * width - 6;
      const longest = Math.min(wide(name, LETTER.name), 13 * LETTER.name);
      return room >= Math.max(longest, value.length * LETTER.value, wide(note, LETTER.note));
    });
  }) && width / marks.length > 52;
}

function ribbon({ kind, source, target, status, people, text, start, end }, width, thick) {
  const size = (edge) => (edge.size ? Math.max(RIBBON, edge.size * thick) : 0);
  const [x0, x1] = [start.along * width, end.along * width];
  const [t0, t1] = [start.top * thick, end.top * thick];
  const middle = (x0 + x1) / 2;
  const data = { "data-source": source, "data-target": target, "data-people": people ?? "" };
  const way = `M${x0} ${t0}C${middle} ${t0} ${middle} ${t1} ${x1} ${t1}`;
  const [s0, s1] = [t0 + size(start), t1 + size(end)];
  const path = kind === "unknown"
    ? `M${x0} ${t0 + BAR / 2}L${x1} ${t1 + BAR / 2}`
    : `${way}L${x1} ${s1}C${middle} ${s1} ${middle} ${s0} ${x0} ${s0}Z`;
  const drawn = svg("path", { class: `lens-ribbon kind-${kind} is-${status}`, d: path, ...data });
  drawn.append(svg("title", {}, text));
  return [drawn, Math.max(s0, s1)];
}

function bar({ stage, status, text, start, end, top, size, low_size, high_size }, width, thick, hatch) {
  const [x, y] = [start * width, top * thick];
  const across = Math.max(BAR, size * thick);
  const box = { x, y, width: (end - start) * width, height: across };
  const group = svg("g", { class: "lens-stage", "data-stage": stage, "data-status": status });
  const fill = status === "estimated" ? { fill: `url(#${hatch})` } : {};
  group.append(svg("title", {}, text), svg("rect", { class: `lens-bar is-${status}`, ...box, ...fill }));
  let foot = y + across;
  if (low_size !== null && high_size !== null) {
    const height = Math.max(1, (high_size - low_size) * thick);
    group.append(svg("rect", { ...box, class: "lens-interval", y: y + low_size * thick, height }));
    foot = Math.max(foot, y + high_size * thick);
  }
  return [group, foot];
}

function strip(row, marks, width, listed, hatch) {
  const thick = listed ? THICK.listed : THICK.beside;
  const drawn = [
    ...row.ribbons.map((each) => ribbon(each, width, thick)),
    ...row.bars.map((each) => bar(each, width, thick, hatch)),
  ];
  const height = Math.ceil(Math.max(BAR, ...drawn.map(([, foot]) => foot))) + 4;
  const guides = marks.map(({ start }) =>
    svg("line", { class: "lens-guide", x1: start * width + 0.5, x2: start * width + 0.5, y1: 0, y2: height }));
  const lines = svg("pattern", {
    id: hatch, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
  }, svg("rect", { class: "hatch-ground", width: 5, height: 5 }), svg("rect", { class: "hatch-line", width: 1.6, height: 5 }));
  return svg("svg", { role: "img", "aria-label": row.summary, width, height, viewBox: `0 0 ${width} ${height}` },
    svg("defs", {}, lines), ...guides, ...drawn.map(([element]) => element));
}

function labels({ bars }, marks, listed) {
  const places = bars.map(({ start }) => Math.round(start * marks.length));
  const list = html("ol", "lens-labels");
  bars.forEach(({ stage, status, name, value, note, text }, at) => {
    const label = html("li", `lens-label is-${status}`,
      written("span", "lens-name", name), html("span", "lens-value", value));
    if (note) label.append(html("span", "lens-note", note));
    Object.assign(label.dataset, { stage, status });
    label.title = text;
    if (!listed) {
      const next = places.filter((place) => place > places[at]);
      label.style.gridColumn = `${places[at] + 1} / ${Math.min(marks.length, ...next) + 1}`;
    }
    list.append(label);
  });
  return list;
}

function numbers({ bars }, width) {
  const line = html("div", "lens-numbers");
  line.setAttribute("aria-hidden", "true");
  bars.forEach(({ start }, at) => {
    const number = html("span", "", String(at + 1));
    number.style.left = `${start * width}px`;
    line.append(number);
  });
  return line;
}

function draw(field, { picture }, hatch) {
  const width = field.clientWidth;
  if (!width) return;
  const { marks, rows } = picture;
  const listed = !fits(picture, width);
  field.dataset.labels = listed ? "listed" : "beside";
  field.style.setProperty("--marks", marks.length);
  const head = html("div", "lens-marks");
  head.setAttribute("aria-hidden", "true");
  head.append(...marks.map(({ key, name, shared }) => {
    const mark = html("span", shared ? "is-shared" : "", name);
    mark.dataset.mark = key;
    return mark;
  }));
  const lenses = rows.map((row, at) => {
    const section = html("section", "lens", written("h3", "", row.title));
    const list = labels(row, marks, listed);
    const drawn = strip(row, marks, width, listed, `${hatch}-${at}`);
    if (listed) section.append(numbers(row, width), drawn, list);
    else section.append(list, drawn);
    section.dataset.lens = row.title;
    return section;
  });
  field.replaceChildren(head, ...lenses);
}

function legend({ picture }) {
  const list = html("ul", "lens-legend");
  for (const [kind, words] of picture.legend) {
    const sign = html("i", `sign-${kind}`);
    list.append(html("li", "", sign, words));
  }
  return list;
}

// --- what is said about it -------------------------------------------------------------------

function table(className, heads, rows) {
  const head = html("tr");
  head.append(...heads.map((name) => Object.assign(written("th", "", name), { scope: "col" })));
  const whole = html("table", className, html("thead", "", head), html("tbody", "", ...rows));
  // What is wider than the page is moved with the arrows.
  const frame = html("div", "lens-frame", whole);
  Object.assign(frame, { tabIndex: 0, role: "region" });
  return frame;
}

function gridSection({ grid }) {
  const several = new Set(grid.columns.map(([journey]) => journey)).size > 1;
  const heads = grid.columns.map(([journey, lens]) => (several ? `${journey}: ${lens}` : lens));
  const rows = grid.milestones.map(([, name]) =>
    html("tr", "", Object.assign(html("th", "", name), { scope: "row" })));
  for (const cell of [...grid.cells].sort((a, b) => a.row - b.row || a.column - b.column)) {
    const { column, row, span, kind, title, stage, value, note } = cell;
    const field = written("td", `cell-${kind}`, title);
    if (value) field.append(html("b", "", value));
    if (note) field.append(html("small", "", note));
    Object.assign(field, { rowSpan: span });
    Object.assign(field.dataset, { column, stage });
    rows[row].append(field);
  }
  const framed = table("lens-grid", ["Milestone", ...heads], rows);
  framed.setAttribute("aria-label", "Milestones down, frameworks across");
  return ["Milestones down, frameworks across", framed];
}

function hiddenSection({ hides }) {
  const parts = hides.map(([title, sentences]) => {
    const list = html("ul", "", ...sentences.map((text) => written("li", "", text)));
    const said = sentences.length ? list : html("p", "", "Nothing that is known.");
    return html("section", "", written("h4", "", title), said);
  });
  return ["What each lens hides", html("div", "lens-hides", ...parts)];
}

function comparableSection({ comparable }) {
  const rows = comparable.rows.map(([label, ...cells]) => {
    const row = html("tr", "", Object.assign(html("th", "", label), { scope: "row" }));
    row.append(...cells.map(({ value, note, status }) => {
      const cell = html("td", `is-${status}`, html("b", "", value));
      if (note) cell.append(html("small", "", note));
      return cell;
    }));
    return row;
  });
  const framed = table("lens-figures", ["Figure", ...comparable.names], rows);
  framed.setAttribute("aria-label", "What may be compared");
  const note = "The same through every lens. Step rates, worst steps and names such as Conversion "
    + "mean something else in each framework, so they are not here.";
  return ["What may be compared", html("div", "", html("p", "", note), framed)];
}

function disagreementSection({ disagreements }) {
  const parts = disagreements.map(({ id, topic, question, stages, positions, consequence }) => {
    const said = positions.map((text) => html("li", "", text));
    return html("details", "",
      html("summary", "", html("b", "", `${id} ${topic}`), html("small", "", stages)),
      html("p", "", question), html("ul", "", ...said), html("p", "", consequence));
  });
  return ["Where the documents differ", html("div", "lens-differ", ...parts)];
}

const SECTIONS = [gridSection, hiddenSection, comparableSection, disagreementSection];
const OF = ["grid", "hides", "comparable", "disagreements"];

// --- the widget ------------------------------------------------------------------------------

function render({ model, el }) {
  const hatch = `cvj-hatch-${++views}`;
  const title = written("div", "lens-title", "");
  const field = html("div", "lens-field");
  const summary = written("p", "lens-summary", "");
  const signs = html("div");
  const places = SECTIONS.map(() => html("section", "lens-section"));
  const figure = html("figure", "cvj-compare", html("figcaption", "", title), field, signs, summary, ...places);
  el.append(figure);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const shown = new Map();

  // Made again only when it says something else: what is unfolded stays unfolded.
  const once = (place, data, make) => {
    const now = JSON.stringify(data);
    if (shown.get(place) === now) return;
    shown.set(place, now);
    const left = place.querySelector(".lens-frame")?.scrollLeft;
    place.replaceChildren(...make());
    if (left) place.querySelector(".lens-frame").scrollLeft = left;
  };
  const paint = () => {
    const wanted = model.get("theme");
    const light = document.body.dataset.jpThemeLight;
    const inJupyter = wanted === "auto" && light !== undefined;
    const dark = wanted === "auto" ? (inJupyter ? light === "false" : night.matches) : wanted === "dark";
    figure.dataset.theme = dark ? "dark" : "light";
    figure.dataset.palette = inJupyter ? "jupyter" : "own";
    const colors = model.get("document").picture?.colors?.[dark ? "dark" : "light"] ?? {};
    for (const [kind, color] of Object.entries(colors)) figure.style.setProperty(`--cvj-${kind}`, color);
  };
  const redraw = () => {
    const said = model.get("document");
    figure.hidden = !said?.picture;
    if (figure.hidden) return;
    paint();
    title.textContent = said.title;
    summary.textContent = said.summary;
    draw(field, said, hatch);
    once(signs, said.picture.legend, () => [legend(said)]);
    SECTIONS.forEach((section, at) => once(places[at], said[OF[at]], () => {
      const [name, content] = section(said);
      return [html("h3", "", name), content];
    }));
  };
  let width = 0;
  const resized = new ResizeObserver(() => {
    if (field.clientWidth === width) return;
    width = field.clientWidth;
    const said = model.get("document");
    if (said?.picture) draw(field, said, hatch);
  });
  resized.observe(field);
  const themed = new MutationObserver(paint);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  night.addEventListener("change", paint);
  model.on("change:document", redraw);
  model.on("change:theme", paint);
  redraw();
  return () => {
    resized.disconnect();
    themed.disconnect();
    night.removeEventListener("change", paint);
  };
}

export default { render };
