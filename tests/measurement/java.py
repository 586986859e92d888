"""Find a Java for Spark, or install one: ``python -m tests.measurement.java``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.installing import root, run

OLDEST = 17
ADVICE = """\
The tests of measuring on Spark need Java 17 or newer; there is none that runs, and none could be
installed. Type
  sudo apt-get install openjdk-17-jre-headless          (Debian, Ubuntu)
or name the one you have: JAVA_HOME=/where/it/is make test"""


def find() -> str | None:
    """Return the path of the Java that Spark would take, if it runs and is new enough."""
    home = os.environ.get("JAVA_HOME")
    path = str(Path(home, "bin", "java")) if home else shutil.which("java")
    try:
        command = [path or "java", "-version"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    version = re.search(r'version "(\d+)', asked.stderr)
    return path if version and int(version[1]) >= OLDEST else None


def install() -> None:
    """Install Java the way Debian and Ubuntu do, where that may be done."""
    allowed = root()
    if allowed is not None and shutil.which("apt-get"):
        apt = [*allowed, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        run([*apt, "update"])
        run([*apt, "install", "--yes", "--no-install-recommends", "openjdk-17-jre-headless"])


def main() -> int:
    """Print the path of a Java, installing one where there is none."""
    if not find() and not os.environ.get("JAVA_HOME"):
        install()
    path = find()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
