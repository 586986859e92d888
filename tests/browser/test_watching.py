"""A long run in JupyterLab: a line shows how far it is, and a button stops it."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, run_all_cells

# Its rows have no end, so that it runs for as long as the test needs.
ENDLESS = """import time
import pyarrow as pa
import cvjkit as cvj
rows = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.5, 0.5]).simulate_log(50)
batch = pa.RecordBatch.from_pandas(rows[["person", "time", "event"]], preserve_index=False)
def batches():
    while True:
        yield batch
        time.sleep(0.01)
log = pa.RecordBatchReader.from_batches(batch.schema, batches())
"""


def test_a_button_stops_a_long_run_while_the_kernel_is_busy_and_a_sentence_says_so(
    page: Page, jupyterlab: Site
) -> None:
    page.goto(jupyterlab.add("long", ENDLESS, 'cvj.measure(log, "five")', 'print("the next cell")'))
    run_all_cells(page)
    output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea")
    expect(output).to_contain_text("Measuring: reading, 2 s")
    expect(output.locator(".progress")).to_be_visible()
    # How long it takes to stop is bounded by the wait: without a press that arrives it never ends.
    output.get_by_role("button", name="Stop").click()
    expect(output).to_have_text("Measuring was stopped before its end; nothing was kept.")
    expect(output.get_by_role("button")).to_have_count(0)
    expect(page.locator(".jp-CodeCell").nth(2)).to_contain_text("[ ]:")

    saved = jupyterlab.folder / "long.ipynb"
    with page.expect_response(lambda response: response.request.method == "PUT"):
        page.keyboard.press("Control+s")
    cell = json.loads(saved.read_text(encoding="utf-8"))["cells"][1]
    assert [one.get("data", one.get("traceback")) for one in cell["outputs"]] == [
        {},
        ["Measuring was stopped before its end; nothing was kept."],
    ]
