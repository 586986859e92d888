"""A cluster of Spark on this machine: one master and two workers, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 120
# What lives for seconds is not worth compiling well, nor collecting garbage in several threads.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
MASTER = re.compile(r"Starting Spark master at (spark://\S+)")
READY = re.compile(r"Successfully registered with master")


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a master and two workers; give the master's address.

    Parameters
    ----------
    folder : Path
        Where they keep what they write.
    """
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_start(folder / "master", "master.Master", "--port", "0"))
        address = _awaited(folder / "master", MASTER, processes[0])[1]
        for name in ("worker1", "worker2"):
            work = str(folder / name / "work")
            limits = ("--cores", "1", "--memory", "512m", "--work-dir", work)
            processes.append(_start(folder / name, "worker.Worker", *limits, address))
        for name, process in zip(("worker1", "worker2"), processes[1:], strict=True):
            _awaited(folder / name, READY, process)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(SECONDS)


def _start(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    folder.mkdir()
    home = Path(pyspark.__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA,
        "PYSPARK_PYTHON": sys.executable,
    }
    java = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
    command = [*java, "--host", "127.0.0.1", "--webui-port", "0", *arguments]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)


def _awaited(
    folder: Path, what: re.Pattern[str], process: subprocess.Popen[bytes]
) -> re.Match[str]:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = (folder / "log").read_text(encoding="utf-8", errors="replace")
        if found := what.search(text):
            return found
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"{folder.name} did not start: {text}")
