"""Find a Chromium to test with, or install one: ``python -m tests.browser.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

from tests.installing import root, run

NAMED_BY = "CVJKIT_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The picture of a name in Hebrew, Arabic or emoji needs a font that has it.
DEBIAN_PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-noto-core", "fonts-noto-color-emoji")
# Playwright adds --no-sandbox, without which root cannot run it.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ADVICE = f"""\
The browser tests need Chromium; there is none that runs, and none could be installed. Type one of
  sudo apt-get install chromium                         (Debian)
  sudo .venv/bin/playwright install --with-deps chromium
or name the one you have: {NAMED_BY}=/where/it/is make test"""


def find() -> str | None:
    """Return the path of the first Chromium that runs."""
    if named := os.environ.get(NAMED_BY):
        return named if _runs(named) else None
    candidates = chain(map(shutil.which, COMMANDS), map(_playwrights, (None, "0")))
    return next((path for path in candidates if path and _runs(path)), None)


def install() -> None:
    """Install Chromium the way this machine allows; what fails is told, and the next way tried."""
    allowed = root()
    if allowed is not None and shutil.which("apt-get") and not _is_ubuntu():
        apt = [*allowed, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        run([*apt, "update"])
        if run([*apt, "install", "--yes", "--no-install-recommends", *DEBIAN_PACKAGES]) and find():
            return
    playwright = [sys.executable, "-m", "playwright"]
    if allowed is not None:
        run([*allowed, *playwright, "install-deps", "chromium"])
    # "0" puts it beside the package: nothing outside .venv is written.
    run([*playwright, "install", "chromium"], PLAYWRIGHT_BROWSERS_PATH="0")


def _runs(path: str) -> bool:
    # Ubuntu's package is a script that asks for a snap: being there is not enough.
    try:
        asked = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and "Chrom" in asked.stdout


def _playwrights(browsers: str | None) -> str | None:
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    where = {} if browsers is None else {"PLAYWRIGHT_BROWSERS_PATH": browsers}
    asked = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=os.environ | where,
        check=False,
    )
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


def _is_ubuntu() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "ubuntu" in release.read_text(encoding="utf-8").lower()


def main() -> int:
    """Print the path of a Chromium, installing one where there is none."""
    if os.environ.get(NAMED_BY) and not find():
        print(f"{NAMED_BY}={os.environ[NAMED_BY]} is not a Chromium that runs.", file=sys.stderr)
        return 1
    if not find():
        install()
    path = find()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
