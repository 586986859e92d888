"""A link that was typed by hand: what it may leave out, and how it is refused."""

from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.publishing.link import read_link
from cvjkit.widgets.changed import step_with
from cvjkit.widgets.refusal import sentence
from tests.widgets.hand import JOURNEYS

COFFEE = cvj.read_journey(JOURNEYS / "coffee_subscription.toml")


@pytest.mark.parametrize(
    ("typed", "framework", "path"),
    [
        ("in=eight&stages.conversion.rate=0.5", "eight", "stages.conversion.rate"),
        ("in=eight&stages.first_payment.rate=0.5", "full", "stages.first_payment.rate"),
        ("stages.conversion.rate=0.5", "five", "stages.conversion.rate"),
        (
            "in=nine&typed-in=nine&stages.close.rate=0.5",
            "nine",
            "stages.close.rate",
        ),
    ],
)
def test_a_link_that_names_no_framework_is_about_the_one_whose_stages_it_names(
    typed: str, framework: str, path: str
) -> None:
    assert COFFEE.framework.key == "full"
    step = step_with(COFFEE, read_link(f"journey=coffee&{typed}").changed)
    assert step.is_what_if
    assert step.typed is not None
    assert step.typed.framework.key == framework
    assert step.typed.get(path) == pytest.approx(0.5)


def test_a_link_that_is_refused_names_the_stage_as_the_page_does() -> None:
    for typed, said in (
        ("in=eight&stages.conversion.rate=2", "Conversion: 2 must be"),
        ("stages.first_payment.rate=2", "First payment: 2 must be"),
        ("in=eight&stages.convertion.rate=0.5", "Convertion: 'convertion' is not known; did you"),
    ):
        with pytest.raises(cvj.InputError) as error:
            step_with(COFFEE, read_link(f"journey=coffee&{typed}").changed)
        assert sentence(error.value, COFFEE).startswith(said)
