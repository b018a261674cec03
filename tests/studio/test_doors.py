"""Values of every wrong kind at the Python door, and wrong edits of a film.yaml: named, and nothing is harmed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from reasons import has_field
from reelwright import AsyncStudio, Studio
from reelwright.errors import BadInput, ReelwrightError
from reelwright.settings import Settings
from reelwright.studio.edits.interruption import get_resume_actions
from studio.conftest import BRIEF, Home

WRONG: dict[str, dict[str, Any]] = {
    "length": {"length": 10**400},
    "goal": {"goal": "dusk"},
    "language": {"language": 5},
    "out": {"out": 5},
    "images": {"images": ["a\0b"]},
    "flavor": {"flavor": 5},
    "budget": {"budget": float("nan")},
    "plan": {"plan": 5},
}


@pytest.mark.parametrize("field", WRONG)
def test_a_value_of_the_wrong_kind_is_named_and_makes_no_home(empty: Settings, field: str) -> None:
    with Studio(empty) as studio, pytest.raises(BadInput) as caught:
        studio.make(BRIEF, **WRONG[field])
    assert caught.value.field == field
    assert not empty.home.exists()


def test_wrong_kinds_of_names_and_changes_are_named(studio: Studio) -> None:
    verbs: list[Callable[[], object]] = [
        lambda: studio.show(5),  # type: ignore[arg-type]
        lambda: studio.retry(None),  # type: ignore[arg-type]
        lambda: studio.pull("last", 5),  # type: ignore[arg-type]
        lambda: studio.apply(5),  # type: ignore[arg-type]
        lambda: studio.export("last", 5),  # type: ignore[arg-type]
        lambda: studio.resume("last", goal="dusk"),  # type: ignore[arg-type]
        lambda: studio.edit("last", shot=1, words=5),  # type: ignore[arg-type]
        lambda: studio.edit("last", accent=5),  # type: ignore[arg-type]
        lambda: studio.edit("last", shot="²", words="x"),
    ]
    for verb in verbs:
        with pytest.raises(BadInput):
            verb()
    assert studio.list_projects()[0].state == "done"


async def test_a_make_that_is_cancelled_leaves_no_process_and_no_coroutine(empty: Settings) -> None:
    async with AsyncStudio(empty) as studio:
        heard = asyncio.Event()
        making = asyncio.create_task(
            studio.make(BRIEF, short_side=720, aspect="9:16", length=6, listen=lambda told: heard.set())
        )
        await asyncio.wait_for(heard.wait(), 30)
        await asyncio.sleep(1)
        making.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await making
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        (action,) = get_resume_actions(cancelled.value)
        assert action.kind == "resume_job" and action.params["project"].startswith("project_")
    assert not [child for child in psutil.Process().children(recursive=True) if "ffmpeg" in child.name()]


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "plan.beats": lambda plan: plan["beats"].clear(),
    "plan.look": lambda plan: plan.update(look="vapour"),
    "plan.tone": lambda plan: plan.update(tone="loud"),
    "plan.title": lambda plan: plan.update(title="Fenn\0"),
    "plan.language": lambda plan: plan.update(language="zz zz"),
    "plan.bed.mood": lambda plan: plan["bed"].update(mood="sad"),
    "plan.bed.level_milli_db": lambda plan: plan["bed"].update(level_milli_db=9000),
    "plan.caption_shift_ms": lambda plan: plan.update(caption_shift_ms=9000),
    "plan.caption_choice": lambda plan: plan.update(caption_choice="fancy"),
    "plan.bed.piece_index": lambda plan: plan["bed"].update(piece_index=-1),
    "plan.beats.0.name": lambda plan: plan["beats"][0].update(name="hocus"),
    "plan.beats.0.shots": lambda plan: plan["beats"][0]["shots"].clear(),
    "plan.beats.0.shots.0.length": lambda plan: plan["beats"][0]["shots"][0].update(length=0),
    "plan.beats.0.shots.0.words": lambda plan: plan["beats"][0]["shots"][0].update(words="Hi"),
    "plan.beats.0.shots.0.words.line": lambda plan: plan["beats"][0]["shots"][0].update(words={"line": "\x1b[31m"}),
    "plan.beats.0.shots.0.words.shout": lambda plan: plan["beats"][0]["shots"][0].update(words={"shout": "x"}),
    "plan.beats.0.shots.1.source": lambda plan: plan["beats"][0]["shots"].append({"id": "a", "length": 1}),
    "plan.beats.0.shots.1.id": lambda plan: plan["beats"][0]["shots"].append({"length": 1}),
}


@pytest.fixture(scope="module")
def written(finished: Home, tmp_path_factory: pytest.TempPathFactory) -> str:
    with Studio(finished.settings) as studio:
        return studio.pull("last", tmp_path_factory.mktemp("pulled") / "film").film.read_text()


def test_an_unknown_key_of_a_film_yaml_is_named_with_its_place(written: str, studio: Studio, tmp_path: Path) -> None:
    document = yaml.safe_load(written)
    document["plan"]["colour"] = "red"
    (tmp_path / "film.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    with pytest.raises(BadInput) as caught:
        studio.apply(tmp_path)
    assert (caught.value.field, caught.value.value) == ("film.yaml.plan", "colour")


@pytest.mark.parametrize("path", EDITS)
def test_a_wrong_edit_of_a_film_yaml_is_named_by_its_path(
    written: str, studio: Studio, tmp_path: Path, path: str
) -> None:
    document = yaml.safe_load(written)
    EDITS[path](document["plan"])
    (tmp_path / "film.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    with pytest.raises(BadInput) as caught:
        studio.quote_apply(tmp_path)
    assert caught.value.field == f"film.yaml.{path}"
    assert "Input should" not in caught.value.accepted and "Field required" not in caught.value.accepted


def test_a_plan_of_thousands_of_shots_is_refused_at_once(empty: Settings, tmp_path: Path) -> None:
    rows = "  - {seconds: 1, words: a}\n" * 5000
    (tmp_path / "plan.yaml").write_text(f"title: x\nbeats:\n- beat: hook\n  shots:\n{rows}")
    with Studio(empty) as studio, pytest.raises(ReelwrightError, match="5000 shots"):
        studio.quote(BRIEF, plan=tmp_path / "plan.yaml")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder in which not even root creates a file")
async def test_a_place_where_no_file_can_be_created_is_refused_before_any_work(empty: Settings) -> None:
    async with AsyncStudio(empty) as studio:
        with pytest.raises(BadInput, check=has_field("out")):
            await studio.make(BRIEF, short_side=180, length=2, out="/proc/film.mp4")
        clip = {"prompt": "a cat", "model": "litellm-veo-3.1-lite", "out": "/proc/cat.mp4"}
        with pytest.raises(BadInput, check=has_field("out")):
            await studio.batch([clip], yes=True, accept_unconfirmed=True)
        assert await studio.list_projects() == ()
