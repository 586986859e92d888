"""The terminal of a dashboard: a line for each event, each traceback once, nothing forged."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient.exceptions import CellExecutionError
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from cvjkit.publishing.voila.log import LONGEST_LINE, MOST_KINDS, Lines, Once


class Terminal:
    """A log and what it has written."""

    def __init__(self) -> None:
        self.written = io.StringIO()
        handler = logging.StreamHandler(self.written)
        handler.addFilter(Once())
        handler.setFormatter(Lines())
        self.log = logging.getLogger(f"a dashboard {id(self)}")
        self.log.propagate = False
        self.log.handlers = [handler]

    def lines(self) -> list[str]:
        """What is written, without the time that each line begins with."""
        return [line[9:] for line in self.written.getvalue().split("\n")[:-1]]

    def fails(self, error: Exception, said: str = "Uncaught exception") -> None:
        try:
            raise error
        except type(error):
            self.log.exception(said)


def test_an_event_that_repeats_itself_is_written_once() -> None:
    terminal = Terminal()
    for number in range(7387):
        terminal.log.error("No such comm: %s", number)
        terminal.fails(ValueError(number))
    first, second = terminal.lines()
    assert first == "No such comm: 0"
    assert second.startswith("Uncaught exception: ValueError: 0 (test_log.py:")


def test_texts_of_several_lines_are_the_same_event_if_they_begin_alike() -> None:
    terminal = Terminal()
    for number in range(100):
        details = f"Not understood: {number}\nNot understood: {number}"
        terminal.log.error("Not understood: %s", number, extra={"details": details})
    for name in ("one.toml", r"C:\two.toml", r"C:\three.toml"):
        terminal.log.error("it is empty", extra={"details": f"{name}: 1 fault\nit is empty"})
    written = terminal.written.getvalue()
    assert written.count("\n  Not understood: ") == 2
    assert written.count("\n  it is empty") == 3


def test_after_a_while_it_is_written_again_and_how_often_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    for second in (0, 1, 2, 61):
        monkeypatch.setattr("time.monotonic", lambda second=second: float(second))
        terminal.log.error("failed", extra={"details": "Traceback\n  File x\nValueError"})
    assert terminal.lines()[-1] == "failed (again; 2 more in between)"
    assert terminal.written.getvalue().count("Traceback") == 1


@pytest.mark.parametrize("error", [StreamClosedError(), WebSocketClosedError()])
def test_browsers_that_are_gone_are_no_event(error: Exception) -> None:
    terminal = Terminal()
    terminal.fails(error)
    assert terminal.lines() == []


@given(st.text())
def test_whatever_a_visitor_sends_makes_one_line_without_control_characters(text: str) -> None:
    terminal = Terminal()
    terminal.log.error("No such comm: %s", text)
    (line,) = terminal.lines()
    assert line.isprintable()


def test_the_token_is_not_written() -> None:
    terminal = Terminal()
    terminal.fails(ValueError("x"), "Uncaught exception GET /?a=1&token=secret&b=2 (127.0.0.1)")
    (line,) = terminal.lines()
    assert "secret" not in line
    assert "&b=2" in line


def test_a_line_has_an_end() -> None:
    terminal = Terminal()
    terminal.log.error("x" * 10_000)
    (line,) = terminal.lines()
    assert len(line) <= LONGEST_LINE


def test_a_cell_that_fails_has_its_traceback_as_plain_text() -> None:
    terminal = Terminal()
    seen = "\x1b[31mCell In[1]\x1b[0m, line 1\n\x07\u202eZeroDivisionError: 1 / 0"
    terminal.fails(CellExecutionError(seen, "ZeroDivisionError", "1 / 0"))
    line, *below = terminal.written.getvalue().splitlines()
    assert line.endswith("A cell of a notebook failed: ZeroDivisionError: 1 / 0")
    assert below == ["  Cell In[1], line 1", "    ZeroDivisionError: 1 / 0"]


def test_what_is_remembered_of_events_is_bounded() -> None:
    once = Once()
    for number in range(2 * MOST_KINDS):
        once.filter(logging.makeLogRecord({"msg": f"event {number}"}))
    assert len(once._kinds) <= MOST_KINDS
