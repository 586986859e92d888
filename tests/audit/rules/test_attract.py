"""Rules of `cvjkit.audit.rules.attract`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

from tests.audit.rules.cases import Case, Change, RuleAndLineTests, five, own
from tests.designs import COUNTS, messages, tactics

FIRES = [
    Case(
        "A15",
        lambda j: messages(j, "lead", {"kind": "free_value", "times_a_week": 0}),
        "W",
        "no message gives them something of value for free",
        "lead",
    ),
    Case(
        "A15",
        lambda j: messages(j, "lead", {"kind": "webinar", "after_minutes": 60}),
        "W",
        "Leads hear nothing from you",
        "lead",
    ),
    Case(
        "A08",
        own(five().with_segment("Everyone", channel="Fair")),
        "W",
        "Who comes from Everyone",
        segment="Everyone",
    ),
    Case(
        "A08",
        lambda j: j.with_segment("Ads", channel=None, intent=None),
        "W",
        "Not written down: intent",
        segment="Ads",
    ),
    Case(
        "A09",
        own(five().with_segment("Everyone", channel="Fair", awareness="unaware")),
        "W",
        "Enter why people are there for Fair",
        segment="Everyone",
    ),
    Case(
        "A09",
        lambda j: j.with_segment("Ads", channel=None, why_there=None),
        "W",
        "Enter why people are there for Ads",
        segment="Ads",
    ),
    Case(
        "A08",
        lambda j: j.with_segment("Ads", avatar=None, intent=None),
        "W",
        "Not written down: avatar and intent",
        segment="Ads",
    ),
    Case(
        "A08",
        lambda j: j.with_segment("Ads", targeted=False),
        "W",
        "33.3% of the traffic is untargeted",
        numbers={"share": 1 / 3, "most": 0.2},
    ),
    Case(
        "A09",
        lambda j: j.with_segment("Ads", awareness=None),
        "W",
        "Enter the awareness level for Search",
        segment="Ads",
    ),
    Case(
        "A09",
        lambda j: j.with_segment("Clips", why_there=None),
        "W",
        "Enter why people are there for Instagram",
        segment="Clips",
    ),
    Case(
        "A10",
        lambda j: j.with_segment("Ads", content="entertaining"),
        "W",
        "Solution aware audiences need contrasting content: Ads gets entertaining",
        segment="Ads",
    ),
    Case(
        "A11",
        lambda j: j.with_segment("Clips", spend=2001),
        "I",
        "Social media should cost less than advertising, but costs more: EUR 0.10 against EUR 0.10",
        "aware",
        numbers={"social_media": 2001 / 20000, "advertising": 0.1},
    ),
    Case(
        "A12",
        lambda j: j.with_stage("intrigued", delay_days=1.1),
        "W",
        "Here it takes 1.1 days",
        "intrigued",
        numbers={"days": 1.1, "most": 1},
    ),
    Case("A12", lambda j: tactics(j, "intrigued"), "W", "Nothing makes people curious", "engaged"),
    Case(
        "A13",
        lambda j: tactics(j, "lead", {"name": "Guide", "kind": "lead_magnet"}),
        "W",
        "Enter what Guide promises, shows or solves",
        "lead",
    ),
    Case(
        "A14",
        lambda j: messages(tactics(j, "lead", "Request for contact details"), "lead"),
        "W",
        "nothing free comes before the first payment",
        "first_payment",
    ),
    Case("A15", lambda j: messages(j, "lead"), "W", "Leads hear nothing", "lead"),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A15", "a free event that recurs", lambda j: messages(j, "lead", {
        "kind": "webinar", "name": "Open kitchen", "times_a_week": 1}), "Open kitchen for leads"),
    ("A08", "little untargeted traffic", lambda j: j.with_segment(
        "Ads", targeted=False, counts=[c // 8 for c in COUNTS]), "11.1% of the traffic"),
    ("A11", "equal costs", lambda j: j.with_segment("Clips", spend=2000), "to advertising"),
    ("A12", "curious after a day", lambda j: j.with_stage("intrigued", delay_days=1),
        "What makes people curious: Intriguing headline"),
    ("A13", "an example", lambda j: tactics(j, "lead", {"name": "Guide", "kind": "lead_magnet",
        "example": "Mould under a rug"}), "Guide"),
]  # fmt: skip

NEEDS: list[tuple[str, Change, str]] = [
    ("A08", lambda j: j.with_segment("Ads", targeted=None), "whether Ads is targeted"),
    ("A10", lambda j: j.with_segment("Ads", content=None), "the content of Ads"),
    ("A11", lambda j: j.with_segment("Ads", spend=None), "the spend of Ads"),
    ("A11", lambda j: j.with_segment("Ads", channel_kind="other"), "a second kind of channel"),
    ("A12", lambda j: j.with_stage("intrigued", delay_days=None),
        "how many days it takes to get to Intrigued"),
    ("A12", lambda j: tactics(j, "intrigued", "A parrot"), "the kind of A parrot"),
    ("A14", lambda j: messages(tactics(j, "lead", "A parrot"), "lead"), "the kind of A parrot"),
]  # fmt: skip

STRICT: list[tuple[str, str, float, Change]] = [
    ("untargeted_share", "A08", 0.05, lambda j: j.with_segment(
        "Ads", targeted=False, counts=[c // 8 for c in COUNTS])),
    ("intrigue_days", "A12", 0.4, lambda j: j),
]  # fmt: skip


class TestAttract(RuleAndLineTests):
    pass
