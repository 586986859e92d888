"""How the stages of a framework lie on the spine of milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.catalog.spine import TIME, VOICE, spine

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.stage import Stage


def covers(framework: Framework) -> tuple[tuple[str, ...], ...]:
    """Give the milestones that lie in each stage: its own, and those up to the next stage's.

    A framework without a stage for word of mouth does not cover it, nor one without a stage
    for early wins these; habit lies in buying again.

    Parameters
    ----------
    framework : Framework

    Returns
    -------
    tuple of tuple of str
        Keys of milestones for each stage.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> covers(framework("five"))[1:3]
    (('engaged', 'lead', 'educated', 'offered'), ('first_payment', 'wowed'))
    >>> covers(framework("seven"))[-2:]
    (('bought_again',), ('habitual',))
    """
    at = framework.by_milestone
    branches = {spine()[milestone].branch for milestone in at}
    found: list[list[str]] = [[] for _ in framework]
    for milestone in spine().values():
        if milestone.branch in {TIME, VOICE} - branches:
            continue
        passed = (milestone.key, *milestone.ancestors)
        stage = next((at[key] for key in passed if key in at), None)
        if stage is not None:
            found[stage].append(milestone.key)
    return tuple(map(tuple, found))


def next_stage(framework: Framework, milestone: str, toward: str) -> int | None:
    """Find the first stage whose people have all passed a milestone.

    Parameters
    ----------
    framework : Framework
    milestone : str
        Its key.
    toward : str
        Key of a later milestone: of two branches, that on the way to it goes first.

    Returns
    -------
    int or None
        Index of the stage; None if there is none.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> five, full = framework("five"), framework("full")
    >>> next_stage(five, "lead", "wowed"), next_stage(five, "promoter", "promoter")
    (2, None)
    >>> parted = full.drop("bought_again")
    >>> [parted.keys[next_stage(parted, "bought_again", end)] for end in ("habitual", "promoter")]
    ['habitual', 'advocate']
    """
    after = [own for own in framework.by_milestone if milestone in (own, *spine()[own].ancestors)]
    on_the_way = (own for own in after if own in (toward, *spine()[toward].ancestors))
    first = next(on_the_way, after[0] if after else None)
    return None if first is None else framework.by_milestone[first]


def before(framework: Framework, index: int) -> int | None:
    """Find the last stage with a milestone on the way to a stage.

    Parameters
    ----------
    framework : Framework
    index : int
        Of the stage, which may be the one looked for.

    Returns
    -------
    int or None
        Index of the stage found; None if there is none.
    """
    way = (index, *framework.before(index))
    return next((found for found in way if framework.stages[found].milestone), None)


def after(framework: Framework, index: int) -> int | None:
    """Find the first stage with a milestone on the way from a stage.

    Parameters
    ----------
    framework : Framework
    index : int
        Of the stage, which may be the one looked for.

    Returns
    -------
    int or None
        Index of the stage found; None if there is none.
    """
    passed = {index}
    for found, stage in enumerate(framework):
        if found in passed or framework.parents[found] in passed:
            if stage.milestone:
                return found
            passed.add(found)
    return None


def own_stage(framework: Framework, stage: Stage) -> int | None:
    """Find a stage without a milestone in a framework, by its key.

    Parameters
    ----------
    framework : Framework
    stage : Stage

    Returns
    -------
    int or None
        Its index; None if the stage has a milestone, or the framework no such stage without one.
    """
    if stage.milestone or stage.key not in framework or framework[stage.key].milestone:
        return None
    return framework.index(stage.key)
