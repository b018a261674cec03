"""A film that a language model plans, on the fake of its wire: each question is a purchase, and none is made twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from reelwright import AsyncStudio
from reelwright.errors import BadInput, NeedsConsent
from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.local_text import FakeLocalText
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.script import Script, answer_status, swallow
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.text import FakeText
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult, Progress
from reelwright.studio.runtime.rehearsal import Rehearsal
from studio.conftest import BRIEF

ASKED = {"short_side": 180, "aspect": "9:16", "length": 4, "planner": "gpt-6-luna"}
SECRET = "canary-of-a-key-0123456789"


@asynccontextmanager
async def planned_by(
    tmp_path: Path, *answers: str, script: Script | None = None
) -> AsyncIterator[tuple[AsyncStudio, FakeServer]]:
    """A studio whose language model gives these answers in turn, and then good ones."""
    left = list(answers)

    async def said(asked: MediaSpec) -> bytes:
        return (left.pop(0) if left else simulate_answer(asked.prompt)).encode()

    script = script or Script(latency_s=(0, 0))
    async with FakeServer(FakeText(Bill(tmp_path / "bill.jsonl"), script, said, SECRET)) as server:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        keys = home / "keys.yaml"
        keys.write_text(f"openai: {SECRET}\n")
        keys.chmod(0o600)
        async with AsyncStudio(Settings(home=home, hands=1, base_urls={"openai": server.url})) as studio:
            yield studio, server


async def made(studio: AsyncStudio, **more: object) -> FilmResult:
    return await studio.make(BRIEF, goal="plan", budget="5", **{**ASKED, **more})  # type: ignore[arg-type]


async def test_a_plan_by_a_language_model_is_one_question_and_one_purchase(tmp_path: Path) -> None:
    async with planned_by(tmp_path) as (studio, server):
        quoted = await studio.quote(BRIEF, goal="plan", **ASKED)
        assert quoted.wanted_steps == ("words/plan", "words/correction-1", "words/correction-2")
        assert any("GPT-6 Luna writes the plan" in said for said in quoted.notes)
        film = await made(studio)
        assert film.state == "done" and server.count("submit") == 1
        assert 0 < film.micros == server.fake.bill.sum_micros() <= quoted.micros
        shown = await studio.show("last")
        assert shown.revision == 1 and shown.shots  # type: ignore[union-attr]


async def test_the_words_of_a_plan_are_not_bought_again_for_the_same_brief(tmp_path: Path) -> None:
    async with planned_by(tmp_path) as (studio, server):
        first = await made(studio)
        quoted = await studio.quote(BRIEF, goal="plan", **ASKED)  # type: ignore[arg-type]
        assert quoted.wanted_steps == () and quoted.micros == 0 and quoted.project == first.project
        again = await studio.make(BRIEF, goal="plan", **ASKED)  # type: ignore[arg-type]
        assert again.project == first.project and again.state == "done" and server.count("submit") == 1
        assert again.up_to_date_message.startswith("Up to date: bought on 20")
        with pytest.raises(BadInput, match="variation"):
            await made(studio, variation=1)
        other = await made(studio, again=True)
        assert other.project != first.project and server.count("submit") == 2
        assert (await studio.quote(BRIEF, goal="film", **ASKED)).micros > 0  # type: ignore[arg-type]


@pytest.mark.parametrize("answers", [(), ("Here is your film!",)], ids=["at once", "corrected"])
async def test_the_count_goes_on_over_the_film_that_a_language_model_planned(
    tmp_path: Path, answers: tuple[str]
) -> None:
    heard: list[Progress] = []
    async with planned_by(tmp_path, *answers) as (studio, _):
        film = await studio.make(BRIEF, budget="5", listen=heard.append, **ASKED)  # type: ignore[arg-type]
    assert film.state == "done", film.message
    counts = [(one.finished_steps, one.wanted_steps) for one in heard]
    assert counts[-1] == (film.new_steps, 0)
    assert [had for had, _ in counts] == sorted(had for had, _ in counts)


async def test_a_plan_of_a_person_s_own_is_not_taken_for_one_that_a_language_model_wrote(tmp_path: Path) -> None:
    own = tmp_path / "plan.yaml"
    own.write_text("title: Fenn\nbeats:\n  - beat: hook\n    shots:\n      - {seconds: 4, words: Tired?}\n")
    async with planned_by(tmp_path) as (studio, server):
        with pytest.raises(BadInput, match="nothing beside a plan"):
            await studio.quote(BRIEF, plan=own, planner=ASKED["planner"])  # type: ignore[arg-type]
        given = await studio.make(BRIEF, plan=own, goal="plan")
        assert given.state == "done" and server.count("submit") == 0
        assert (await studio.quote(BRIEF, goal="plan", **ASKED)).micros > 0  # type: ignore[arg-type]
        written = await made(studio)
        assert written.project != given.project and server.count("submit") == 1


async def test_an_answer_that_is_no_plan_is_corrected_by_a_question_of_its_own(tmp_path: Path) -> None:
    async with planned_by(tmp_path, "Here is your film!") as (studio, server):
        film = await made(studio)
        assert film.state == "done" and server.count("submit") == 2 == len(server.fake.bill.submissions)
        told = json.loads(server.calls[-1].body)["messages"]
        assert [row["role"] for row in told] == ["system", "user", "assistant", "user"]
        assert told[2]["content"] == "Here is your film!" and "one JSON object" in told[3]["content"]
        assert film.micros == server.fake.bill.sum_micros()


async def test_three_answers_that_are_no_plan_are_all_and_a_person_decides(tmp_path: Path) -> None:
    async with planned_by(tmp_path, *["{}"] * 9) as (studio, server):
        film = await made(studio)
        assert film.state == "waiting" and film.reason.code == "planning_failed" and server.count("submit") == 3
        again = await studio.resume(film.project, budget="5")
        assert again.state == "waiting" and server.count("submit") == 3


async def test_a_lost_answer_is_never_asked_for_again_by_itself(tmp_path: Path) -> None:
    script = Script(latency_s=(0, 0)).add_rule("submit", swallow())
    async with planned_by(tmp_path, script=script) as (studio, server):
        film = await made(studio, planner="gpt-6-astra")  # too dear to be written off by itself
        assert film.state == "waiting" and server.count("submit") == 1
        await studio.resume(film.project, budget="5")
        assert server.count("submit") == 1 == len(server.fake.bill.submissions)


async def test_a_refused_question_waits_for_a_person_with_what_to_do(tmp_path: Path) -> None:
    script = Script(latency_s=(0, 0)).add_rule("submit", answer_status(401))
    async with planned_by(tmp_path, script=script) as (studio, server):
        film = await made(studio)
        assert film.state == "waiting" and film.reason.code == "wrong_credentials" and SECRET not in repr(film)
        assert film.reason.actions[0].kind == "fix_key" and film.message.startswith("the plan: ")
        assert server.count("submit") == 1 and server.fake.bill.sum_micros() == 0


async def test_the_film_of_a_models_plan_is_made_and_says_who_planned_it(tmp_path: Path) -> None:
    async with planned_by(tmp_path) as (studio, server):
        film = await studio.make(BRIEF, budget="5", **ASKED)  # type: ignore[arg-type]
        assert film.state == "done" and film.film and film.film.frames == 120
        pulled = await studio.pull(film.project, tmp_path / "pulled")
        assert "author: model" in pulled.film.read_text()
        assert server.count("submit") == 1


async def test_nothing_is_asked_before_somebody_agreed(tmp_path: Path) -> None:
    async with planned_by(tmp_path) as (studio, server):
        with pytest.raises(NeedsConsent):
            await studio.make(BRIEF, goal="plan", **ASKED)  # type: ignore[arg-type]
        assert not server.calls


async def test_a_planner_without_its_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    async with planned_by(tmp_path) as (studio, server):
        with pytest.raises(BadInput) as raised:
            await made(studio, planner="claude")
        assert "ANTHROPIC_API_KEY" in str(raised.value) and not server.calls
        with pytest.raises(BadInput) as raised:
            await made(studio, planner="gpt-4")
        assert "gpt-6.1-sol" in str(raised.value)
        assert await studio.list_projects() == ()


async def test_a_language_models_plan_is_rehearsed_like_everything_else(tmp_path: Path) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1), rehearse=Rehearsal(speed=3600)) as studio:
        film = await made(studio)
        assert film.state == "done" and film.micros > 0
        shown = await studio.show("last")
        assert shown.revision == 1  # type: ignore[union-attr]


async def test_a_server_of_ones_own_plans_for_nothing_and_without_a_key(tmp_path: Path) -> None:
    async def said(asked: MediaSpec) -> bytes:
        return simulate_answer(asked.prompt).encode()

    fake = FakeLocalText(Bill(), Script(latency_s=(0, 0)), said)
    async with FakeServer(fake) as server:
        settings = Settings(home=tmp_path / "home", hands=1, base_urls={"text": f"{server.url}/v1"})
        async with AsyncStudio(settings) as studio:
            film = await studio.make(BRIEF, goal="plan", **{**ASKED, "planner": "own-text:llama4"})  # type: ignore[arg-type]
            assert film.state == "done" and film.micros == 0
            assert json.loads(server.calls[-1].body)["model"] == "llama4" and server.count("submit") == 1
