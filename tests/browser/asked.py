"""Ask about every figure of a page, and find those that do not say what they are made of."""

from __future__ import annotations

from playwright.sync_api import Page

# One after another, and what each is called, and how many lines explain it.
ALL_ASKED = """
async () => {
  const titles = [];
  const until = async (holds) => {
    for (let turn = 0; turn < 1000 && !holds(); turn += 1) {
      await new Promise((done) => { setTimeout(done, 5); });
    }
  };
  const panels = () => [...document.querySelectorAll(".cvj-explanation:popover-open")];
  for (const asks of document.querySelectorAll(".cvj-ask")) {
    if (!asks.checkVisibility()) continue;
    asks.scrollIntoView({ block: "center" });
    asks.click();
    await until(() => panels().length && panels()[0].querySelector("strong").textContent !== "…");
    const [panel] = panels();
    const lines = panel?.querySelectorAll("dl > div").length ?? 0;
    titles.push([panel?.querySelector("strong").textContent ?? "", lines]);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await until(() => !panels().length);
  }
  return titles;
}
"""
# Figures that nothing is typed into, and that ask for no explanation.
MUTE = """
() => [...document.querySelectorAll(
    "td .cvj-shown, .cvj-bar, .cvj-amount, .cvj-chart-title, .lens-value, .cvj-compare td b")]
  .filter((one) => one.checkVisibility() && /\\d/.test(one.value ?? one.textContent))
  .filter((one) => !one.matches(".cvj-ask"))
  .filter((one) => !(one.closest("td") ?? one).querySelector(".cvj-ask"))
  .map((one) => one.getAttribute("aria-label") ?? one.textContent)
"""


def explained(page: Page) -> list[tuple[str, int]]:
    """Ask about all that is visible, and give the title and the number of lines of each answer."""
    found: list[tuple[str, int]] = page.evaluate(ALL_ASKED)
    assert [title for title, lines in found if not lines or "could not" in title] == []
    assert page.evaluate(MUTE) == []
    return found
