"""The pure functions of the scripts, asked in a browser for cases worked out by hand."""

from __future__ import annotations

import json
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from cvjkit.number_text import in_order
from cvjkit.widgets.assets import Script

# Under a policy that Voila's pages have, too, a script is loaded from a blob.
CALL = """async ([text, before, expression]) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(address);
  URL.revokeObjectURL(address);
  return new Function("module", `${before}; return ${expression}`)(module);
}"""


def answer(page: Page, script: str, expression: str, before: str = "") -> object:
    """Evaluate an expression with the exports of a script, which it calls ``module``."""
    return page.evaluate(CALL, [str(Script(script)), before, expression])


@pytest.fixture
def ask(page: Page):
    return partial(answer, page)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("", 50, {"lines": 1, "broken": False}),
        ("12345", 50, {"lines": 1, "broken": False}),
        ("12345 7890", 99, {"lines": 2, "broken": False}),
        ("12345 7890", 100, {"lines": 1, "broken": False}),
        ("123456", 50, {"lines": 2, "broken": True}),
        ("ab 12345678901 cd", 50, {"lines": 4, "broken": True}),
    ],
)
def test_lines_of_a_text_of_which_each_letter_is_10_px_wide(ask, text, room, expected):
    call = f'module.linesNeeded("{text}", {room}, text => 10 * text.length)'
    assert ask("measure.js", call) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ads: 10",
        "שלום",
        "שלום: 10",
        "10 of שלום עולם, مرحبا 5 (A)",
        "\u2068د.إ\u2069 -1,234.50, שלום",
        "\u202b5 right\u202c 10",
        "\U0001e900 5",
    ],
)
def test_scripts_keep_the_same_names_in_order_as_the_terminal(ask, text):
    # A text that is nothing but a name has the direction of its element.
    expected = text if text == "שלום" else in_order(text)
    assert ask("dom.js", f"module.inOrder({json.dumps(text)})") == expected
    drawn = ask("dom.js", f'module.html("p", "", {json.dumps(text)}).textContent')
    assert drawn == expected
    for change in ("setText(element, text)", "setAttributes(element, { title: text })"):
        before = f"const text = {json.dumps(text)}, element = module.html('p'); module.{change}"
        assert ask("dom.js", "element.title || element.textContent", before) == expected


def test_texts_are_measured_in_the_font_they_are_drawn_in(page: Page, ask):
    page.set_content("<p style='font: 20px monospace'><span>0</span></p>")
    drawn = page.locator("span").bounding_box()["width"]
    measured = ask("measure.js", 'module.measureIn(document.querySelector("p"))("11,1", 20, 400)')
    assert measured == pytest.approx(4 * drawn, abs=0.1)


@pytest.mark.parametrize(
    ("index", "step", "expected"), [(-1, 1, 0), (-1, -1, 2), (0, 1, 1), (2, 1, 0), (0, -1, 2)]
)
def test_arrow_keys_go_around(ask, index, step, expected):
    assert ask("tips.js", f"module.nextIndex({index}, {step}, 3)") == expected


def test_a_ribbon_bends_half_way_between_its_edges(ask):
    edges = "[{ along: 0, top: 10, size: 4 }, { along: 100, top: 20, size: 2 }]"
    assert ask("ribbon.js", f"module.ribbonPath({edges})") == (
        "M0.00,10.00C50.00,10.00 50.00,20.00 100.00,20.00"
        "L100.00,22.00C50.00,22.00 50.00,14.00 0.00,14.00Z"
    )
    assert ask("ribbon.js", f"module.ribbonPath({edges}, true)") == (
        "M10.00,0.00C10.00,50.00 20.00,50.00 20.00,100.00"
        "L22.00,100.00C22.00,50.00 14.00,50.00 14.00,0.00Z"
    )


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("{ left: 0, top: 60, width: 90 }", 1),
        ("{ left: 0, top: 20, width: 90 }", 2),
        ("{ left: 50, top: 20, width: 90 }", 1),
        ("{ left: 0, top: 0, width: 90 }", 1),
    ],
)
def test_a_picture_is_stretched_until_a_label_of_40_px_ends_above_what_is_below(
    ask, below, expected
):
    label = "{ left: 0, top: 0, width: 50, height: 40 }"
    assert ask("flow_layout.js", f"module.stretchNeeded([{label}], [{below}])") == expected


PICTURE = """
const node = { id: "a", kind: "stage", stage: "a", people: 1, name: "Reach", value: VALUE,
  notes: ["20% of all"], short: ["20%"], text: "" };
const layout = width => ({ width, height: 100, header: 50, ribbons: [],
  boxes: { a: { left: 0, top: 60, width: 10, height: 30 } },
  labels: { a: { left: 0, top: 0, width: 100, align: "left" } } });
const picture = { nodes: [node], layouts: { h: layout(600), v: layout(300) } };
const measure = (text, size) => text.length * size / 2;
"""


@pytest.mark.parametrize(
    ("letters", "width", "expected"),
    [
        # 9 px a letter at 18 px, 6 at 12; a room of 100 px at a width of 600, less 1 for rounding.
        (11, 600, "h roomy"),
        (12, 600, "h tight"),
        (16, 600, "h tight"),
        # 200 px below each other, where 17 letters at 18 px need 153.
        (17, 600, "v roomy"),
        (11, 559, "v roomy"),
        (12, 300, "v tight"),
        # Nothing fits: the last one.
        (99, 300, "v tight"),
    ],
)
def test_a_flow_runs_and_is_set_as_its_numbers_have_room(ask, letters, width, expected):
    before = PICTURE.replace("VALUE", f'"{"0" * letters}"')
    call = f"module.arrange(picture, {width}, measure)"
    found = ask(
        "flow_layout.js", f"[{call}].map(a => `${{a.orientation}} ${{a.density}}`)[0]", before
    )
    assert found == expected


BARS = """
const bar = (start, name, value) => ({ start, name, value, note: "", stage: name });
const picture = { marks: [{ name: "Noticed", shared: true }, { name: "Bought", shared: false }],
  rows: [{ bars: [bar(0, "Reach", "1,000"), bar(0.5, "Loyalty", VALUE)] }] };
const measure = (text, size) => text.length * size;
"""


@pytest.mark.parametrize(
    ("value", "width", "expected"),
    [
        # At 13 px a digit "1,000" needs 65 px, and 7 behind it, "1234567" 98 in all; the names of
        # the milestones need 91 and 79.
        ("1234567", 212, ["beside", "across", 106, 106]),
        ("1234567", 192, ["beside", "across", 94, 98]),
        ("1234567", 188, ["beside", "upright", 90, 98]),
        ("1234567", 170, ["beside", "upright", 72, 98]),
        ("1234567", 169, ["listed", "upright", 84.5, 84.5]),
    ],
)
def test_labels_stand_beside_each_other_where_all_have_room(ask, value, width, expected):
    before = BARS.replace("VALUE", f'"{value}"')
    call = f"module.arrangeLabels(picture, {width}, measure)"
    read = f"[{call}].map(a => [a.labels, a.marks, ...a.columns])[0]"
    assert ask("compare_layout.js", read, before) == pytest.approx(expected, abs=0.2)


def test_what_lies_in_a_lens_moves_with_the_columns_it_lies_in(ask):
    shares = "[0, 0.25, 0.5, 0.75, 1].map(along => ({ along }))"
    picture = f"{{ marks: [1, 2], rows: [], breaks: {shares} }}"
    call = f"module.spread({picture}, [50, 150]).breaks.map(({{ along }}) => along)"
    assert ask("compare_layout.js", call) == [0, 0.125, 0.25, 0.625, 1]


def test_children_are_kept_in_order_and_not_moved_where_they_stand_right(ask):
    before = """
      const list = document.body.appendChild(document.createElement("ol"));
      list.append(document.createElement("b"));
      const make = () => document.createElement("li");
      const update = (child, { id }) => { child.textContent = id; };
      const shown = ids => module.keyed(list, ids.map(id => ({ id })), make, update);
      shown(["x", "y", "z"]);
      const first = [...list.children];
      shown(["x", "z", "w"]);
    """
    texts = ask("dom.js", "[...list.children].map(child => child.textContent)", before)
    assert texts == ["", "x", "z", "w"]
    kept = ask("dom.js", "[1, 2].map(i => list.children[i] === first[i === 1 ? 1 : 3])", before)
    assert kept == [True, True]


def test_attributes_are_set_only_where_they_differ(ask):
    before = """
      const element = document.createElement("p");
      module.setAttributes(element, { id: "a", title: "b", hidden: true });
      module.setAttributes(element, { id: "a", title: "", hidden: false, lang: null });
    """
    assert ask("dom.js", "element.outerHTML", before) == '<p id="a"></p>'


GRID = """
  const line = (letter, readonly) => `<tbody><tr><th>${letter}</th>
    <td><input id="${letter}1" data-column="one" ${readonly}></td>
    <td><input id="${letter}2" data-column="two"></td></tr></tbody>`;
  document.body.innerHTML =
    `<table>${line("a", "")}${line("b", "readonly")}${line("c", "")}</table>`;
  const at = id => document.getElementById(id);
  const go = (id, down, across) => module.neighbour(at(id), down, across)?.id ?? null;
"""


@pytest.mark.parametrize(
    ("start", "down", "across", "expected"),
    [
        ("a1", 1, 0, "c1"),
        ("c1", -1, 0, "a1"),
        ("a2", 1, 0, "b2"),
        ("c2", 1, 0, None),
        ("a1", 0, 1, "a2"),
        ("b2", 0, -1, None),
        ("a2", 0, 1, None),
    ],
)
def test_keys_lead_to_the_next_field_that_can_be_typed_into(ask, start, down, across, expected):
    assert ask("form_tables.js", f'go("{start}", {down}, {across})', GRID) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", "CAC EUR 21.81"),
        ("+58 (+25%)", "CAC EUR 21.81, up 58"),
        ("-45.05 (-67.4%)", "CAC EUR 21.81, down 45.05"),
        ("−270 days", "CAC EUR 21.81, down 270 days"),
        ("+3.04x", "CAC EUR 21.81, up 3.04x"),
        ("changed", "CAC EUR 21.81"),
    ],
)
def test_a_figure_is_announced_with_how_far_it_is_from_the_base(ask, change, expected):
    assert ask("announce.js", f'module.inWords("CAC", "EUR 21.81", "{change}")') == expected


def test_what_changes_is_announced_once_its_reader_pauses(own_page: Page):
    own_page.clock.install()
    answer(
        own_page, "announce.js", "null", "window.announcer = module.makeAnnouncer(document.body);"
    )
    region = own_page.locator(".cvj-heard")

    def tell(*texts: str, pause: int) -> str:
        own_page.evaluate("texts => announcer.tell(texts)", list(texts))
        own_page.clock.fast_forward(pause)
        return region.inner_text()

    assert tell("Customers 1", "CAC 5", pause=2000) == ""
    assert tell("Customers 2", "CAC 5", pause=600) == ""
    assert tell("Customers 23", "CAC 5", pause=600) == ""
    assert tell("Customers 234", "CAC 5", pause=2000) == "Customers 234."
    assert tell("Customers 234", "CAC 5", pause=2000) == "Customers 234."
    assert tell("Customers 5", "CAC 6", pause=2000) == "Customers 5; CAC 6."
    # No more than a listener can hold.
    changed = [f"{name} 7" for name in ("Customers", "CAC", "LTV", "Payback", "Profit")]
    assert tell(*changed, pause=2000) == "Customers 7; CAC 7; LTV 7; 2 more changes."
    assert tell("Customers 8", "CAC 8", "LTV 8", "Profit 8", pause=2000).endswith(
        "; 1 more change."
    )


FOLLOWED = """
  const calls = [], sent = [], told = {}, traits = { query: "journey=one.toml", followed: 0 };
  history.pushState = history.replaceState = (state, title, address) => calls.push(address);
  document.body.dataset.voila = "";
  const model = { get: (name) => traits[name], send: (content) => sent.push(content.count),
    on: (event, call) => { told[event] = call; }, off: () => {} };
  module.default.render({ model, el: document.createElement("div") });
  const tell = (query) => { traits.query = query; told["change:query"](); return calls.length; };
"""


def test_who_went_back_or_forward_is_not_brought_back_by_an_address_told_before(ask):
    before = f"""{FOLLOWED}
      const first = tell("journey=two.toml"), asked = sent.length;
      dispatchEvent(new PopStateEvent("popstate"));
      const stale = tell("journey=one.toml");
      traits.followed = sent.at(-1);"""
    expression = '[first, stale, tell("journey=two.toml"), sent.slice(asked)]'
    assert ask("share.js", expression, before) == [1, 1, 2, [1]]


# A form whose Python answers when the test says so.
ANSWERED_LATE = """
  const choices = [["a", "Ads"], ["b", "Blog"], ["c", "Calls"], ["d", "Door"]];
  const field = (kind, text) => ({ id: kind, kind, label: kind, text, choices });
  const button = { id: "keep", kind: "button", label: "Keep", text: "Keep", fixed: true };
  const documented = (text, view, number) => ({ answered: { view, number, whole: false },
    parts: [{ id: "head", title: "", brief: "", fold: "", notes: [], figures: [], changes: [],
      articles: [], charts: [], tables: [{ id: "view", headings: [], rows: [
        { id: "", name: "", note: "",
          fields: [...["tabs", "choice", "text"].map(kind => field(kind, text)), button] },
      ] }] }] });
  const told = {}, traits = { document: documented("a", "", 0) };
  window.sent = [];
  window.tell = (text, number, view = sent.at(-1).view) => {
    traits.document = documented(text, view, number);
    told["change:document"]();
  };
  const el = document.body.appendChild(document.createElement("div"));
  module.default.render({ el, model: { get: (name) => traits[name], off: () => {},
    on: (event, call) => { told[event] = call; }, send: (content) => sent.push(content) } });
"""
PRESSED = "sent.map(({ edits }) => edits[0].at(-1)).join(' ')"


@pytest.fixture
def form(page: Page) -> Page:
    page.set_content("<title>A form</title>")
    answer(page, "form.js", "null", ANSWERED_LATE)
    return page


def test_an_answer_to_what_was_pressed_before_takes_back_no_tab(form: Page):
    ads, blog = (form.get_by_role("radio", name=name) for name in ("Ads", "Blog"))
    # The first press of all, while the page still hears of what was there before.
    blog.press("Space")
    form.evaluate("tell('a', 0, '')")
    expect(blog).to_be_checked()
    # Who changes their mind presses what an older answer shows.
    ads.press("Space")
    form.evaluate("tell('b', 1)")
    expect(ads).to_be_checked()
    blog.press("Space")
    assert form.evaluate(PRESSED) == "b a b"
    # What Python says in the end holds, as does what another page of the same has pressed.
    form.evaluate("tell('c', 3)")
    expect(form.get_by_role("radio", name="Calls")).to_be_checked()
    form.evaluate("tell('d', 1, 'other')")
    expect(form.get_by_role("radio", name="Door")).to_be_checked()


def test_an_answer_to_what_was_chosen_before_takes_back_no_choice(form: Page):
    choice = form.get_by_role("combobox")
    for answered, shown in enumerate("bcd"):
        choice.press("ArrowDown")
        form.evaluate("([text, number]) => tell(text, number)", ["abc"[answered], answered])
        expect(choice).to_have_value(shown)
    assert form.evaluate(PRESSED) == "b c d"
    form.evaluate("tell('a', 3)")
    expect(choice).to_have_value("a")


def test_enter_presses_a_button_that_only_what_was_just_typed_makes_possible(form: Page):
    form.get_by_role("textbox").focus()
    form.keyboard.type("e\n")
    assert form.evaluate("sent.map(({ edits }) => edits[0].slice(2).join('=')).join(' ')") == (
        "text=e keep="
    )
