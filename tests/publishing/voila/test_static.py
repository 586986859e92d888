"""The files of a page: what a script loads before it does anything is sent with it."""

from __future__ import annotations

from pathlib import Path

from cvjkit.publishing.voila.static import content

MAIN = 'Promise.all([r.e(12),r.e(7),r.e(12)]).then(r.bind(r,5));r.e("9");r.e(40)'


def test_a_script_is_sent_behind_those_that_it_loads_each_once_and_by_itself(
    tmp_path: Path,
) -> None:
    main = tmp_path / "page.js"
    main.write_text(MAIN)
    (tmp_path / "7.page.js").write_text('"use strict";push(7) // the last line')
    (tmp_path / "12.page.js").write_text("push(12)")
    for other in ("9.page.js", "12.other.js", "page.css", "7.page.css"):
        (tmp_path / other).write_text("r.e(7)")
    sent = content(main).decode()
    # What is strict stays so, and alone.
    assert sent == (
        '(() => {push(12)\n})();\n(() => {"use strict";push(7) // the last line\n})();\n' + MAIN
    )
    assert content(tmp_path / "page.css") == b"r.e(7)"
    assert content(tmp_path / "12.other.js") == b"r.e(7)", "it names none that is there"
