// Draws the parts that cvjkit.widgets.form sends, and tells it what is typed. Python owns every
// text; only the field somebody is typing into is left alone until they leave it. Whatever a user
// typed reaches the page as text content or as a value, never as markup.

let views = 0;

function html(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function attribute(element, name, value) {
  if (value === undefined || value === "" || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// The children of a parent that stand for things with an id: made once, kept, never moved while
// they stand right, for moving takes the focus away.
function keyed(parent, items, make, update) {
  const known = (parent.cvjKnown ??= new Map());
  const wanted = new Set(items.map((item) => item.id));
  for (const [id, node] of known) {
    if (wanted.has(id)) continue;
    node.remove();
    known.delete(id);
  }
  let next = parent.firstChild;
  for (const item of items) {
    let node = known.get(item.id);
    if (!node) known.set(item.id, (node = make(item)));
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
    update(node, item);
  }
}

const numbered = (texts) => texts.map((text, id) => ({ id, text }));

const CONTROLS = {
  number: () => Object.assign(input(), { inputMode: "decimal" }),
  text: input,
  choice: () => html("select", "cvj-input"),
  button: () => Object.assign(html("button", "cvj-button"), { type: "button" }),
  tabs: () => {
    const group = html("div", "cvj-tabs");
    group.setAttribute("role", "radiogroup");
    return group;
  },
};

function input() {
  const made = html("input", "cvj-input");
  Object.assign(made, { type: "text", autocomplete: "off", spellcheck: false, dir: "auto" });
  return made;
}

// Whether a control holds what its user types and Python has not seen or must not change now.
function isBeingTyped(control, answered, view) {
  const { dirty, sent = 0 } = control.cvj;
  if (answered.view === view && sent > answered.number) return true;
  return dirty && !answered.whole && document.activeElement === control;
}

function updateControl(control, field, context) {
  control.cvj.field = field;
  const { kind, text, label, choices = [], message = "", fixed = false } = field;
  if (kind === "button") {
    say(control, text || label);
    attribute(control, "aria-label", text ? label : "");
    attribute(control, "aria-disabled", fixed);
    attribute(control, "aria-keyshortcuts", { undo: "Control+Z", redo: "Control+Y" }[field.key]);
  } else if (kind === "tabs") {
    attribute(control, "aria-label", label);
    keyed(
      control,
      choices.map(([id, name]) => ({ id, name })),
      ({ id }) => {
        const tab = html("label", "cvj-tab");
        const radio = Object.assign(html("input"), { type: "radio", value: id });
        radio.name = `${context.view}-${control.cvj.address.join("-")}`;
        tab.append(radio, Object.assign(html("span"), { dir: "auto" }));
        return tab;
      },
      (tab, { id, name }) => {
        tab.firstChild.checked = id === text;
        attribute(tab, "title", name);
        say(tab.lastChild, name);
      },
    );
  } else if (kind === "choice") {
    keyed(
      control,
      choices.map(([id, name]) => ({ id, name })),
      ({ id }) => Object.assign(html("option"), { value: id, dir: "auto" }),
      (option, { name }) => say(option, name),
    );
    if (control.value !== text) control.value = text;
  } else {
    const leave = isBeingTyped(control, context.answered, context.view);
    if (!leave && control.value !== text) {
      control.value = text;
      if (document.activeElement === control) control.select();
    }
    if (!leave) control.cvj.dirty = false;
    attribute(control, "readonly", fixed);
    attribute(control, "tabindex", fixed ? -1 : 0);
    control.classList.toggle("cvj-shown", fixed);
    control.classList.toggle("cvj-nothing", fixed && !text);
  }
  attribute(control, "aria-invalid", message ? "true" : "");
  attribute(control, "aria-describedby", message ? control.cvj.messageId : "");
}

function makeControl(field, address, context) {
  const control = CONTROLS[field.kind]();
  const messageId = `${context.view}-${address.join("-")}-message`;
  control.cvj = { address, messageId };
  control.dataset.column = field.id;
  if (field.kind !== "button" && field.kind !== "tabs") control.setAttribute("aria-label", field.label);
  return control;
}

function updateMessages(holder, fields) {
  keyed(
    holder,
    fields.filter((field) => field.message),
    () => {
      const message = html("div", "cvj-message");
      Object.assign(message, { dir: "auto" });
      message.setAttribute("role", "status");
      return message;
    },
    (message, field) => {
      message.id = field.messageId;
      say(message, field.message);
    },
  );
}

function updateLine(line, table, context) {
  const fields = table.rows.flatMap((row) => row.fields.map((field) => ({ row, field })));
  keyed(
    line,
    fields.map(({ row, field }) => ({ id: `${row.id}/${field.id}`, row, field })),
    ({ row, field }) => {
      const holder = html("div", `cvj-entry cvj-kind-${field.kind}`);
      holder.dataset.field = field.id;
      const control = makeControl(field, [table.id, row.id, field.id], context);
      const title = html("span", "cvj-label");
      title.setAttribute("aria-hidden", "true");
      holder.append(title, control, html("div", "cvj-messages"));
      return holder;
    },
    (holder, { field }) => {
      const [title, control, messages] = holder.children;
      say(title, field.kind === "button" ? "" : field.label);
      updateControl(control, field, context);
      attribute(control, "aria-label", field.kind === "button" && !field.text ? "" : field.label);
      updateMessages(messages, [{ ...field, messageId: control.cvj.messageId }]);
    },
  );
}

function updateGrid(grid, table, context) {
  const columns = table.headings.slice(1);
  if (!grid.tHead) {
    grid.createTHead().insertRow();
    grid.setAttribute("role", "table");
    grid.tHead.rows[0].setAttribute("role", "row");
  }
  attribute(grid, "hidden", table.rows.length === 0);
  const all = table.rows.flatMap((row) => row.fields);
  const texts = new Set(all.filter(({ kind }) => kind !== "number").map(({ id }) => id));
  keyed(
    grid.tHead.rows[0],
    table.headings.map(([id, title]) => ({ id, title })),
    ({ id }) => {
      const heading = html("th");
      heading.setAttribute("scope", "col");
      heading.setAttribute("role", "columnheader");
      heading.dataset.heading = id;
      return heading;
    },
    (heading, { id, title }) => {
      say(heading, title);
      heading.classList.toggle("cvj-text", texts.has(id));
    },
  );
  keyed(
    (grid.cvjBody ??= rowsBelow(grid)),
    table.rows,
    () => {
      const body = html("tbody");
      const row = body.insertRow();
      row.setAttribute("role", "row");
      const name = html("th", "cvj-rowname");
      name.setAttribute("scope", "row");
      name.setAttribute("role", "rowheader");
      const more = Object.assign(html("a", "cvj-more"), { tabIndex: -1 });
      name.append(html("span"), html("small"), more);
      for (const text of name.children) text.dir = "auto";
      row.append(name);
      row.cvjCells = rowsBelow(row);
      const messages = body.insertRow();
      messages.className = "cvj-messages";
      const cell = messages.insertCell();
      cell.append(html("div"));
      return body;
    },
    (body, row) => {
      const [line, below] = body.rows;
      const name = line.cells[0];
      attribute(name, "title", row.name);
      const [title, note, more] = name.children;
      say(title, row.name);
      say(note, row.note);
      say(more, row.more ?? "");
      attribute(more, "href", row.more && `#${row.id}`);
      attribute(body, "data-tone", row.tone);
      const fields = new Map(row.fields.map((field) => [field.id, field]));
      keyed(
        line.cvjCells,
        columns.map(([id, words]) => ({ id, words })),
        ({ words }) => {
          const cell = html("td");
          cell.setAttribute("role", "cell");
          cell.dataset.heading = words;
          return cell;
        },
        (cell, { id }) => {
          const field = fields.get(id);
          keyed(
            cell,
            field ? [field] : [],
            () => makeControl(field, [table.id, row.id, id], context),
            (control) => {
              updateControl(control, field, context);
              attribute(control, "aria-label", field.label);
              field.messageId = control.cvj.messageId;
            },
          );
        },
      );
      attribute(below.cells[0], "colspan", columns.length + 1);
      updateMessages(below.cells[0].firstChild, row.fields);
      attribute(below, "hidden", !row.fields.some((field) => field.message));
    },
  );
}

// Stands in for a parent whose first child is not among its keyed children.
function rowsBelow(parent) {
  const kept = parent.lastChild;
  return {
    get firstChild() {
      return kept.nextSibling;
    },
    insertBefore: (node, next) => parent.insertBefore(node, next),
  };
}

function updatePart(section, part, context) {
  const holder = section.cvjHolder;
  if (section.cvjTitle) say(section.cvjTitle, part.title);
  const [tables, figures, notes, articles] = holder.children;
  keyed(
    tables,
    part.tables,
    (table) => {
      const made = table.headings.length ? html("table", "cvj-table") : html("div", "cvj-row");
      made.dataset.table = table.id;
      return made;
    },
    (node, table) => (table.headings.length ? updateGrid : updateLine)(node, table, context),
  );
  keyed(
    figures,
    part.figures.map(([id, value, remark]) => ({ id, value, remark })),
    ({ id }) => {
      const figure = html("div", "cvj-figure");
      figure.dataset.figure = id;
      figure.setAttribute("role", "listitem");
      for (const name of ["cvj-heading", "cvj-amount", "cvj-remark"]) figure.append(html("div", name));
      say(figure.firstChild, id);
      return figure;
    },
    (figure, { value, remark }) => {
      const [, amount, below] = figure.children;
      say(amount, value);
      say(below, remark);
    },
  );
  keyed(
    notes,
    numbered(part.notes),
    () => Object.assign(html("p"), { dir: "auto" }),
    (note, { text }) => say(note, text),
  );
  keyed(articles, part.articles, makeArticle, updateArticle);
}

function makeArticle({ id }) {
  const article = html("details", "cvj-article");
  article.dataset.article = id;
  const summary = html("summary");
  summary.append(html("span"), " ", html("small"));
  for (const text of summary.children) text.dir = "auto";
  article.append(summary, html("dl"));
  return article;
}

function updateArticle(article, { title, note, lines }) {
  const [summary, list] = article.children;
  say(summary.firstChild, title);
  say(summary.lastChild, note);
  keyed(
    list,
    lines.map(([about, text], id) => ({ id, about, text })),
    () => {
      const line = html("div");
      line.append(html("dt"), Object.assign(html("dd"), { dir: "auto" }));
      return line;
    },
    (line, { about, text }) => {
      say(line.firstChild, about);
      say(line.lastChild, text);
    },
  );
}

// Unfolds an article, wherever in the Designer it is, and goes there.
function unfold(from, id) {
  const articles = [...from.closest(".cvj-designer").querySelectorAll(".cvj-article")];
  const article = articles.find((each) => each.dataset.article === id);
  if (!article) return;
  article.open = article.closest("details.cvj-part").open = true;
  article.firstChild.focus();
  article.scrollIntoView({ block: "center" });
}

function makePart(part) {
  const section = html(part.fold ? "details" : "section", `cvj-part cvj-part-${part.id}`);
  section.dataset.part = part.id;
  if (part.fold) {
    section.open = part.fold === "open";
    section.append((section.cvjTitle = html("summary")));
  } else if (part.title) {
    section.append((section.cvjTitle = html("h3")));
  }
  section.append((section.cvjHolder = html("div", "cvj-inside")));
  const notes = html("div", "cvj-notes");
  notes.setAttribute("role", "status");
  const figures = html("div", "cvj-figures");
  if (part.figures.length) figures.setAttribute("role", "list");
  section.cvjHolder.append(html("div", "cvj-tables"), figures, notes, html("div", "cvj-articles"));
  return section;
}

// The controls of a table, row by row, that can be typed into.
function typable(table) {
  return [...table.tBodies].map((body) =>
    [...body.rows[0].querySelectorAll("[data-column]")].filter((control) => !control.readOnly),
  );
}

function goTo(control, down, across) {
  const table = control.closest("table");
  if (!table) return false;
  const rows = typable(table);
  const at = rows.findIndex((row) => row.includes(control));
  if (across) {
    const next = rows[at][rows[at].indexOf(control) + across];
    next?.focus();
    return Boolean(next);
  }
  for (let row = at + down; rows[row]; row += down) {
    const next = rows[row].find((other) => other.dataset.column === control.dataset.column);
    if (next) {
      next.focus();
      return true;
    }
  }
  return false;
}

// A block as Excel puts it on the clipboard: rows end in newlines, cells in tabs.
function block(text) {
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return rows.map((row) => row.split("\t"));
}

function render({ model, el }) {
  const view = `cvj${(views += 1)}x${Math.random().toString(36).slice(2, 8)}`;
  let [number, run] = [0, 0];
  el.classList.add("cvj-form");

  const send = (what, controls, texts, outside = 0) => {
    number += 1;
    const edits = controls.map(({ cvj }, at) => [...cvj.address, texts[at]]);
    for (const control of controls) control.cvj.sent = number;
    model.send({ what, view, number, run, edits, outside });
  };

  const redraw = () => {
    const { parts, answered } = model.get("document");
    if (!Array.isArray(parts)) return;
    const active = el.contains(document.activeElement) ? document.activeElement : null;
    const section = active?.closest(".cvj-part");
    keyed(el, parts, makePart, (node, part) => updatePart(node, part, { answered, view }));
    if (active && !active.isConnected) {
      section?.querySelector("summary, input:not([readonly]), select, button")?.focus();
    }
  };

  // Leaving a field shows how Python writes what was typed.
  const settle = ({ target }) => {
    if (!target.cvj?.dirty) return;
    target.cvj.dirty = false;
    const { answered } = model.get("document");
    if (target.cvj.sent <= answered.number) updateControl(target, target.cvj.field, { answered, view });
  };

  const press = (key) => {
    const button = [...el.querySelectorAll("button")].find((each) => each.cvj.field.key === key);
    if (button) send("type", [button], [""]);
    return Boolean(button);
  };

  const typed = (control) => {
    control.cvj.dirty = true;
    send("type", [control], [control.value]);
  };

  const isText = (control) => control.matches?.("input[type=text]") && control.cvj;

  const key = (event) => {
    const control = event.target;
    const command = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (command && !event.altKey && (letter === "z" || letter === "y")) {
      press(letter === "y" || event.shiftKey ? "redo" : "undo");
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    // The notebook around has keys of its own for what is typed here.
    if (!command && !event.altKey) event.stopPropagation();
    if (command || event.altKey || !isText(control)) return;
    const { selectionStart: start, selectionEnd: end, value } = control;
    const all = end - start === value.length;
    const atStart = all || (start === 0 && end === 0);
    const atEnd = all || (start === value.length && end === value.length);
    let done = false;
    if (event.key === "Enter") done = goTo(control, event.shiftKey ? -1 : 1, 0);
    else if (event.shiftKey) return;
    else if (event.key === "ArrowDown") done = goTo(control, 1, 0);
    else if (event.key === "ArrowUp") done = goTo(control, -1, 0);
    else if (event.key === "ArrowLeft" && atStart) done = goTo(control, 0, -1);
    else if (event.key === "ArrowRight" && atEnd) done = goTo(control, 0, 1);
    else if (event.key === "Escape" && control.cvj.dirty) {
      control.value = control.cvj.before;
      control.cvj.dirty = false;
      control.select();
      send("restore", [control], [""]);
      done = true;
    }
    if (done) event.preventDefault();
  };

  const paste = (event) => {
    event.stopPropagation();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const table = isText(event.target) && event.target.closest("table");
    if (!table || !/[\t\n\r]/.test(text)) return;
    event.preventDefault();
    // Read-only fields keep their place in the block.
    const rows = [...table.tBodies].map((body) => [...body.rows[0].querySelectorAll("input, select")]);
    const top = rows.findIndex((row) => row.includes(event.target));
    const left = rows[top].indexOf(event.target);
    const [controls, texts] = [[], []];
    let outside = 0;
    block(text).forEach((cells, down) =>
      cells.forEach((cell, across) => {
        const control = rows[top + down]?.[left + across];
        if (!control) outside += 1;
        if (!control || control.readOnly) return;
        controls.push(control);
        texts.push(cell);
      }),
    );
    send("paste", controls, texts, outside);
  };

  // A click selects all, too, as Tab does; a second one puts the caret.
  let entered = null;
  const enter = ({ target }) => {
    run += 1;
    if (!isText(target)) return;
    target.cvj.before = target.value;
    target.cvj.dirty = false;
    target.select();
    entered = target;
  };
  const released = (event) => {
    if (entered === event.target) event.preventDefault();
    entered = null;
  };

  const listeners = {
    input: ({ target }) => isText(target) && typed(target),
    change: ({ target }) => {
      if (target.matches("select")) send("type", [target], [target.value]);
      if (target.type === "radio") send("type", [target.closest(".cvj-tabs")], [target.value]);
    },
    click: (event) => {
      const { target } = event;
      const more = target.closest?.("a.cvj-more");
      if (more) {
        event.preventDefault();
        unfold(el, decodeURIComponent(more.hash.slice(1)));
      }
      const button = target.closest?.("button");
      if (button?.cvj && !button.hasAttribute("aria-disabled")) send("type", [button], [""]);
    },
    keydown: key,
    paste,
    focusin: enter,
    focusout: settle,
    mouseup: released,
  };
  for (const [name, listener] of Object.entries(listeners)) el.addEventListener(name, listener);
  model.on("change:document", redraw);
  redraw();
  return () => model.off("change:document", redraw);
}

export default { render };
