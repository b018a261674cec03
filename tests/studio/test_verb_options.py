"""The option models are what JSON and Python may pass: the same names as the keyword arguments, and clear errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.reel.base.document import to_public
from reelwright.reel.film.brief import Brief
from reelwright.studio.results import options, verb_options
from reelwright.studio.results.options import ClipOptions, EditOptions, FilmOptions, MakeOptions, Options, ResumeOptions
from reelwright.studio.studio import AsyncStudio
from reelwright.units import ACCEPTED_ASPECTS
from studio.conftest import Home

PAIRS: list[tuple[type[Options], type, set[str]]] = [
    (options.Approval, verb_options.ConsentOptions, set()),
    (FilmOptions, verb_options.BriefOptions, set()),
    (MakeOptions, verb_options.MakeKeywords, {"brief"}),
    (ClipOptions, verb_options.ClipKeywords, {"prompt"}),
    (options.RunOptions, verb_options.RunKeywords, set()),
    (options.WriteOptions, verb_options.WriteKeywords, {"brief", "out"}),
    (ResumeOptions, verb_options.ResumeKeywords, set()),
    (EditOptions, verb_options.EditKeywords, set()),
]
MODELS = [model for model, _, _ in PAIRS]


@pytest.mark.parametrize(("model", "keywords", "by_position"), PAIRS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_model_and_the_keyword_arguments_have_the_same_names(
    model: type[Options], keywords: type, by_position: set[str]
) -> None:
    assert set(model.model_fields) == set(keywords.__annotations__) | by_position


def test_the_defaults_of_a_film_are_those_of_a_brief() -> None:
    brief = Brief(text="x")
    for name in ("short_side", "continuity", "takes", "variation", "on_stuck", "resolution", "sound"):
        assert getattr(FilmOptions(), name) == getattr(brief, name), name


@pytest.mark.parametrize(
    ("model", "given", "field", "accepted"),
    [
        (MakeOptions, {"short_side": "big"}, "short_side", "a whole number from 90 to 2160"),
        (MakeOptions, {"takes": True}, "takes", "a whole number from 1 to 4"),
        (MakeOptions, {"aspect": "3:2"}, "aspect", ACCEPTED_ASPECTS),
        (MakeOptions, {"images": "a.png"}, "images", "a list of files"),
        (MakeOptions, {"sound": "yes"}, "sound", "True or False"),
        (MakeOptions, {"brief": 3}, "brief", "what the film is about, in your own words"),
        (MakeOptions, {"length": True}, "length", "seconds from 1 to 600, such as 20, 7.5, 20s or 0:20"),
        (MakeOptions, {"budget": True}, "budget", "an amount in US dollars such as 5 or 0.40"),
        (MakeOptions, {"out": 5}, "out", "a path"),
        (EditOptions, {"words": {"a": None}}, "words", "a line, or a text for each role"),
        (ClipOptions, {}, "prompt", "what the clip shows, in your own words"),
        (ClipOptions, {"prompt": "x", "samples": 9}, "samples", "a whole number from 1 to 4"),
        (EditOptions, {"move": "sideways"}, "move", "push, pull, left, right, up, down"),
        (EditOptions, {"storyboard": ["x"]}, "storyboard", "a file for each beat, such as hook=door.jpg"),
    ],
)
def test_a_wrong_value_names_its_field_and_what_is_accepted(
    model: type[Options], given: dict[str, Any], field: str, accepted: str
) -> None:
    with pytest.raises(BadInput) as caught:
        model.parse(given)
    assert (caught.value.field, caught.value.accepted) == (field, accepted)


@pytest.mark.parametrize("model", MODELS)
def test_an_unknown_option_is_refused_with_the_known_ones(model: type[Options]) -> None:
    with pytest.raises(BadInput, match="bugdet") as caught:
        model.parse({"bugdet": 5})
    assert all(name in caught.value.accepted for name in model.model_fields)


@pytest.mark.parametrize("model", MODELS)
def test_json_is_read_as_the_schema_says(model: type[Options]) -> None:
    schema = model.model_json_schema()
    assert set(schema["properties"]) == set(model.model_fields) and schema["additionalProperties"] is False
    required = dict.fromkeys(schema.get("required", ()), "x")
    assert model.model_validate_json(json.dumps(required)).model_fields_set == required.keys()


def test_a_plan_is_read_from_json_as_it_is_printed(home: Home) -> None:
    with Studio(home.settings) as studio:
        plan = studio.read_plan("last").plan
    text = json.dumps({"plan": to_public(plan)})
    assert MakeOptions.model_validate_json(text).plan == plan == MakeOptions.parse({"plan": plan}).plan


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("quote", ("a lamp",)), ("plan", ("a lamp",)), ("write", ("a lamp",)),
        ("quote_clip", ("a heron",)), ("quote_edit", ("last",)),
        ("quote_batch", (["a lamp"],)), ("batch", (["a lamp"],)), ("enqueue_batch", (["a lamp"],)),
    ],
)  # fmt: skip
async def test_a_misspelt_option_is_refused_before_a_price_is_shown(
    tmp_path: Path, verb: str, args: tuple[object, ...]
) -> None:
    async with AsyncStudio(home=tmp_path / "home") as studio:
        with pytest.raises(BadInput, match="lenght"):
            await getattr(studio, verb)(*args, lenght=3)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("verb", ["quote", "quote_clip", "quote_edit", "quote_batch"])
async def test_a_quote_takes_no_agreement(tmp_path: Path, verb: str) -> None:
    async with AsyncStudio(home=tmp_path / "home") as studio:
        with pytest.raises(BadInput, match="budget"):
            await getattr(studio, verb)(["a lamp"] if verb == "quote_batch" else "a lamp", budget="5")


def test_every_verb_that_queues_a_job_has_its_options() -> None:
    queueing = {name.removeprefix("enqueue_") for name in dir(AsyncStudio) if name.startswith("enqueue_")}
    queueing.remove("script")  # ``replace_script`` takes the options of ``make``
    queueing -= {"accept", "restore"}  # called by the pages of the studio alone, with ids and no options of a film
    assert set(options.OPTION_MODELS) == queueing | {"plan", "quote", "write"}


def test_only_what_was_given_is_passed_on() -> None:
    given = MakeOptions.model_validate_json('{"brief": "x", "images": ["a.png"], "takes": 1, "out": "film.mp4"}')
    assert given.get_given(FilmOptions.model_fields) == {"images": ["a.png"], "takes": 1}
