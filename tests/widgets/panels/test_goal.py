from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

import cvjkit as cvj
from cvjkit.widgets.fields import Act
from cvjkit.widgets.panels.goal import goal_part
from tests.strategies import journeys, part_of_examples
from tests.widgets.panels.answered import PLAN, asked, fields, lines, texts


def test_a_goal_is_answered_in_people_in_one_rate_or_in_an_equal_lift() -> None:
    part = goal_part(asked(PLAN, goal_goal_target="150"))
    assert part.title == "What would it take?"
    people, rate, lift = part.notes[1:]
    # 150 / (0.2 x 0.05); and 0.3 x 0.05 or 0.2 x 0.075; and 1.5 ** (1 / 2).
    assert people.startswith("You need 15,000 people at Reach (")
    assert people.endswith("instead of 10,000,")
    assert "Acquisition at 30% instead of 20%" in rate
    assert "Conversion at 7.5% instead of 5%" in rate
    assert lift == "or every rate on the way × 1.22."
    assert part.notes[0] == "Customers now: 100."
    assert lines(part, "goal-plan") == {
        "Reach": "15,000",
        "Acquisition": "3,000",
        "Conversion": "150",
    }


def test_the_rate_that_needs_the_least_change_is_said_first() -> None:
    # A person costs 1 at Acquisition, a customer brings 15: 300 x 0.2 x 15 - 300 = 600 of profit.
    # 900 take 450 people at Acquisition, or 80 customers of the 300: 1.5 times a rate, or 1.33.
    plan = cvj.Journey.from_rates("five", 1000, [0.3, 0.2, 0.4, 0.1])
    plan = plan.with_stage("acquisition", unit_cost=1).with_offer("conversion", margin=15)
    part = goal_part(asked(plan, goal_goal_figure="profit", goal_goal_target="900"))
    assert "Conversion at 26.7% instead of 20%, or Acquisition at 45%" in " ".join(part.notes)


def test_until_a_goal_is_typed_it_is_a_quarter_better_than_without_the_what_if() -> None:
    part = goal_part(asked(PLAN))
    assert texts(part, "goal", "target") == {"goal": "130"}
    better = PLAN.scenario("x", {"stages.conversion.rate": 0.5})
    assert texts(goal_part(asked(better, PLAN)), "goal", "target") == {"goal": "130"}
    assert (
        goal_part(asked(better, PLAN)).notes[0].startswith("Customers now: 1,000: already reached.")
    )


def test_a_goal_that_is_reached_says_with_how_much_less_it_would_still_hold() -> None:
    part = goal_part(asked(PLAN, goal_goal_target="50"))
    assert part.notes[0] == "Customers now: 100: already reached. It would still hold with"
    assert part.notes[1].startswith("5,000 people at Reach (")
    assert part.notes[2] == (
        "or one lower rate: Acquisition at 10% instead of 20%, or Conversion at 2.5% instead of 5%,"
    )
    assert part.notes[3] == "or every rate on the way × 0.707."
    assert not any(article.id == "goal-rates" for article in part.articles)


def test_less_is_asked_of_what_should_be_low() -> None:
    part = goal_part(asked(PLAN, goal_goal_figure="cac"))
    target = fields(part, "goal", "target")["goal"]
    # It costs 1,000 to win 100: 10.00 each.
    assert (target.label, target.text) == ("At most", "7.5")
    assert any("Conversion at 6.7% instead of 5%" in note for note in part.notes)


def test_what_cannot_be_is_said_with_the_reason() -> None:
    part = goal_part(asked(PLAN, goal_goal_figure="loyalty", goal_goal_target="500"))
    told = lines(part, "goal-rates")
    assert told["Loyalty"] == "not alone: even at 100% it is 40"
    part = goal_part(asked(PLAN, goal_goal_figure="cac", goal_goal_target="0.01"))
    assert any(note.startswith("No number of people is enough:") for note in part.notes)


@pytest.mark.parametrize(
    ("text", "message"), [("x", "x"), ("-5", "Must be a number of people, more than 0")]
)
def test_what_is_no_goal_says_so_in_its_field(text: str, message: str) -> None:
    part = goal_part(asked(PLAN, goal_goal_target=text))
    target = fields(part, "goal", "target")["goal"]
    assert message in target.message
    assert target.text == text
    assert not part.notes


def test_no_goal_is_asked_for() -> None:
    part = goal_part(asked(PLAN, goal_goal_target=""))
    assert part.notes == ("Type what you want to reach.",)


@given(journeys(ways=True))
def test_whatever_the_journey_something_is_said(journey: cvj.Journey) -> None:
    part = goal_part(asked(journey))
    assert part.notes
    for figure in dict(fields(part, "goal", "figure")["goal"].choices):
        answered = goal_part(asked(journey, goal_goal_figure=figure))
        target = fields(answered, "goal", "target")["goal"]
        assert answered.notes
        assert not target.message


@part_of_examples(1 / 4)
@given(journeys(ways=True))
def test_every_way_that_is_offered_reaches_the_goal_when_it_is_tried(journey: cvj.Journey) -> None:
    wanted = goal_part(asked(journey))
    for figure in dict(fields(wanted, "goal", "figure")["goal"].choices):
        tried: list[dict[str, float]] = []
        about = replace(asked(journey, goal_goal_figure=figure), try_out=tried.append)
        offered = fields(goal_part(about), "goal", "try").get("goal")
        for way, words in offered.choices[1:] if offered else ():
            assert isinstance(offered.edit, Act)
            offered.edit.do(way)
            made = asked(journey.scenario("Tried", tried[-1]), journey, goal_goal_figure=figure)
            assert "already reached" in goal_part(made).notes[0], (figure, words)
