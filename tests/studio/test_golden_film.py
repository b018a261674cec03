"""The golden film, the script that `make demo` films, finished: its pacing and legibility keep their points."""

from __future__ import annotations

from pathlib import Path

from reelwright import Studio
from reelwright.planner.pacing import measure_pacing
from reelwright.settings import Settings
from reelwright.studio.scripts.example import copy_example

REAL_HANDS = True

POINTS = 91
"""As they are. A change that raises them raises them here; one that lowers them makes a worse film."""


def test_the_golden_film_as_it_is_delivered_keeps_its_points(tmp_path: Path) -> None:
    script = copy_example(tmp_path / "demo")
    with Studio(Settings(home=tmp_path / "home", hands=2)) as studio:
        made = studio.make(script=script, models=("animatic",), short_side=180)
        assert made.state == "done" and not [one for one in made.findings if one.is_fault], made.message
        found = measure_pacing(
            studio.read_plan("last").plan, failing_checks=[f.check for f in made.findings if f.is_fault]
        )
        assert found.points >= POINTS, ([mark.message for mark in found.missed_marks], made.findings)
        assert studio.read_plan("last").pacing == measure_pacing(studio.read_plan("last").plan)
