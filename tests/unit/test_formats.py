"""Further formats of a film add steps of their own to its graph, and change no step that it has without them."""

from __future__ import annotations

from dataclasses import replace

from reelwright.reel.base.document import from_plain, from_public, to_plain, to_public
from reelwright.reel.film.breakdown import BED, FILM, MIX, build_graph
from reelwright.reel.film.formats import find_step_aspect
from reelwright.reel.film.plan import Format, Plan, Transition, list_aspects
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.request import Request
from reelwright.units import Frames
from studio.plans import plan, shot

WIDE, SQUARE = (320, 180), (180, 180)
VEO = Request(model="veo/3", mode="text_to_video", prompt="a fox", ms=4000, aspect="9:16")


def in_formats(*shapes: Format, filmed: bool = False) -> Plan:
    """A film of two shots with a dissolve; ``filmed``: an AI model makes the second."""
    dissolve = Transition(kind="dissolve", length=Frames(6))
    second = shot(2, source=VEO, text_mode="nothing") if filmed else shot(2)
    return replace(plan(shot(1, transition=dissolve), second), formats=shapes)


def list_new(made: Plan) -> list[str]:
    """The keys, without shots' ids, of what the formats add to the graph."""
    before = build_graph(replace(made, formats=()), "film")
    numbers = {one.id: f"s{n}" for n, one in enumerate(made.shots, 1)}
    found = [key for key in build_graph(made, "film").steps if key not in before.steps]
    return ["/".join(numbers.get(part, part) for part in key.split("/")) for key in found]  # type: ignore[call-overload]


def test_a_format_of_a_drawn_film_draws_cuts_and_joins_and_shares_the_sound() -> None:
    made = in_formats(Format(size=WIDE))
    alone, graph = build_graph(replace(made, formats=()), "film"), build_graph(made, "film")
    assert {key: graph.steps[key] for key in alone.steps} == dict(alone.steps), "no step of the film itself moves"
    assert list_new(made) == [
        "take/s1/16x9", "segment/s1/16x9", "take/s2/16x9", "segment/s1/into/16x9", "segment/s2/16x9", "film/film/16x9",
    ]  # fmt: skip
    assert graph.goal == (FILM, f"{FILM}/16x9")
    assert graph.steps[graph.goal[1]].needs[-1].of == MIX and BED in graph.steps
    drawn = next(step for key, step in graph.steps.items() if key.startswith("take/") and key.endswith("/16x9"))
    assert drawn.request and drawn.request.extra["size"] == list(WIDE) and drawn.request.aspect == "16:9"


def test_a_bought_take_serves_every_format_and_is_reframed_there() -> None:
    made = in_formats(Format(size=WIDE), Format(size=SQUARE), filmed=True)
    assert not any(key.startswith("take/s2") for key in list_new(made))
    graph = build_graph(made, "film")
    framed = {key for key, step in graph.steps.items() if "framing" in step.args}
    second = made.shots[1].id
    assert framed == {
        key for shape in ("16x9", "1x1")
        for key in (f"segment/{second}/{shape}", f"segment/{made.shots[0].id}/into/{shape}")
    }  # fmt: skip


def test_a_native_format_buys_its_own_take_where_the_model_sells_its_aspect() -> None:
    wide = Format(size=WIDE, is_native=True, model_aspects={"veo/3": "16:9"})
    square = Format(size=SQUARE, is_native=True, model_aspects={"veo/3": "9:16"})
    made = in_formats(wide, square, filmed=True)
    assert [key for key in list_new(made) if key.startswith("take/s2")] == ["take/s2/16x9"]
    graph = build_graph(made, "film")
    bought = [step.request.aspect for step in graph.steps.values() if step.request and step.request.model == "veo/3"]
    assert bought == ["9:16", "16:9"]


def test_a_shot_that_continues_a_drawn_one_is_not_bought_again_for_a_format() -> None:
    made = in_formats(Format(size=WIDE), filmed=True)
    first, second = made.shots
    continued = replace(VEO, mode="image_to_video", inputs=(build_last_frame(f"take/{first.id}"),))
    beat = replace(made.beats[1], shots=(replace(second, source=continued),))
    chained = replace(made, beats=(made.beats[0], beat))
    assert not any(key.startswith("take/s2") for key in list_new(chained))


def build_last_frame(key: str):  # type: ignore[no-untyped-def]
    from reelwright.reel.base.value import StepKey
    from reelwright.reel.graph.request import Input

    return Input(role="first_frame", of=StepKey(key), part="last_frame")


def test_a_plan_without_formats_is_written_as_before_and_one_with_them_comes_back() -> None:
    assert "formats" not in to_plain(plan()) and "formats" not in to_public(plan())
    made = in_formats(Format(size=WIDE, is_native=True, model_aspects={"veo/3": "16:9"}))
    assert from_plain(Plan, to_plain(made), "plan") == made == from_public(Plan, to_public(made), "plan")
    assert list_aspects(made) == ("9:16", "16:9")


def test_a_step_of_one_format_says_which() -> None:
    graph: Graph = build_graph(in_formats(Format(size=WIDE)), "film")
    assert {find_step_aspect(key) for key in graph.steps} == {"", "16:9"}
    assert find_step_aspect("segment/s1/into") == find_step_aspect("take/16x9") == ""
