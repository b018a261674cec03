"""A film that a model on one's own machine plans: for nothing, waited for, and never a question about money."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from reelwright import AsyncStudio
from reelwright.errors import BadInput, Unreachable
from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.local_text import FakeLocalText
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.script import Script, answer_status, drop
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult
from reelwright.studio.runtime.rehearsal import Rehearsal
from studio.conftest import BRIEF

ASKED: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 4}
THERE = ("llama3.2:latest", "qwen3:8b")
AT_ONCE = Script(latency_s=(0, 0))


@asynccontextmanager
async def planned_by(
    home: Path, *answers: str, script: Script = AT_ONCE, speaks: Any = "ollama", models: tuple[str, ...] = THERE
) -> AsyncIterator[tuple[AsyncStudio, FakeServer]]:
    """A studio whose local server gives these answers in turn, and then good ones."""
    left = list(answers)

    async def said(asked: MediaSpec) -> bytes:
        return (left.pop(0) if left else simulate_answer(asked.prompt)).encode()

    fake = FakeLocalText(Bill(), script, said, speaks=speaks, models=models)
    async with FakeServer(fake) as server, AsyncStudio(settings(home, server.url, speaks)) as studio:
        yield studio, server


def settings(home: Path, url: str, named: str = "ollama") -> Settings:
    return Settings(home=home, hands=1, base_urls={named: url})


async def made(studio: AsyncStudio, planner: str = "ollama:llama3.2", **more: Any) -> FilmResult:
    return await studio.make(BRIEF, goal="plan", **{**ASKED, "planner": planner, **more})


@pytest.mark.parametrize(("speaks", "planner"), [("ollama", "ollama:llama3.2"), ("lmstudio", "lmstudio:qwen3:8b")])
async def test_a_model_of_ones_own_plans_for_nothing_and_nobody_has_to_agree(
    tmp_path: Path, speaks: str, planner: str
) -> None:
    async with planned_by(tmp_path, speaks=speaks) as (studio, server):
        quoted = await studio.quote(BRIEF, goal="plan", **{**ASKED, "planner": planner})
        assert quoted.micros == 0 and not quoted.unknown_price_steps and not quoted.unconfirmed_price_steps
        assert any(planner in said and "minutes" in said for said in quoted.notes), "how long it takes is told before"
        film = await made(studio, planner)
        assert film.state == "done" and film.micros == 0 and server.count("submit") == 1
        again = await made(studio, planner)
        assert again.project == film.project and server.count("submit") == 1, "what was written is not asked for again"
        assert "author: model" in (await studio.pull(film.project, tmp_path / "pulled")).film.read_text()


async def test_a_server_that_does_not_run_is_told_before_anything_is_written(tmp_path: Path) -> None:
    async with planned_by(tmp_path) as (_, server):
        gone = server.url
    async with AsyncStudio(settings(tmp_path / "home", gone)) as studio:
        with pytest.raises(Unreachable) as raised:
            await made(studio)
    assert raised.value.code == "local_server_down" and raised.value.params["address"] == gone
    assert "ollama serve" in raised.value.hint
    assert not (tmp_path / "home").exists()


async def test_a_model_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    async with planned_by(tmp_path / "home") as (studio, server):
        with pytest.raises(BadInput) as raised:
            await made(studio, "ollama:gemma4:27b")
        assert raised.value.field == "planner" and raised.value.accepted == "ollama:llama3.2:latest, ollama:qwen3:8b"
        assert "ollama pull gemma4:27b" in raised.value.hint
        assert not server.count("submit") and not (tmp_path / "home").exists()


async def test_something_else_at_that_address_is_not_taken_for_ollama(tmp_path: Path) -> None:
    async with (
        planned_by(tmp_path, speaks="lmstudio") as (_, server),
        AsyncStudio(settings(tmp_path / "home", server.url)) as studio,
    ):
        with pytest.raises(Unreachable) as raised:
            await made(studio)
    assert raised.value.code == "local_server_other"


async def test_an_answer_that_is_no_json_is_corrected_and_then_a_person_is_told(tmp_path: Path) -> None:
    async with planned_by(tmp_path, "Sure! Here is your film.") as (studio, server):
        film = await made(studio)
        assert film.state == "done" and server.count("submit") == 2
        told = json.loads(server.calls[-1].body)
        assert [row["role"] for row in told["messages"]] == ["system", "user", "assistant", "user"]
        assert told["format"]["required"] == ["name", "beats"]
    async with planned_by(tmp_path, *["no"] * 9) as (studio, server):
        film = await made(studio, "ollama:qwen3:8b")
        assert film.state == "waiting" and film.reason.code == "planning_failed" and server.count("submit") == 3


async def test_a_server_that_dies_in_the_middle_is_asked_again_by_itself(tmp_path: Path) -> None:
    async with planned_by(tmp_path, script=AT_ONCE.add_rule("submit", drop(), [1])) as (studio, server):
        film = await made(studio)
        assert film.state == "done" and server.count("submit") == 2 and film.micros == 0


@pytest.mark.parametrize("met", [drop(), answer_status(500)], ids=["dies", "fails"])
async def test_one_that_always_fails_says_so_and_asks_nobody_about_money(tmp_path: Path, met: Any) -> None:
    async with planned_by(tmp_path, script=AT_ONCE.add_rule("submit", met)) as (studio, server):
        film = await made(studio)
        assert film.state == "waiting" and server.count("submit") == 2
        assert "Ollama" in film.message and film.reason.code != "purchase_unknown"
        assert "decide_purchase" not in [action.kind for action in film.reason.actions]
        again = await studio.resume(film.project)
        assert again.state == "waiting" and server.count("submit") == 4, "to go on needs no price and no word"


async def test_a_killed_question_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    """Whatever became of it costs nothing."""
    async with planned_by(tmp_path, script=AT_ONCE.add_rule("submit", drop(), [1, 2])) as (studio, server):
        film = await made(studio)
        assert film.state == "waiting"
        again = await studio.resume(film.project)
        assert again.state == "done" and server.count("submit") == 3


async def test_a_model_of_ones_own_is_rehearsed_without_a_server(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hands=1)
    async with AsyncStudio(settings, rehearse=Rehearsal(speed=3600)) as studio:
        film = await made(studio, "ollama:anything:1b")
        assert film.state == "done" and film.micros == 0
