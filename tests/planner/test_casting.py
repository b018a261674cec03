"""Casting gives shots to AI models: at sold lengths, in few takes, each going on from the one before in its beat."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.models import get_sold_model, load_models
from reelwright.errors import BadInput
from reelwright.planner.casting.budget import price_plan
from reelwright.planner.casting.cast import DRAWN_BEATS, list_model_shots
from reelwright.planner.casting.recast import switch_model
from reelwright.planner.casting.wording import write_take_prompt
from reelwright.planner.counting import estimate_speech_seconds
from reelwright.planner.edits.carrying import list_lost_starts
from reelwright.planner.edits.edit import rematch
from reelwright.planner.plan_file.read import validate_plan
from reelwright.planner.prompts import parse_prompt
from reelwright.planner.rules import plan, plan_without_models
from reelwright.planner.tables import load_tones
from reelwright.reason import build_reason
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph, make_still_key, make_take_key
from reelwright.reel.film.brief import Brief, Material, Reference
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import OwnFootage, Plan, compute_take_length
from reelwright.reel.graph.request import Request
from reelwright.units import Frames, Micros, convert_frames_to_ms, convert_seconds_to_frames, format_usd

SHORT = (
    'A 20 second reel for "VoltCup", a travel mug. "Your coffee is cold. Again." "Fill it at six." '
    '"Drink it at noon." 340 refills a year. Order at voltcup.example'
)
AD = (
    'A 30-second calm advert for "Fenn", a desk lamp. "It never flickers." "It never hums." '
    '"It waits until you look up." "Read one more page." "Then one more." 2,000 lamps a year. Order at fenn.example'
)
FAST = (
    'An energetic 20 second reel for "VoltCup", a travel mug. "Cold. Again." "Fill it." "Close it." "Forget it." '
    '"Drink it at noon." 340 refills a year. Order at voltcup.example'
)
LONG = (
    'A 60-second film for "Ardo", an island hotel. "Twelve rooms." Breakfast until noon. A garden down to the sea. '
    '"Nobody asks what day it is." Book at ardo.example'
)
TOLD = (
    'An advert for "Fenn", a desk lamp. "It never flickers, and it never hums, and it waits until you look up again." '
    "2,000 lamps a year. Order at fenn.example"
)
SECONDS = {SHORT: 20, AD: 30, LONG: 60}
VIDEO = [
    row.id for row in load_models().values() if row.kind == "video" and row.lifecycle.stage in ("current", "preview")
]


def cast(text: str = SHORT, **asked: object) -> Plan:
    made = plan(Brief(text=text, **asked)).plan  # type: ignore[arg-type]
    return validate_plan(made, "plan")


def said(text: str = SHORT, **asked: object) -> str:
    return " ".join(plan(Brief(text=text, **asked)).messages)  # type: ignore[arg-type]


def request(shot: object) -> Request:
    source = shot.source  # type: ignore[attr-defined]
    assert isinstance(source, Request)
    return source


def test_a_shot_that_loses_its_picture_to_a_model_of_words_alone_says_so() -> None:
    made = cast(models=("hailuo-2.3-fast",), stills="flux-dev")
    shots = {shot.id: shot for shot in made.shots}
    first = list_model_shots(made)[0]
    words = get_sold_model("local-mochi-1")
    deaf = switch_model(made, first, words)
    changed = replace(
        made, beats=tuple(replace(b, shots=tuple(deaf if s == first else s for s in b.shots)) for b in made.beats)
    )
    number = [shot.id for shot in made.shots].index(first.id) + 1
    assert list_lost_starts(shots, changed) == (build_reason("edit_lost_opening", model=words.name, shot=number),)
    assert list_lost_starts(shots, made) == ()


@pytest.mark.sampled
@pytest.mark.parametrize("name", VIDEO)
@pytest.mark.parametrize("text", [SHORT, AD, LONG])
def test_every_model_that_is_sold_makes_every_film(name: str, text: str) -> None:
    made = cast(text, models=(name,), stills="flux-dev")
    shots = list_model_shots(made)
    assert shots and made.seconds == SECONDS[text]
    for shot in shots:
        check_request(request(shot))
        assert (request(shot).ms or 10**9) >= convert_frames_to_ms(compute_take_length(shot), made.fps)
    for step in build_graph(made, "film").steps.values():
        if step.request and step.request.model in load_models():
            check_request(step.request)


def test_beats_of_type_and_numbers_are_never_asked_of_a_model() -> None:
    made = cast(AD, models=("veo_fast",))
    drawn = {beat.name for beat in made.beats for shot in beat.shots if shot not in list_model_shots(made)}
    assert drawn == {beat.name for beat in made.beats if beat.name in DRAWN_BEATS}


def test_an_address_alone_stays_on_screen_where_a_model_films_the_rest() -> None:
    made = plan(
        Brief(text='"Tern". tern.example, we bake daily, shop@tern.example', models=("openrouter-veo-3.1-fast",))
    ).plan
    words = [shot.source.extra.get("words") for shot in made.shots if isinstance(shot.source, Request)]
    assert {"line": "shop@tern.example"} in words


def test_a_beat_is_one_take_with_its_words_where_they_stood() -> None:
    before, made = plan_without_models(Brief(text=FAST, models=("veo_fast",))).plan, cast(FAST, models=("veo_fast",))
    now = next(beat for beat in made.beats if len(beat.shots) == 1 and len(beat.shots[0].overlays) > 1)
    ids = [shot.id for shot in before.shots]
    first = ids.index(now.shots[0].id)
    was = before.shots[first : first + len(now.shots[0].overlays)]
    titles = [o for o in now.shots[0].overlays if o.kind == "title"]
    assert [dict(o.words) for o in titles] == [dict(s.words) for s in was]
    starts = [sum(s.length for s in was[:n]) for n in range(len(was))]
    assert [(o.start, o.length) for o in titles] == [(at, s.length) for at, s in zip(starts, was, strict=True)]


def test_a_beat_longer_than_any_take_becomes_takes_that_go_on_from_one_another() -> None:
    made = cast(AD, models=("wan-2.2-i2v-fast",), stills="flux-dev")
    beat = next(b for b in made.beats if len([s for s in b.shots if s in list_model_shots(made)]) > 1)
    first, second = beat.shots[:2]
    assert request(first).inputs[0].of == make_still_key(first.id) and first.opening.source == "storyboard"
    after = request(second).inputs[0]
    assert (after.of, after.part) == (make_take_key(first.id), "last_frame") and second.opening.source == "previous"
    assert second.still is None and "Goes on from the first frame" in request(second).prompt


@pytest.mark.parametrize("name", ["veo_fast", "kling-v2.5-turbo-pro", "wan-2.2-i2v-fast", "openrouter-wan-2.7"])
@pytest.mark.parametrize("text", [SHORT, AD, LONG])
def test_a_still_opens_a_beat_and_the_last_frame_every_other_take_of_it(name: str, text: str) -> None:
    made = cast(text, models=(name,), stills="flux-dev")
    for beat in made.beats:
        shots = [shot for shot in beat.shots if shot in list_model_shots(made)]
        assert [shot.opening.source for shot in shots] == ["storyboard", *["previous"] * (len(shots) - 1)][: len(shots)]


def test_loose_takes_need_nothing_of_one_another() -> None:
    made = cast(AD, models=("wan-2.2-i2v-fast",), stills="flux-dev", continuity="loose")
    assert all(i.of is None or i.of.startswith("still/") for s in list_model_shots(made) for i in request(s).inputs)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(20, 400), min_size=1, max_size=5), st.integers(60, 300), st.integers(0, 20))
def test_takes_of_a_beat_have_its_frames_and_none_is_too_long(lengths: list[int], most: int, over: int) -> None:
    from reelwright.planner.casting.cutting import join_shots
    from reelwright.reel.film.plan import Transition
    from studio.plans import shot

    shots = [shot(n, length) for n, length in enumerate(lengths, 1)]
    into = Transition(kind="dissolve", length=Frames(over)) if over else Transition()
    shots[-1] = replace(shots[-1], transition=into)
    sold = (most // 2, most)
    made = join_shots("hook", shots, sold, least=15)
    assert sum(one.length for one in made) == sum(lengths) and made[-1].transition == into
    assert all(one.length > 0 and compute_take_length(one) <= most for one in made)
    assert len({one.id for one in made}) == len(made)
    shown = sum(min(o.start + o.length, one.length) - max(0, o.start) for one in made for o in one.overlays)
    assert shown == sum(lengths)


def test_a_model_that_starts_from_a_picture_asks_for_one() -> None:
    with pytest.raises(BadInput, match=r"stills.*image model"):
        cast(models=("hailuo_fast",))


def test_own_clips_stay_and_a_photo_becomes_a_first_frame() -> None:
    clip = Material(asset=Digest("c" * 64), name="a.mp4", treatment="clip", width=1920, height=1080, ms=4000)
    photo = Material(asset=Digest("d" * 64), name="b.jpg", treatment="photo", width=1920, height=1080)
    made = cast(AD, models=("veo_fast",), materials=(clip, photo))
    assert [shot.source.asset for shot in made.shots if isinstance(shot.source, OwnFootage)] == [clip.asset]
    (moved,) = [
        s for s in made.shots if isinstance(s.source, Request) and photo.asset in [i.asset for i in s.source.inputs]
    ]
    assert moved in list_model_shots(made) and moved.opening.source == "image", "a model moves the photo"


def test_references_are_shown_to_a_model_that_takes_them_and_named_in_its_words() -> None:
    ana = Reference(name="Ana", role="person", asset=Digest("e" * 64))
    made = cast(AD, models=("vertex-veo-3.1",), references=(ana,), continuity="loose")
    for shot in list_model_shots(made):
        asked = request(shot)
        assert asked.mode == "reference_to_video" and asked.ms == 8000 and asked.aspect == "16:9"
        assert asked.extra["references"] == [{"role": "person", "name": "Ana"}] and "person Ana" in asked.prompt


def test_references_that_a_model_cannot_take_are_said_to_be_left_out() -> None:
    ana = Reference(name="Ana", role="person", asset=Digest("e" * 64))
    assert "takes no reference pictures" in said(AD, models=("veo_fast",), references=(ana,))


@pytest.mark.parametrize("more", [{}, {"music": "musicgen"}])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("references", (Reference(name="Ana", role="person", asset=Digest("e" * 64)),)),
        ("stills", "flux-dev"),
        ("resolution", "720p"),
        ("sound", False),
        ("continuity", "loose"),
    ],
)
def test_what_is_asked_of_takes_that_nobody_films_is_refused(field: str, value: object, more: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        cast(AD, **{field: value}, **more)  # type: ignore[arg-type]
    assert refused.value.field == field and "model" in refused.value.hint
    assert cast(AD, **more)


def test_a_still_shows_the_references_to_its_own_model() -> None:
    mug = Reference(name="VoltCup", role="product", asset=Digest("e" * 64))
    made = cast(models=("veo_fast",), stills="flux-dev", references=(mug,))
    still = list_model_shots(made)[0].still
    assert still and still.mode == "image_to_image" and still.inputs[0].asset == mug.asset
    assert request(list_model_shots(made)[0]).mode == "image_to_video"


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("model", {"models": ("nobody-1",)}),
        ("model", {"models": ("veo-3.0",)}),
        ("models", {"models": ("flux-dev",)}),
        ("stills", {"models": ("veo_fast",), "stills": "veo_fast"}),
        ("stills", {"models": ("veo_fast",), "stills": "nope"}),
        ("music", {"models": ("veo_fast",), "music": "nope"}),
        ("voice", {"models": ("veo_fast",), "voice": "eleven_v3"}),
        ("music", {"models": ("veo_fast",), "music": "flux-dev"}),
        ("resolution", {"models": ("veo_fast",), "resolution": "9000p"}),
        ("sound", {"models": ("hailuo",), "sound": True}),
        ("takes", {"models": ("veo_fast",), "takes": 4}),
    ],
)
def test_what_cannot_be_bought_is_refused_before_there_is_a_plan(field: str, asked: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        cast(**asked)
    assert refused.value.field == field


def test_a_retired_model_names_its_successor() -> None:
    with pytest.raises(BadInput, match="gemini-omni"):
        cast(models=("veo-3.1-generate-preview",))


# words


@pytest.mark.parametrize("name", VIDEO)
def test_a_prompt_says_what_happens_keeps_type_out_and_fits_its_model(name: str) -> None:
    row = get_sold_model(name)
    made = cast(AD, models=(name,), stills="flux-dev")
    for shot in list_model_shots(made):
        asked = request(shot)
        idea = parse_prompt(shot.prompt)
        assert idea.action.split(",")[0].lower() in asked.prompt.lower()
        assert len(asked.prompt.split()) <= 170 and len(asked.prompt) <= (row.prompt_most or 10_000)
        assert "readable text" not in asked.prompt and "leave out" not in asked.prompt
        kept_out = asked.extra.get("negative_prompt", "") + asked.prompt
        assert "captions" in kept_out or "unmarked" in kept_out
        assert ("negative_prompt" in asked.extra) == row.has_negative_prompt


@pytest.mark.parametrize("name", VIDEO)
def test_what_must_not_be_seen_reaches_the_model_or_the_person_is_told_that_it_cannot(name: str) -> None:
    made = plan(Brief(text=f"{SHORT}. Do not show lens flare, avoid rain.", models=(name,), stills="flux-dev"))
    told = " ".join(said for said in made.messages if "cannot be told what must not be seen" in said)
    for shot in list_model_shots(made.plan):
        asked = request(shot)
        kept_out = f"{asked.extra.get('negative_prompt', '')} {asked.prompt}"
        in_the_take = "lens flare" in kept_out and "rain" in kept_out
        assert in_the_take != (get_sold_model(name).name in told)
        assert not shot.still or "lens flare" not in shot.still.prompt
    stills = any(shot.still for shot in list_model_shots(made.plan))
    assert ("FLUX.1 dev" in told) == stills
    assert not told or "lens flare and rain may appear all the same" in told


def test_a_still_s_model_is_told_in_words_where_words_keep_a_thing_out() -> None:
    made = plan(Brief(text=f"{SHORT}. Avoid rain.", models=("veo_fast",), stills="gemini-3.1-flash-image"))
    stills = [shot.still.prompt for shot in list_model_shots(made.plan) if shot.still]
    assert stills and all(one.endswith("Nothing of this appears: rain.") for one in stills)
    assert not any("cannot be told" in said for said in made.messages)


def test_what_must_not_be_seen_is_never_what_a_long_prompt_loses() -> None:
    idea = replace(parse_prompt("; ".join(["A fox crosses a lake", f"style: {'quiet ' * 150}"])), exclusions=("rain",))
    assert (
        "Nothing of this appears: rain."
        in write_take_prompt(idea, get_sold_model("openrouter-kling-v3-std"), "nothing").prompt
    )


def test_where_a_brief_wants_nobody_a_model_that_takes_no_negatives_is_asked_for_a_deserted_place() -> None:
    made = plan(Brief(text=f"{SHORT}. No people, no text.", models=("hailuo_fast",), stills="flux-dev"))
    shots = list_model_shots(made.plan)
    asked = [request(s).prompt for s in shots] + [s.still.prompt for s in shots if s.still]
    assert asked and all("deserted" in one for one in asked) and not any("cannot be told" in s for s in made.messages)


def test_where_a_brief_wants_nobody_nobody_is_asked_for() -> None:
    made = cast(f"{SHORT}. No people.", models=("veo_fast",), stills="flux-dev")
    asked = [text for s in list_model_shots(made) for text in (request(s).prompt, s.still.prompt if s.still else "")]
    assert asked and not [one for one in asked if re.search(r"\b(adult|person|hands?|rider|both)\b", one)], asked
    peopled = list_model_shots(cast("A rider in a linen apron leans into the rain", models=("veo_fast",)))
    assert any("linen apron" in request(s).prompt for s in peopled), "whom the brief names is there"


def test_a_prompt_of_ones_own_is_left_as_it_was_said() -> None:
    words = write_take_prompt(
        parse_prompt("A fox crosses a frozen lake; it stops once"), get_sold_model("veo_fast"), "nothing"
    )
    assert words.prompt.startswith("A fox crosses a frozen lake; it stops once.")


def test_with_a_first_frame_only_motion_is_told() -> None:
    text = parse_prompt(list_model_shots(cast(models=("veo_fast",)))[0].prompt)
    shown = write_take_prompt(text, get_sold_model("hailuo_fast"), "picture").prompt
    assert shown.startswith("[Push in] ") and "mm lens" not in shown and "Light:" not in shown


def test_a_shot_s_slots_survive_being_written_down() -> None:
    for shot in plan(Brief(text=AD)).plan.shots:
        assert parse_prompt(shot.prompt).to_text() == shot.prompt


# changes


def test_an_edit_of_words_leaves_the_take_as_it_is() -> None:
    made = cast(FAST, models=("veo_fast",))
    shot = next(s for s in list_model_shots(made) if len([o for o in s.overlays if o.kind == "title"]) > 1)
    after = next(s for s in rematch(made, shot.id, words={"line": "Never again"}).shots if s.id == shot.id)
    assert after.source == shot.source
    was, now = ([o.words.get("line") for o in s.overlays if o.kind == "title"] for s in (shot, after))
    assert now == ["Never again", *was[1:]]


def test_an_edit_of_length_within_what_was_bought_leaves_the_take_as_it_is() -> None:
    made = cast(models=("veo_fast",))
    shot = list_model_shots(made)[0]
    longer = next(s for s in rematch(made, shot.id, length=Frames(118)).shots if s.id == shot.id)
    assert longer.source == shot.source
    too_long = next(s for s in rematch(made, shot.id, length=Frames(130)).shots if s.id == shot.id)
    assert request(too_long).ms == 6000 and request(too_long).prompt == request(shot).prompt


def test_an_edit_of_the_prompt_asks_for_another_take_of_the_same_kind() -> None:
    made = cast(models=("veo_fast",), stills="flux-dev")
    shot = list_model_shots(made)[0]
    after = next(s for s in rematch(made, shot.id, prompt="A red kite over dunes").shots if s.id == shot.id)
    assert request(after).prompt.startswith("A red kite over dunes.") and request(after).inputs == request(shot).inputs
    assert after.still and after.still.prompt.startswith("A red kite over dunes.")


def test_an_edit_of_the_prompt_still_says_who_the_reference_pictures_show() -> None:
    ana = Reference(name="Ana", role="person", asset=Digest("e" * 64))
    for asked in (
        {"models": ("vertex-veo-3.1",), "continuity": "loose"},
        {"models": ("veo_fast",), "stills": "flux-dev"},
    ):
        made = cast(AD, references=(ana,), **asked)
        shot = list_model_shots(made)[0]
        after = next(s for s in rematch(made, shot.id, prompt="A red kite over dunes").shots if s.id == shot.id)
        shown = after.still or request(after)
        assert shown.prompt.startswith("A red kite") and "image 1 is the person Ana" in shown.prompt


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_a_film_of_so_many_beats_has_a_still_for_each_and_reads_their_starts_as_they_stand(count: int) -> None:
    """Source: systems.md S2-08, S2-56 and S2-57. The first beats are longer than the others."""
    from reelwright.planner.casting.budget import cast_within_budget
    from studio.plans import plan as drawn_plan
    from studio.plans import shot as drawn_shot

    before = drawn_plan(*(drawn_shot(n, 40 + 17 * (n % 3)) for n in range(1, count + 1)))
    asked = Brief(text="x", models=("hailuo_fast",), stills="flux-dev")
    made = cast_within_budget(before, asked).plan
    assert [shot.opening.source for shot in made.shots] == ["storyboard"] * count
    assert [(b.start, b.length) for b in made.beats] == [(b.start, b.length) for b in before.beats]
    assert len([k for k in build_graph(made, "storyboard").goal if k.startswith("still/")]) == count


# voices


def test_takes_wait_for_the_words_that_decide_their_price_and_for_no_others() -> None:
    films = [cast(text, models=("openrouter-kling-v3-std",), voice="eleven_v3:Ana") for text in (TOLD, SHORT)]
    made = next(
        film
        for film in films
        if 0 < len([s for s in list_model_shots(film) if s.length_needs_voice]) < len(list_model_shots(film))
    )
    graph = build_graph(made, "film")
    for shot in list_model_shots(made):
        assert bool(graph.steps[make_take_key(shot.id)].after) == shot.length_needs_voice
    assert graph.steps["bed/film"].after  # type: ignore[index]
    assert all(line.request and line.request.extra["voice"] == "Ana" for _, line in made.list_lines())


def test_once_the_lines_are_spoken_nothing_waits_and_no_take_costs_more() -> None:
    from reelwright.planner.edits.edit import rebuild_requests

    made = cast(TOLD, models=("openrouter-kling-v3-std",), voice="eleven_v3:Ana")
    pace = load_tones()[made.tone].pace
    seconds = {line.id: estimate_speech_seconds(line.text, made.language, pace) for _, line in made.list_lines()}
    spoken = {line: convert_seconds_to_frames(said, made.fps) for line, said in seconds.items()}
    after = rebuild_requests(fit(made, spoken))
    assert any(shot.length_needs_voice for shot in made.shots) and not any(
        shot.length_needs_voice for shot in after.shots
    )
    assert not build_graph(after, "film").steps["bed/film"].after  # type: ignore[index]
    assert (price_plan(after) or 0) <= (price_plan(made) or 0)
    kept = [s for s in list_model_shots(made) if not s.length_needs_voice]
    assert all(request(s) == request(next(a for a in after.shots if a.id == s.id)) for s in kept)


# budgets


def test_a_budget_is_kept_by_giving_up_a_little() -> None:
    whole = price_plan(cast(AD, models=("veo_fast",)))
    assert whole
    brief = Brief(text=AD, models=("veo_fast",), max_price=Micros(whole - 400_000))
    made = plan(brief)
    price = price_plan(made.plan)
    assert price is not None and price <= whole - 400_000
    assert (
        f"To keep ${format_usd(whole - 400_000)}" in " ".join(made.messages)
        and "drawn, not filmed: brand" in made.messages[-1]
    )


def test_a_cheaper_model_is_taken_where_it_is_named() -> None:
    dear, cheap = "openrouter-veo-3.1", "openrouter-veo-3.1-lite"
    made = plan(Brief(text=AD, models=(dear, cheap), max_price=price_plan(cast(AD, models=(cheap,)))))
    assert {request(s).model for s in list_model_shots(made.plan)} == {cheap} and "made by" in made.messages[-1]


def test_a_budget_that_cannot_be_kept_is_said_with_both_prices() -> None:
    made = plan(Brief(text=AD, models=("veo_fast",), max_price=Micros(1)))
    assert (
        all(price in made.messages[-1] for price in ("$2.60", "$0.40"))
        and made.plan.beats == cast(AD, models=("veo_fast",)).beats
    )


@pytest.mark.parametrize(
    "other", ["It never hums.", "Nobody hurries.", "Quiet nights.", "One page more.", "Lights out."]
)
def test_a_budget_can_be_kept_whatever_the_words_are(other: str) -> None:
    """How plain words are staged follows from chance: which of them are drawn to save money must not."""
    text = f'For "Fenn", a desk lamp. "{other}" Order at fenn.example'
    whole = price_plan(cast(text, models=("veo_fast",)))
    assert whole
    made = plan(Brief(text=text, models=("veo_fast",), max_price=Micros(whole * 2 // 3)))
    assert (price_plan(made.plan) or 0) <= whole * 2 // 3, made.messages
