"""A flavor is four files: each key is checked with its line, and what they say reaches the plan and what is bought."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.errors import BadInput
from reelwright.planner.casting.cast import list_model_shots
from reelwright.planner.edits.edit import rematch
from reelwright.planner.flavors import PARTS, build_flavor, get_flavor, load_flavors, read_parts
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import Request
from reelwright.units import Micros

BRIEF = (
    '"Cold again?" A 30 second reel for "VoltCup", a travel mug. "Fill it at six." "Drink it at noon." '
    '"It closes with one hand." "No lid to lose on the train." "One button." 340 refills a year. '
    "Order at voltcup.example"
)
HERE = Path(get_flavor.__code__.co_filename).parent


def made(tmp_path: Path, **parts: str) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    pipeline = (HERE / "short" / "pipeline_params.yaml").read_text(encoding="utf-8")
    (folder / "pipeline_params.yaml").write_text(pipeline + parts.pop("pipeline_params", ""), encoding="utf-8")
    for part, text in parts.items():
        (folder / f"{part}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_package_brings_ads_default_and_example_beside_spot_and_short() -> None:
    assert list(load_flavors()) == ["ads", "default", "example", "short", "spot"]
    assert (load_flavors()["spot"].aspect, load_flavors()["short"].aspect) == ("16:9", "9:16")
    assert all((HERE / "example" / f"{part}.yaml").is_file() for part in PARTS)


@pytest.mark.parametrize(
    ("part", "text", "line"),
    [
        ("pipeline_params", "colour: red\n", "colour"),
        ("pipeline_params", "models: hailuo_fast\n", "models"),
        ("pipeline_params", "budget_usd: 1.5\n", "budget_usd"),
        ("pipeline_params", "models: [1]\n", "models"),
        ("scene_prompts", "style: a\nstil: b\n", "line 2: stil"),
        ("scene_prompts", "beats: {chorus: x}\n", "line 1: beats.chorus"),
        ("scene_prompts", "# a word\n\nnever: lens flare\n", "line 3: never"),
        ("image_prompts", "style: [a]\n", "line 1: style"),
        ("image_params", "steps: 3\nguidance: 3.5\n", "line 2: guidance"),
        ("scene_prompts", "a: &x 1\nb: *x\n", "line 1"),
    ],
)
def test_an_unknown_key_or_a_wrong_value_is_refused_with_its_line(
    tmp_path: Path, part: str, text: str, line: str
) -> None:
    with pytest.raises(BadInput, match=f"mine/{part}.yaml") as refused:
        read_parts(made(tmp_path, **{part: text}))
    assert line in f"{refused.value.field}: {refused.value.value}"


def test_a_key_that_is_needed_is_missed(tmp_path: Path) -> None:
    folder = made(tmp_path)
    text = (folder / "pipeline_params.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("look")]
    (folder / "pipeline_params.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadInput, match="look"):
        read_parts(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("look", "cubist"), ("tone", "grumpy"), ("continuity", "never"), ("aspect", "2:1"), ("captions", "loud"),
        ("length_ms", 0), ("fps", [30]), ("fps", [0, 1]),
    ],
)  # fmt: skip
def test_a_value_that_nobody_knows_is_refused(key: str, value: object) -> None:
    parts = read_parts(HERE / "short")
    with pytest.raises(BadInput, match=f"mine/pipeline_params.yaml: {key}"):
        build_flavor("mine", {**parts, "pipeline_params": {**parts["pipeline_params"], key: value}})


def own(tmp_path: Path, **parts: str) -> Brief:
    return Brief(text=BRIEF, flavor="mine", own_flavor=read_parts(made(tmp_path, **parts)))


def test_what_a_flavor_says_of_scenes_and_stills_is_asked_for(tmp_path: Path) -> None:
    brief = own(
        tmp_path,
        pipeline_params="models: [hailuo_fast]\nstills: flux-dev\n",
        scene_prompts="style: shot on 35mm film\nnever: [lens flare]\nbeats: {hook: from a low angle}\n",
        image_prompts="style: editorial photograph\nproduct: label towards the camera\n",
        image_params="num_inference_steps: 40\nunheard_of: 3\n",
    )
    shots = list_model_shots(plan(brief).plan)
    assert shots
    for shot in shots:
        still = shot.still
        assert isinstance(shot.source, Request) and shot.source.model == "hailuo-2.3-fast"
        if shot.opening.source == "previous":
            continue  # it goes on from the one before
        assert still and still.model == "flux-dev"
        assert "Style: shot on 35mm film." in shot.source.prompt and "Editorial photograph" in still.prompt
        assert dict(still.extra) == {"num_inference_steps": 40}
    assert "from a low angle" in shots[0].prompt and "lens flare" in shots[0].prompt
    assert any("label towards the camera" in shot.still.prompt for shot in shots if shot.still)


def test_an_edited_shot_stays_in_the_film_s_flavor(tmp_path: Path) -> None:
    brief = own(
        tmp_path,
        pipeline_params="models: [hailuo_fast]\nstills: flux-dev\n",
        scene_prompts="style: shot on 35mm film\nnever: [lens flare]\n",
        image_prompts="style: editorial photograph\n",
    )
    made = plan(brief).plan
    shot = list_model_shots(made)[0]
    after = next(s for s in rematch(made, shot.id, prompt="A red kite over dunes").shots if s.id == shot.id)
    assert isinstance(after.source, Request) and after.still
    assert (
        after.source.prompt.startswith("A red kite over dunes.") and "Style: shot on 35mm film." in after.source.prompt
    )
    assert "Editorial photograph" in after.still.prompt and "leave out: lens flare" in after.prompt
    other = rematch(made, shot.id, prompt="A red kite; style: pencil drawing")
    assert "35mm" not in next(s for s in other.shots if s.id == shot.id).prompt


def test_a_flag_comes_before_a_flavor_and_animatic_is_drawn_whatever_it_says(tmp_path: Path) -> None:
    from dataclasses import replace

    brief = own(tmp_path, pipeline_params="models: [hailuo_fast]\nstills: flux-dev\n")
    other = plan(replace(brief, models=("openrouter-kling-v3-std",))).plan
    assert {s.source.model for s in list_model_shots(other) if isinstance(s.source, Request)} == {
        "openrouter-kling-v3-std"
    }
    assert not list_model_shots(plan(replace(brief, models=("animatic",))).plan)


def test_a_flavor_s_budget_is_kept_where_no_other_is_given() -> None:
    from dataclasses import replace

    shorter = BRIEF.replace("30 second", "20 second")
    brief = Brief(text=shorter, flavor="default", models=("openrouter-veo-3.1-fast",))
    assert "To keep $1.50" in plan(brief).messages[-1]
    assert not any("To keep" in said for said in plan(replace(brief, max_price=Micros(50_000_000))).messages)


def test_a_short_of_thirty_seconds_costs_less_than_a_dollar_and_a_half_and_is_ready_in_eight_minutes() -> None:
    """Source: systems.md S3-14 and S3-15 with C-23: Hailuo 2.3 Fast by the catalogue's prices and latencies."""
    from reelwright.planner.casting.budget import price_plan
    from reelwright.reel.film.breakdown import build_graph
    from reelwright.studio.quotes.duration_estimates import compute_max_duration

    brief = Brief(text=BRIEF, flavor="default", models=("hailuo_fast",), stills="flux-dev", voice="eleven_v3:ana")
    film = plan(brief).plan
    graph = build_graph(film, "film")
    price = price_plan(film)
    assert film.seconds == 30 and price is not None and price <= 1_500_000
    assert compute_max_duration(graph, graph.steps, 2) < 480


@pytest.mark.parametrize("name", ["short", "spot"])
def test_flavors_without_words_of_their_own_leave_every_prompt_as_it_was(name: str) -> None:
    assert not any("style:" in shot.prompt for shot in plan(Brief(text=BRIEF, flavor=name)).plan.shots)
