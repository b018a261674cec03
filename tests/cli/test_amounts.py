"""Amounts of money are digits with a dot at every door; everything else is refused with what is accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.served import KLING, serve
from client.proxy import Proxy
from reelwright.errors import BadInput
from reelwright.settings import Settings, load_settings
from reelwright.studio.studio import AsyncStudio
from server.conftest import MODEL, open_server
from studio.shelf import Shelf

WRONG = ["1_000", "\u0661", "1e3", "+5"]
BRIEF = "“It never flickers.” For “Fenn”, a desk lamp"


@pytest.mark.parametrize("amount", WRONG)
@pytest.mark.parametrize(
    ("args", "option"),
    [
        (("make", BRIEF), "--budget"),
        (("clip", BRIEF, "--model", "openrouter-veo-3.1-lite"), "--budget"),
        (("spend", "budget", "set", "account"), "--usd"),
        (("api-keys", "add", "shop", "--role", "producer"), "--budget"),
        (("serve",), "--auto-approve"),
        (("mcp",), "--wallet"),
    ],
    ids=lambda part: " ".join(part[:2]) if isinstance(part, tuple) else part,
)
def test_no_option_of_a_verb_takes_what_is_no_amount(
    reelwright: Any, home: Path, args: tuple[str, ...], option: str, amount: str
) -> None:
    ran = reelwright(*args, f"{option}={amount}")
    assert ran.code == 2 and amount in ran.err and "digits with a dot" in ran.err, ran.err


@pytest.mark.parametrize("amount", WRONG)
async def test_no_program_s_request_takes_what_is_no_amount(tmp_path: Path, amount: str) -> None:
    settings = Settings(home=tmp_path / "home", hands=1)
    async with open_server(settings, Proxy(tmp_path / "proxy")) as server, server.open_client() as client:
        clip = {"prompt": BRIEF, "model": MODEL, "max_usd": amount}
        requests = {"/api/v1/clips": clip, "/api/v1/api-keys": {"name": "a", "role": "producer", "budget": amount}}
        for path, body in requests.items():
            answer = await client.post(path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value"), (path, answer.text)
            assert "digits with a dot" in answer.text
        assert (await client.get("/api/v1/jobs")).json()["jobs"] == []


@pytest.mark.parametrize("amount", WRONG)
async def test_no_call_in_python_and_no_row_of_a_file_takes_what_is_no_amount(tmp_path: Path, amount: str) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1)) as studio:
        for call in (
            lambda: studio.make(BRIEF, budget=amount),
            lambda: studio.batch([BRIEF], unknown_at_most=amount),
            lambda: studio.set_budget("account", amount),
            lambda: studio.adjust("purchase_x", amount, because="a refund"),
            lambda: studio.quote_batch([{"brief": BRIEF, "max_price": amount}]),
        ):
            with pytest.raises(BadInput) as refused:
                await call()
            assert amount in str(refused.value)


@pytest.mark.parametrize("amount", WRONG)
async def test_no_call_of_an_agent_takes_what_is_no_amount(tmp_path: Path, amount: str) -> None:
    async with serve(tmp_path / "home", Shelf(), wallet="3", is_driven=False) as agent:
        refused = await agent.call("make", clip="a fox", model=KLING, length=5, max_usd=amount)
        assert (refused.is_refused, refused.code) == (True, "invalid_value")
        assert not await agent.studio.list_projects()


@pytest.mark.parametrize("amount", WRONG)
def test_the_settings_take_no_number_that_only_yaml_reads_as_one(tmp_path: Path, amount: str) -> None:
    (tmp_path / "settings.yaml").write_text(f"write_off_usd: {amount}\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_settings({}, home=tmp_path)
    assert (refused.value.field, refused.value.value) == ("write_off_usd", amount)
    (tmp_path / "settings.yaml").write_text("write_off_usd: 0.05\nhands: 2\n")
    assert load_settings({}, home=tmp_path).hands == 2
