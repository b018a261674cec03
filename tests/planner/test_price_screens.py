"""A plain line that tells an old price and the new one is staged as an offer, in which the new price is the largest."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.documents.read import read_script
from reelwright.planner.match import read_place
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.reel.film.brief import Brief
from reelwright.settings import Settings

HEAD = "---\naspect: 16:9\n---\nA bench.\n\n# Oak & Ash\n## Benches\n\n---\n\n"


@pytest.mark.parametrize(
    ("line", "beat"),
    [
        ("First check-up ~~£60~~ **£25**", "offer"),
        ("Ab ~~129 €~~ 98 € bis 31. Mai", "offer"),
        ("替え玉 ~~150円~~ 無料", "offer"),
        ("~~€25~~ €18 before midnight", "transformation"),
        ("It never goes cold. Was ~~€29~~ €19.", "plain"),
        ("No ~~drills~~ needles", "plain"),
        ("€25 a visit", "plain"),
        ("Mittagstisch ~~12,90~~ 9,90", "offer"),
        ("It took ~~3 days~~ 5 minutes", "plain"),
        ("We moved from ~~12 High St~~ 40 Mill Lane", "plain"),
        ("Team of ~~8~~ 12 people", "plain"),
    ],
)
def test_a_line_of_an_old_and_a_new_price_is_an_offer(line: str, beat: str, tmp_path: Path) -> None:
    text = f"{HEAD}{line}\n\n<!-- legal -->\nUntil sold out.\n\n[Order](https://oak.example)\n"
    with Studio(Settings(home=tmp_path)) as studio:
        plan = studio.plan(script=text, short_side=180).plan
    shot = next(shot for one in plan.beats for shot in one.shots if "Until sold out." in shot.words.values())
    staged = read_place(shot.source).beat
    assert (staged if staged in ("offer", "transformation") else "plain") == beat
    if beat == "offer":
        assert shot.words["terms"] == "Until sold out." and "~~" in shot.words["deal"]


def test_a_price_that_a_film_told_as_a_line_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    script = read_script(f"{HEAD}A bench ~~£60~~ **£25**\n\n<!-- legal -->\nUntil sold out.\n")
    options = FilmingOptions(
        brief=Brief(text="x"), name="bench.md", title="Oak", tone="neutral", language="en", files={}
    )
    with monkeypatch.context() as earlier:
        earlier.setattr("reelwright.planner.screens.roles.is_price_cut", lambda text: False)
        was = plan_script(script, options).plan
    again, fresh = plan_script(script, options, was).plan, plan_script(script, options).plan
    assert [shot.source for shot in again.shots] == [shot.source for shot in was.shots]
    assert [shot.source for shot in fresh.shots] != [shot.source for shot in was.shots]
