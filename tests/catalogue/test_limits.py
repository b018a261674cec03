"""What a model does not take is refused before anything is quoted or sent, naming field, value and what is accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.asking import inputs, video
from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model, is_retired, load_models
from reelwright.catalogue.price import compute_price
from reelwright.errors import BadInput
from reelwright.reel.graph.request import Request

TODAY = date(2026, 11, 20)
STANDARD, FAST = "vertex-veo-3.1", "vertex-veo-3.1-fast"


def refused(request: Request) -> BadInput:
    with pytest.raises(BadInput) as caught:
        check_request(request, TODAY)
    return caught.value


@pytest.mark.parametrize("model", [STANDARD, FAST])
@pytest.mark.parametrize("seconds", [4, 6, 8])
def test_a_last_frame_needs_8_seconds_on_both_veo_models(model: str, seconds: int) -> None:
    request = video(model, "first_last_frame", seconds, "first_frame", "last_frame", aspect="16:9")
    if seconds == 8:
        check_request(request, TODAY)
    else:
        error = refused(request)
        assert (error.field, error.value) == ("seconds", str(seconds)) and "8 (with a last frame" in error.accepted


@pytest.mark.parametrize("model", [STANDARD, FAST])
@pytest.mark.parametrize("seconds", [4, 6, 8])
@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_references_need_8_seconds_and_16_9_and_standard(model: str, seconds: int, aspect: str) -> None:
    request = video(model, "reference_to_video", seconds, "reference", "reference", aspect=aspect)
    if (model, seconds, aspect) == (STANDARD, 8, "16:9"):
        check_request(request, TODAY)
    else:
        wrong = "mode" if model == FAST else "seconds" if seconds != 8 else "aspect"
        assert refused(request).field == wrong


def test_references_and_frames_are_not_taken_together() -> None:
    request = video(STANDARD, "reference_to_video", 8, "reference", "first_frame", aspect="16:9")
    assert "not taken together" in refused(request).accepted


def test_a_negative_prompt_that_would_be_dropped_is_refused_and_models_that_take_one_are_named() -> None:
    with pytest.raises(BadInput, match=r"'rain' is not accepted; accepted: for Hailuo 2\.3: none, for the model") as no:
        check_request(video("hailuo-2.3", seconds=6, resolution="768p", extra={"negative_prompt": "rain"}))
    assert no.value.field == "negative_prompt" and "say in the prompt what is seen instead" in no.value.hint
    named = no.value.hint.partition("these take one: ")[2].split(", ")
    assert named and all(
        get_sold_model(one).has_negative_prompt and get_sold_model(one).provider == "replicate" for one in named
    )


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (video("hailuo-2.3-fast", "text_to_video", 6), "mode"),
        (video("hailuo-2.3-fast", "image_to_video", 6), "inputs"),
        (video("hailuo-2.3-fast", "image_to_video", 5, "first_frame"), "seconds"),
        (video("hailuo-2.3-fast", "image_to_video", 10, "first_frame", resolution="1080p"), "seconds"),
        (video("hailuo-2.3-fast", "image_to_video", 6, "first_frame", extra={"num_frames": 120}), "num_frames"),
        (video("hailuo-2.3-fast", "image_to_video", 6, "first_frame", seed=3), "seed"),
        (video("kling-v2.1", "first_last_frame", 5, "first_frame", "last_frame", resolution="720p"), "resolution"),
        (video(STANDARD, seconds=8, samples=5), "samples"),
        (video(STANDARD, seconds=8, samples=0), "samples"),
        (video(STANDARD, seconds=8, seed=2**32), "seed"),
        (video(STANDARD, seconds=8, seed=-1), "seed"),
        (video(STANDARD, seconds=None), "seconds"),
        (video(STANDARD, seconds=6, resolution="4k"), "seconds"),
        (video(STANDARD, seconds=8, aspect="1:1"), "aspect"),
        (video(STANDARD, seconds=8, resolution="480p"), "resolution"),
        (video(STANDARD, "image_to_video", 8, "first_frame", "first_frame"), "inputs"),
        (video(STANDARD, "reference_to_video", 8, *["reference"] * 4, aspect="16:9"), "references"),
        (video("gemini-omni-1.2-flash", seconds=8, extra={"negative_prompt": "blurry"}), "negative_prompt"),
        (video("gemini-omni-1.2-flash", seconds=8, sound=False), "sound"),
        (video("hailuo-2.3", seconds=6, sound=True), "sound"),
        (video(STANDARD, seconds=8, extra={"person_generation": "everyone"}), "person_generation"),
        (video("openrouter-kling-v3-std", seconds=5, extra={"cfg_scale": 5}), "cfg_scale"),
        (replace(video("openrouter-kling-v3-std", seconds=5), prompt="x" * 2501), "prompt"),
        (replace(video(STANDARD, seconds=8), prompt="  "), "prompt"),
        (Request(model="flux-dev", mode="text_to_image", prompt="a fox", aspect="16:10"), "aspect"),
        (Request(model="flux-dev", mode="image_to_image", prompt="a fox"), "inputs"),
        (Request(model="flux-dev", mode="text_to_image", prompt="a fox", ms=4000), "ms"),
        (Request(model="eleven_multilingual_v2", mode="speech", prompt="hi", extra={"language": "de"}), "language"),
        (Request(model="eleven_multilingual_v2", mode="speech", prompt="h" * 10_001), "prompt"),
        (Request(model="gpt-6-luna", mode="plan", prompt="plan", extra={"max_tokens": 0}), "max_tokens"),
        (Request(model="eleven-music", mode="music", prompt="calm", ms=2_000), "seconds"),
        (Request(model="eleven-music", mode="music", prompt="calm", ms=29_700), "seconds"),
        (Request(model="eleven_v4", mode="speech", prompt="hi", aspect="16:9"), "aspect"),
        (replace(video(STANDARD, seconds=8), ms=8_000.0), "ms"),
        (replace(video(STANDARD, seconds=8), samples=True), "samples"),
        (replace(video(STANDARD, seconds=8), seed=1.0), "seed"),
        (video("local-mochi-1", seconds=5, extra={"size": [1280, 720]}), "size"),
        (video("local-video", seconds=5, extra={"size": [1280, 721]}), "size"),
        (video(STANDARD, "reference_to_video", 8, "reference", aspect="16:9", extra={"references": []}), "references"),
    ],
)  # fmt: skip
def test_what_a_model_does_not_take_is_refused_by_field(request_: Request, field: str) -> None:
    error = refused(request_)
    assert error.field == field and error.accepted


@pytest.mark.parametrize(
    "request_",
    [
        video("hailuo-2.3-fast", "image_to_video", 6, "first_frame", aspect="9:16", resolution="1080p"),
        video("kling-v2.1", "first_last_frame", 5, "first_frame", "last_frame", resolution="1080p"),
        video(STANDARD, seconds=8, samples=4, seed=7, sound=True, extra={"person_generation": "allow_adult"}),
        video("gemini-omni-1.2-flash", "reference_to_video", 15, *["reference"] * 6, sound=True),
        video("local-video", seconds=5, extra={"size": [832, 480], "served": "Wan-AI/Wan2.2"}),
        video("local-mochi-1", seconds=2, extra={"frames": 85}),
        Request(model="flux-dev", mode="image_to_image", prompt="a fox", inputs=inputs("source"), samples=4),
        Request(model="eleven_v4", mode="speech", prompt="hello", extra={"voice": "JBF", "language": "de"}),
        Request(model="musicgen", mode="music", prompt="calm", ms=20_000, inputs=inputs("melody")),
        Request(model="eleven-sfx", mode="sound_effect", prompt="door", ms=2_000),
        Request(model="gpt-6-luna", mode="plan", prompt="plan", extra={"brief": {"text": "a"}, "max_tokens": 8000}),
    ],
    ids=lambda r: r.model,
)
def test_what_a_model_takes_is_not_refused(request_: Request) -> None:
    check_request(request_, TODAY)


FOUND = sorted(name for name, row in load_models().items() if not is_retired(row, TODAY))


@st.composite
def any_request(draw: st.DrawFn) -> Request:
    """Anything that could be asked of a model, mostly near to what it takes."""
    row = load_models()[draw(st.sampled_from(FOUND))]

    def near(own: tuple[Any, ...], others: st.SearchStrategy[Any]) -> Any:
        return draw(st.one_of(st.none(), st.sampled_from(own), others) if own else st.one_of(st.none(), others))

    modes = ("text_to_video", "image_to_video", "first_last_frame", "reference_to_video", "speech", "plan")
    roles = draw(st.lists(st.sampled_from(["first_frame", "last_frame", "reference", "melody", "source"]), max_size=4))
    seconds = near(row.seconds, st.integers(-2, 700))
    names = st.sampled_from(["negative_prompt", "voice", "max_tokens", "megapixels", "size", "language", *row.options])
    values = st.one_of(st.integers(-5, 5000), st.text(max_size=5), st.booleans())
    extra = draw(st.dictionaries(names, values, max_size=2))
    return Request(
        model=row.id,
        mode=near(row.modes, st.sampled_from(modes)) or row.modes[0],
        prompt=draw(st.text(max_size=60)),
        ms=None if seconds is None else seconds * 1000,
        aspect=near(row.aspects, st.just("2:1")),
        resolution=near(row.resolutions, st.just("99p")),
        samples=draw(st.integers(0, 5)),
        seed=draw(st.one_of(st.none(), st.integers(-1, 2**33))),
        sound=draw(st.one_of(st.none(), st.booleans())),
        inputs=inputs(*roles),
        extra=extra,
    )


def dearest(row: Model, request: Request) -> int:
    """The rule's own ceiling: the dearest rate for the most units that the request can use; one more for rounding."""
    each = max((rate.micros or 0) for rate in row.prices.rates) if row.prices.rates else 0
    seconds = (request.ms or (row.seconds[-1] * 1000 if row.seconds else 0)) // 1000
    most = {
        "second": seconds, "minute": -(-seconds // 60), "machine_second": row.prices.most or 0,
        "megapixel": row.prices.most or 0, "thousand_characters": -(-len(request.prompt) // 1000),
    }.get(row.prices.unit, 1)  # fmt: skip
    return (each * most + row.prices.beside) * request.samples + 1


@given(any_request())
def test_every_request_is_refused_by_field_or_has_a_price_below_the_ceiling_of_its_rule(request_: Request) -> None:
    row = load_models()[request_.model]
    try:
        check_request(request_, TODAY)
    except BadInput as error:
        assert error.field and error.accepted
        return
    price = compute_price(request_, TODAY)
    assert price.basis and len(price.catalogue) == 64
    if price.micros is None:
        assert price.certainty == "unknown"
    elif row.prices.unit != "million_tokens":
        assert type(price.micros) is int and 0 <= price.micros <= dearest(row, request_)
    said = replace(request_, resolution=request_.resolution or (row.resolutions or (None,))[0])
    told = compute_price(said, TODAY)
    if price.micros is not None and told.micros is not None:
        assert told.micros <= price.micros  # what is not said counts at its dearest
