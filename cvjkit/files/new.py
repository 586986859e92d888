"""The file of a new journey: example numbers to type over, and comments that say what is what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tomlkit import item

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework

EXAMPLE_PEOPLE, EXAMPLE_RATE = 10_000, 0.4
# With the shares of the documents' own example.
FIVE_STEPS = (10_000, 2_000, 100, 40, 10)

TEMPLATE = """\
# A customer value journey: {framework}.
# Text after # is a comment. Remove the # from a line to use it; what you leave out is not
# known, which is not the same as 0. "cvjkit check" with this file's name lists what is wrong in it.

schema_version = 1
name = {name}
framework = "{key}"
illustrative = true # The numbers are examples. Write your own, then remove this line.
#description = "What it is about."
#currency = "EUR"
#intake_days = 30 # The time in which these people came in.
#fixed_cost = 500 # What the journey costs in that time, however many people come.

# Where people come from. Copy it, with its counts, for each channel that you count separately.
[[segments]]
name = "Everybody"
#channel = "Search ads"
#spend = 1000 # What the channel costs in that time.

# How many people were seen at each stage: whole numbers, each person once.
[segments.counts]
{counts}

# What a stage costs for each person who arrives, how long it takes to get there, and what is done
# there. Copy it for other stages.
#[stages.{paying}]
#unit_cost = 0.8
#delay_days = 3
#tactics = ["What you do to get people here"]

# What is sold, and what it leaves you. Copy it for other offers.
#[[offers]]
#stage = "{paying}"
#name = "First order"
#price = 40
#margin = 15

# Who brings in others: from which stage, and where the new people come in.
#[[referrals]]
#source = "{last}"
#target = "{second}"
#per_person = 0.5
"""


def example_counts(framework: Framework) -> list[int]:
    """Make up how many people are seen at each stage.

    Parameters
    ----------
    framework : Framework

    Returns
    -------
    list of int
        One for each stage [people].

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> example_counts(framework("five"))
    [10000, 2000, 100, 40, 10]
    """
    if framework.key == "five":
        return list(FIVE_STEPS)
    counts: list[int] = []
    for parent in framework.parents:
        counts.append(EXAMPLE_PEOPLE if parent is None else round(EXAMPLE_RATE * counts[parent]))
    return counts


def new_journey(name: str, framework: Framework) -> str:
    """Write the file of a new journey.

    Parameters
    ----------
    name : str
    framework : Framework
        A published one.

    Returns
    -------
    str
        TOML, with example numbers and comments. It can be read as it is, and with any of its
        commented lines in use.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> "reach = 10000 # Reach: " in new_journey("Shop", framework("five"))
    True
    """
    stages = framework.stages
    counts = [
        f"{stage.key} = {count} # {stage.name}: {stage.event}"
        for stage, count in zip(stages, example_counts(framework), strict=True)
    ]
    paying = next(stage for stage in stages if stage.milestone == "first_payment")
    return TEMPLATE.format(
        framework=framework.name,
        name=item(name).as_string(),
        key=framework.key,
        counts="\n".join(counts),
        paying=paying.key,
        second=stages[1].key,
        last=stages[-1].key,
    )
