"""Language models on this machine: who answers, what is listed of them, and when one is suggested."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from reelwright import AsyncStudio
from reelwright.errors import BadInput
from reelwright.providers.fakes.local_text import FakeLocalText
from reelwright.providers.fakes.script import Script, hang
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from reelwright.studio.machine.doctor import examine
from reelwright.studio.models.local_servers import (
    find_local_planner,
    list_install_commands,
    list_local_models,
    suggest_planner,
)
from reelwright.studio.results.inventory import Check, LocalModels
from reelwright.studio.runtime.rehearsal import Rehearsal

PLAIN = 'For "VoltCup", a travel mug. "It never goes cold." 6 hours on one charge. €39 until 5 June. voltcup.example'
SUBJECT = "A fox that learns to skate"
CHATTY = "My grandmother began it in a shed by the river, and we still laugh about that first winter."
THERE = ("qwen3:8b", "nomic-embed-text:latest", "llama3.2:3b")


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


async def looked_at(settings: Settings) -> Check:
    """What the doctor says of planners; in a thread, since the servers live in this loop."""
    checkup = await asyncio.to_thread(examine, settings)
    return next(check for check in checkup.checks if check.name == "planners")


@asynccontextmanager
async def machine(home: Path, **models: tuple[str, ...]) -> AsyncIterator[Settings]:
    """A machine on which the named servers run, with these models, and no other."""
    urls = {"ollama": nobody(), "lmstudio": nobody()}
    async with AsyncExitStack() as stack:
        for name, there in models.items():
            fake = FakeLocalText(script=Script(latency_s=(0, 0)), speaks=name, models=there)  # type: ignore[arg-type]
            urls[name] = (await stack.enter_async_context(FakeServer(fake))).url
        yield Settings(home=home, hands=1, base_urls=urls)


async def test_servers_that_answer_are_listed_with_the_models_that_can_write(tmp_path: Path) -> None:
    async with machine(tmp_path, ollama=THERE, lmstudio=("google/gemma-4-e4b",)) as settings:
        async with AsyncStudio(settings) as studio:
            found = await studio.list_local_models()
        urls = settings.base_urls
        assert found == (
            LocalModels(
                server="Ollama", address=urls["ollama"], planners=("ollama:qwen3:8b", "ollama:llama3.2:3b")
            ),
            LocalModels(server="LM Studio", address=urls["lmstudio"], planners=("lmstudio:google/gemma-4-e4b",)),
        )  # fmt: skip
        assert not (tmp_path / "journal.db").exists()


async def test_where_nobody_answers_nothing_is_listed_and_nothing_raised(tmp_path: Path) -> None:
    async with machine(tmp_path) as settings:
        assert await list_local_models(settings) == ()


async def test_something_else_at_such_a_port_is_no_server_of_models(tmp_path: Path) -> None:
    async with machine(tmp_path, lmstudio=("a",)) as settings:
        crossed = {"ollama": settings.base_urls["lmstudio"], "lmstudio": nobody()}
        assert await list_local_models(Settings(home=tmp_path, base_urls=crossed)) == ()


async def test_the_doctor_names_what_is_there_and_finds_nothing_wrong_where_nothing_is(tmp_path: Path) -> None:
    async with machine(tmp_path / "home", ollama=THERE, lmstudio=()) as settings:
        planners = await looked_at(settings)
        assert (
            planners.state == "good" and "qwen3:8b, llama3.2:3b" in planners.message and "embed" not in planners.message
        )
        assert "LM Studio" in planners.message and "no model yet" in planners.message
    async with machine(tmp_path / "home") as settings:
        planners = await looked_at(settings)
        assert planners.state == "good" and "the rules plan" in planners.message
        assert all(command in planners.fix for command in list_install_commands())


async def test_the_planner_local_is_the_best_model_that_answers(tmp_path: Path) -> None:
    models = {"ollama": ("smollm2:135m", "llama3.2:3b", "qwen3:0.6b"), "lmstudio": ("google/gemma-4-12b", "other")}
    async with machine(tmp_path, **models) as settings:
        assert await find_local_planner(settings) == "lmstudio:google/gemma-4-12b"
        assert "the planner “local” is lmstudio:google/gemma-4-12b" in (await looked_at(settings)).message
        async with AsyncStudio(settings) as studio:
            quoted = await studio.quote(SUBJECT, planner="local", short_side=180)
        assert quoted.micros == 0 and "words" in quoted.wanted_steps[0]
    async with machine(tmp_path) as settings:
        with pytest.raises(BadInput) as refused:
            await find_local_planner(settings)
        assert refused.value.field == "planner" and all(one in refused.value.advice for one in list_install_commands())


async def test_a_brief_of_which_little_is_used_gets_one_line_that_names_the_option(tmp_path: Path) -> None:
    async with machine(tmp_path, ollama=THERE) as settings:
        said = await suggest_planner(CHATTY, None, settings, 5)
        assert said == "ollama:qwen3:8b"
        assert await suggest_planner(SUBJECT, None, settings, 5) == "ollama:qwen3:8b", "it holds no fact"
        assert await suggest_planner(PLAIN, None, settings, 5) == "", "most of it is used, and there are facts"
    async with machine(tmp_path, ollama=()) as settings:
        assert await suggest_planner(CHATTY, None, settings, 5) == "", "there is no model to name"


@pytest.mark.timed
async def test_nobody_waits_for_a_suggestion(tmp_path: Path) -> None:
    async with machine(tmp_path) as settings:
        assert await suggest_planner(CHATTY, None, settings) == ""
    fake = FakeLocalText(script=Script().add_rule("other", hang()), speaks="ollama", models=THERE)
    async with FakeServer(fake) as server:
        settings = Settings(home=tmp_path, base_urls={"ollama": server.url, "lmstudio": nobody()})
        await suggest_planner(CHATTY, None, settings)  # what is loaded once is loaded
        began = time.monotonic()
        assert await suggest_planner(CHATTY, None, settings) == ""
        assert time.monotonic() - began < 2


async def test_a_rehearsal_suggests_nothing(tmp_path: Path) -> None:
    fast = Rehearsal(speed=3600)
    async with machine(tmp_path, ollama=THERE) as settings, AsyncStudio(settings, rehearse=fast) as studio:
        assert await studio.suggest_planner(CHATTY) == ""


@pytest.mark.parametrize("told", [{"planner": "rules"}, {"planner": "gpt-6-luna"}])
def test_one_who_named_a_planner_is_told_of_no_other(told: dict[str, Any]) -> None:
    from reelwright.cli.shared.confirmation import should_suggest_planner

    assert should_suggest_planner(None, json_out=False, terminal=True)
    assert not should_suggest_planner(told["planner"], json_out=False, terminal=True)
    assert not should_suggest_planner(None, json_out=True, terminal=True) and not should_suggest_planner(
        None, json_out=False, terminal=False
    )
