from __future__ import annotations

import asyncio
from contextlib import nullcontext

import pytest

from cvjkit.widgets import later
from cvjkit.widgets.later import Later


@pytest.fixture
def in_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "get_ipython", object)
    monkeypatch.setattr(later, "PAUSE_SECONDS", 0.0)


def test_outside_of_jupyter_the_first_is_done_at_once_and_the_rest_when_asked_for() -> None:
    done: list[str] = []
    one = Later(nullcontext())

    def audit() -> None:
        done.append("audit")

    one.do([lambda: done.append("answer"), audit], [audit])
    assert done == ["audit"]
    one.finish()
    one.finish()
    assert done == ["audit", "answer"]


@pytest.mark.usefixtures("in_jupyter")
def test_the_newest_takes_the_place_of_what_still_waits() -> None:
    done: list[str] = []

    async def typed() -> None:
        one, ended = Later(nullcontext()), asyncio.Event()
        one.do([lambda: done.append("old"), lambda: done.append("old answer")])
        one.do([lambda: done.append("new"), lambda: done.append("new answer"), ended.set])
        await ended.wait()

    asyncio.run(typed())
    assert done == ["new", "new answer"]


@pytest.mark.usefixtures("in_jupyter")
def test_between_two_things_messages_are_answered_and_end_what_is_left() -> None:
    done: list[str] = []

    async def typed() -> None:
        one, ended = Later(nullcontext()), asyncio.Event()
        loop = asyncio.get_running_loop()

        def first() -> None:
            done.append("first")
            loop.call_soon(one.do, [lambda: done.append("newer"), ended.set])

        one.do([first, lambda: done.append("second"), lambda: done.append("third")])
        await ended.wait()

    asyncio.run(typed())
    assert done[0] == "first"
    assert done[-1] == "newer"
    assert "third" not in done
