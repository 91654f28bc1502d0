"""One answer to how many points a month are lost now."""

from __future__ import annotations

from services.patients.pace import Pace, pace_of

LINE = {"slope_per_month": -1.5, "slope_low": -1.9, "slope_high": -1.1}
CHANGED = {"topic": "acceleration", "numbers": {"loss_now": 1.9, "loss_low": 1.2, "loss_high": 2.6}}


def test_it_is_the_line_unless_the_pace_may_have_changed() -> None:
    assert pace_of({"trajectory": LINE, "flags": []}) == Pace(1.5, 1.1, 1.9, changed=False)
    assert pace_of({"trajectory": LINE, "flags": [CHANGED]}) == Pace(1.9, 1.2, 2.6, changed=True)


def test_without_a_line_nothing_is_said() -> None:
    assert pace_of({}) is None
    assert pace_of({"trajectory": None, "flags": [{"topic": "silence", "numbers": {}}]}) is None
