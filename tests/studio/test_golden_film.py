"""The golden film, `make demo`'s brief with its two pictures, finished: its pacing and legibility have all points."""

from __future__ import annotations

from pathlib import Path

from reelwright import Studio
from reelwright.cli.demo import BRIEF
from reelwright.media.animatic.samples import draw_samples
from reelwright.planner.pacing import measure_pacing
from reelwright.settings import Settings


def test_the_golden_film_as_it_is_delivered_has_all_points(tmp_path: Path) -> None:
    pictures = draw_samples(tmp_path)
    with Studio(Settings(home=tmp_path / "home", hands=2)) as studio:
        made = studio.make(BRIEF, images=pictures, models=("animatic",), short_side=180, yes=True)
        assert made.state == "done", made.said
        found = measure_pacing(studio.plan_of("last").plan, failing=[f.check for f in made.findings if f.fails])
        assert found.points == 100, ([mark.said for mark in found.missed], made.findings)
        assert studio.plan_of("last").pacing == measure_pacing(studio.plan_of("last").plan)
