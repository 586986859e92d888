"""What axe-core finds wrong with a page for people who do not see, or not well, or use no mouse."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from tests.browser.fonts import wait_until_drawn

# The file that the package carries: nothing is fetched.
SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Contrast takes nine tenths of axe's time: it is asked of three texts of those that look the same
# on what looks the same. Axe judges neither a single letter nor what is disabled.
# A finger needs more room than a mouse.
RUN = """async ([within, fingers]) => {
  const looks = new Map(), asked = new Map();
  const lookOf = element => {
    if (!element) return "";
    if (!looks.has(element)) {
      const style = getComputedStyle(element);
      const own = ["color", "backgroundColor", "backgroundImage", "opacity", "fontSize",
        "fontWeight", "textShadow", "filter", "mixBlendMode", "position", "zIndex"]
        .map(name => style[name]);
      looks.set(element, [lookOf(element.parentElement), ...own, element.disabled,
        element.ariaDisabled, element.control?.disabled].join());
    }
    return looks.get(element);
  };
  const textOf = element =>
    [...element.childNodes].map(node => node.nodeType === Node.TEXT_NODE ? node.data : "").join("");
  for (const element of document.querySelector(within).querySelectorAll("*")) {
    const text = element.matches("input, select, textarea") ? element.value : textOf(element);
    if (!text?.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    const look = [lookOf(element), element.localName, text.trim().length === 1].join();
    asked.set(look, [...asked.get(look) ?? [], element].slice(0, 3));
  }
  const texts = [...asked.values()].flat();
  texts.forEach(element => { element.dataset.contrast = ""; });
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-contrast]" }] });
  const { violations } = await axe.run(within, {
    resultTypes: ["violations"], rules: { "target-size": { enabled: fingers } },
  });
  texts.forEach(element => { delete element.dataset.contrast; });
  return violations;
}"""
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
ALL = ("wide light", "wide dark", "narrow light", "narrow dark")
# Contrast costs seconds on a long page: one that is looked at in several states is seen in half of
# the views in each.
LIGHT_WHEN_WIDE = ("wide light", "narrow dark")
DARK_WHEN_WIDE = ("wide dark", "narrow light")


def faults(page: Page, views: tuple[str, ...] = ALL) -> list[str]:
    """List what breaks a rule of axe on a wide screen or on a phone, light or dark."""
    found = []
    for view in views:
        size, scheme = view.split()
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        # A script tells the page its theme one frame later; half of a theme is legible nowhere.
        wait_until_drawn(page)
        found += [
            f"{view}: {fault}" for fault in faults_within(page, ":root", fingers=size == "narrow")
        ]
    return found


def faults_within(page: Page, within: str, *, fingers: bool = False) -> list[str]:
    """List what breaks a rule of axe in a part of a page, as it is now."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SCRIPT)
    violations: list[dict[str, Any]] = page.evaluate(RUN, [within, fingers])
    return [
        f"{fault['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for fault in violations
        for node in fault["nodes"]
    ]
