"""Plans that people write: read strictly, written back whole."""

from __future__ import annotations

import json

import pytest
import yaml

from planner.briefs import BRIEFS, WORKED
from reelwright.errors import BadInput
from reelwright.planner.plan_file.read import read_plan
from reelwright.planner.rules import plan
from reelwright.reel.base.document import to_plain, to_public
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.film.plan import OwnFootage

SHORT = """
title: VoltCup
aspect: "9:16"
beats:
  - beat: hook
    shots:
      - seconds: 2.5
        words: Tired of cold coffee?
        say: Tired of cold coffee?
  - beat: demo
    shots:
      - {seconds: 2, picture: mug.jpg, move: pull, transition: push}
      - {seconds: 3, clip: pour.mp4, start: 1.5, sound: duck}
  - beat: end_card
    shots:
      - seconds: 3
        words: {name: VoltCup, url: voltcup.example}
"""
MUG = Material(asset=Digest("a" * 64), name="mug.jpg", treatment="photo", width=1200, height=900)
POUR = Material(asset=Digest("b" * 64), name="pour.mp4", treatment="clip", width=640, height=360, ms=6000)


def test_a_short_plan_has_what_was_written_and_the_rest_follows() -> None:
    made = read_plan(SHORT, "plan.yaml", (MUG, POUR))
    assert [beat.name for beat in made.beats] == ["hook", "demo", "end_card"]
    assert [shot.length for shot in made.shots] == [75, 60, 90, 90]
    assert made.size == (1080, 1920)
    assert made.shots[0].words == {"line": "Tired of cold coffee?"}
    assert made.beats[0].lines[0].text == "Tired of cold coffee?"
    picture, clip = made.shots[1], made.shots[2]
    assert not isinstance(picture.source, OwnFootage)
    assert (picture.source.mode, picture.source.extra["move"], picture.source.extra["frames"]) == (
        "picture",
        "pull",
        70,
    )
    assert clip.source == OwnFootage(asset=POUR.asset, start=45)
    assert clip.sound == "duck"
    assert made.bed
    assert made.bed.request.extra["button_ms"] == 7500
    assert read_plan(SHORT, "plan.yaml", (MUG, POUR)) == made


@pytest.mark.parametrize("models", [(), ("kling",)])
def test_s2_57_a_gap_between_beats_is_kept_and_the_shot_before_it_stands_on(models: tuple[str, ...]) -> None:
    made = plan(Brief(text="A 15 second ad for “Fenn”, a desk lamp. Order at fenn.example", models=models)).plan
    document = to_plain(made)
    starts = [beat["start"] + 12 * n for n, beat in enumerate(document["beats"])]
    for beat, start in zip(document["beats"], starts, strict=True):
        beat["start"] = start
    read = read_plan(json.dumps(document), "plan.json")
    assert len(read.beats) > 1 and [beat.start for beat in read.beats] == starts
    windows = read.compute_windows()
    assert [windows[beat.shots[0].id][0] for beat in read.beats] == starts, "the mapping uses the start as given"
    assert [b.length - a.length for a, b in zip(made.shots, read.shots, strict=True)].count(12) == len(starts) - 1
    assert read_plan(json.dumps(to_plain(read)), "plan.json") == read, "consistent: no gap is left"
    document["beats"][1]["start"] -= 20
    with pytest.raises(BadInput, match="start"):
        read_plan(json.dumps(document), "plan.json")


@pytest.mark.parametrize("name", BRIEFS)
def test_a_written_plan_is_read_back_the_same(name: str) -> None:
    made = plan(Brief(text=BRIEFS[name])).plan
    public = json.loads(json.dumps(to_public(made)))
    assert read_plan(yaml.safe_dump(public, allow_unicode=True, sort_keys=False), "plan.yaml") == made
    assert read_plan(json.dumps(to_plain(made)), "plan.json") == made


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("seconds: 2.5", "seconds: 0", "beats.0.shots.0.seconds"),
        ("seconds: 2.5", "seconds: -1", "beats.0.shots.0.seconds"),
        ("seconds: 2.5", "seconds: .nan", "beats.0.shots.0.seconds"),
        ("seconds: 2.5", "seconds: .inf", "beats.0.shots.0.seconds"),
        ("seconds: 2.5", "seconds: 36000", "beats.0.shots.0.seconds"),
        ("seconds: 2.5", "seconds: two", "beats.0.shots.0.seconds"),
        ("seconds: 2.5", "duration: 2", "beats.0.shots.0.duration"),
        ("title: VoltCup", "title: 12", "title"),
        ("title: VoltCup", "title: no", "title"),
        ("title: VoltCup", "title: 2026-01-01", "title"),
        ("title: VoltCup", "titel: VoltCup", "titel"),
        ("title: VoltCup", "title: &a VoltCup", "line 2"),
        ("title: VoltCup", "title: !!python/name:os.system", "plan.yaml"),
        ("title: VoltCup", "title: A\ntitle: B", "line 3"),
        ('aspect: "9:16"', "aspect: 9.16", "aspect"),
        ('aspect: "9:16"', 'aspect: "2:1"', "aspect"),
        ("beat: hook", "beat: intro", "beats.0.beat"),
        ("mug.jpg", "cup.jpg", "beats.1.shots.0.picture"),
        ("move: pull", "move: spin", "beats.1.shots.0.move"),
        ("transition: push", "transition: star", "beats.1.shots.0.transition"),
        ("transition: push", "transition: push, into: wipe", "beats.1.shots.0.into"),
        ("transition: push", "transition: push, transition_s: 1.9", "transition.length"),
        ("start: 1.5", "start: 3.5", "beats.1.shots.1.seconds"),
        ("name: VoltCup, url", "logo: VoltCup, url", "words.logo"),
        ("      - seconds: 3\n        words: {name: VoltCup, url: voltcup.example}", "      []", "beats.2.shots"),
    ],
)
def test_a_wrong_short_plan_is_refused_by_path(old: str, new: str, where: str) -> None:
    assert old in SHORT
    with pytest.raises(BadInput) as refused:
        read_plan(SHORT.replace(old, new, 1), "plan.yaml", (MUG, POUR))
    assert where in f"{refused.value.field}.{refused.value.value}"
    assert refused.value.accepted


@pytest.mark.parametrize("text", ["", "- 1", "just words", "{", "[" * 2000, "a: b: c", "\x00", "{a: &x 1, b: *x}"])
def test_what_is_no_plan_at_all_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_plan(text, "plan.yaml")
    assert refused.value.field.startswith("plan.yaml")


def full() -> dict[str, object]:
    plain = to_plain(plan(Brief(text=WORKED["A"])).plan)
    assert isinstance(plain, dict)
    return plain


def broken(change: str) -> str:
    """The full form of a good plan with one thing wrong."""
    document = json.loads(json.dumps(full()))
    beats = document["beats"]
    shot = beats[0]["shots"][0]
    match change:
        case "unknown key":
            shot["colour"] = "red"
        case "missing id":
            del shot["id"]
        case "empty id":
            shot["id"] = " "
        case "double id":
            beats[1]["shots"][0]["id"] = shot["id"]
        case "wrong type":
            shot["length"] = "94"
        case "float":
            shot["length"] = 94.5
        case "sum":
            beats[0]["length"] += 1
        case "start":
            beats[1]["start"] -= 1
        case "take too short":
            shot["source"]["extra"]["frames"] -= 1
        case "transition":
            shot["transition"] = {"kind": "dissolve", "length": 900}
        case "cycle":
            other = beats[1]["shots"][0]
            shot["source"]["inputs"] = [{"role": "first_frame", "of": f"take/{other['id']}", "part": "last_frame"}]
            other["source"]["inputs"] = [{"role": "first_frame", "of": f"take/{shot['id']}", "part": "last_frame"}]
        case "dangling":
            shot["source"]["inputs"] = [{"role": "first_frame", "of": "take/shot_nobody", "part": "last_frame"}]
        case "two sources":
            shot["source"]["inputs"] = [{"role": "first_frame", "of": "take/x", "asset": "y"}]
        case "schema":
            document["schema"] = 99
    return yaml.safe_dump(document, allow_unicode=True)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("unknown key", "beats.0.shots.0.colour"),
        ("missing id", "beats.0.shots.0.id"),
        ("empty id", "beats.0.shots.0.id"),
        ("double id", "beats.1.shots.0.id"),
        ("wrong type", "beats.0.shots.0.length"),
        ("float", "beats.0.shots.0.length"),
        ("sum", "beats.0.length"),
        ("start", "beats.1.start"),
        ("take too short", "beats.0.shots.0.source.extra.frames"),
        ("transition", "beats.0.shots.0.transition.length"),
        ("cycle", "beats"),
        ("dangling", "beats"),
        ("two sources", "beats.0.shots.0.source"),
        ("schema", "schema"),
    ],
)
def test_a_wrong_full_plan_is_refused_by_path(change: str, where: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_plan(broken(change), "film.yaml")
    assert f"{refused.value.field}.{refused.value.value}".startswith(f"film.yaml.{where}")
