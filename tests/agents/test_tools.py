"""Every tool as an agent calls it: small answers, plain refusals, and files only where a person allows them."""

from __future__ import annotations

import asyncio
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from agents.served import BRIEF, KLING, MOST, SMALL, serve
from reelwright.agents.answers import shorten
from reelwright.agents.next_steps import list_tool_calls
from reelwright.agents.tool_arguments import build_schema
from reelwright.agents.tools import TOOLS
from reelwright.reason import Action
from studio.shelf import Shelf
from studio.under_work import UnderWork

SCRIPT = "# Fenn\n\n## A desk lamp\n\nIt never flickers.\n\nfenn.example\n"


async def test_a_whole_session(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", wallet="5", folders=[tmp_path]) as agent:
        listed = (await agent.client.list_tools()).tools
        assert [tool.name for tool in listed] == list(TOOLS)
        assert all(tool.input_schema["additionalProperties"] is False for tool in listed)

        written = await agent.call("write", brief=BRIEF, out=str(tmp_path / "fenn.md"))
        assert "It never flickers." in written.fields["script"] and (tmp_path / "fenn.md").is_file()
        quoted = await agent.call("quote", script=SCRIPT, length=5, short_side=180, presets="tiktok,youtube")
        assert quoted.fields["quote"]["usd"] == "0.00" and not (tmp_path / "home" / "films").exists()

        begun = await agent.call("make", script=SCRIPT, length=5, short_side=180, out=str(tmp_path / "fenn.mp4"))
        assert begun.fields["poll_after_seconds"] >= 1
        project = begun.fields["project"]
        done = await agent.finish(project)
        assert done.fields["files"] == [str(tmp_path / "fenn.mp4")] and done.fields["progress"] == 1.0
        assert "Fenn" in (await agent.call("write", project=project)).fields["script"]

        clip = await agent.call("make", clip="A fox", model=KLING, length=5)
        await agent.finish(clip.fields["project"])
        priced = await agent.call("retake", project=clip.fields["project"], shot=1, price_only=True)
        assert priced.fields["quote"]["usd"] == clip.fields["usd"]
        await agent.call("retake", project=clip.fields["project"], shot=1)
        assert (await agent.finish(clip.fields["project"])).fields["takes"] == [{"shot": 1, "takes": 2}]
        circled = await agent.call("circle", project=clip.fields["project"], shot=1, take=2)
        assert circled.fields["quote"]["usd"] == "0.00"
        priced = await agent.call("edit", project=project, shot=1, words="Fenn II", price_only=True)
        assert priced.fields["message"].startswith("free")
        priced = await agent.call("edit", project=project, end_card="Made by hand in Sofia", price_only=True)
        assert priced.fields["message"].startswith("free")

        spent = await agent.call("spend")
        assert float(spent.fields["wallet"]["left_usd"]) == 5 - 2 * float(clip.fields["usd"])
        exported = await agent.call("export", project=project)
        assert Path(exported.fields["file"]).parent == tmp_path / "home" / "films"
        assert (await agent.call("status")).fields["jobs"][0]["project"] == clip.fields["project"]


async def test_a_cancelled_job_rests(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", is_driven=False) as agent:
        begun = await agent.call("make", brief=BRIEF, **SMALL)
        await agent.call("cancel", project=begun.fields["job"])
        status = await agent.call("status", project=begun.fields["project"])
        assert status.fields["state"] == "cancelled" and "poll_after_seconds" not in status.fields
        assert (await agent.call("make", project=begun.fields["project"])).fields["state"] == "queued"


async def test_an_agent_is_answered_at_once_while_a_cancel_is_at_work_at_its_provider(tmp_path: Path) -> None:
    shelf = UnderWork(cancels=False)
    async with serve(tmp_path / "home", shelf, wallet="5") as agent:
        begun = await agent.call("make", clip="A fox", model=KLING, length=5)
        project = begun.fields["project"]
        async with asyncio.timeout(30):
            while not shelf.polled:
                await asyncio.sleep(0.02)
        await agent.call("cancel", project=project)
        orders = (("make", {}), ("edit", {"shot": 1, "prompt": "A heron"}), ("retake", {"shot": 1}))
        for tool, arguments in orders:
            async with asyncio.timeout(10):
                refused = await agent.call(tool, project=project, **arguments)
            assert (refused.is_refused, refused.code) == (True, "cancel_at_work"), refused.fields
        shelf.state = dict.fromkeys(shelf.state, "succeeded")
        assert (await agent.finish(project)).fields["state"] == "cancelled"
        await agent.call("make", project=project)
        assert (await agent.finish(project)).fields["state"] == "done"
    assert len(shelf.sent) == 1


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("make", {}, "brief"),
        ("make", {"brief": BRIEF, "clip": "a fox"}, "brief"),
        ("make", {"brief": BRIEF, "samples": 2}, "samples"),
        ("make", {"clip": "a fox", "flavor": "short", "model": KLING}, "flavor"),
        ("make", {"clip": "a fox", "model": "no-such-model"}, "model"),
        ("make", {"brief": 7}, "brief"),
        ("make", {"brief": BRIEF, "length": 0.1}, "length"),
        ("quote", {"models": "cars"}, "models"),
        ("write", {}, "brief"),
        ("write", {"brief": BRIEF, "planner": "gpt-5-mini", "out": "a.md"}, "out"),
        ("make", {"clip": "a fox", "model": KLING, "out": "a.mp4"}, "out"),
        ("make", {"project": "last", "out": "a.mp4"}, "out"),
        ("look", {"project": "last", "frame": 3}, "option"),
        ("pay", {}, "tool"),
    ],
)
async def test_wrong_arguments_are_refused_by_name(
    tmp_path: Path, tool: str, arguments: dict[str, Any], field: str
) -> None:
    placed = {name: str(tmp_path / "a.mp4") if name == "out" else value for name, value in arguments.items()}
    async with serve(tmp_path / "home", folders=[tmp_path], is_driven=False) as agent:
        refused = await agent.call(tool, **placed)
    assert refused.is_refused and refused.fields["field"] == field and refused.fields["accepted"]
    assert not (tmp_path / "home" / "films").exists()


async def test_a_brief_that_says_nothing_is_answered_with_questions(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", is_driven=False) as agent:
        refused = await agent.call("make", brief="please make something nice for us")
        assert refused.code == "nothing_to_show" and "when and where" in refused.fields["accepted"]
        assert refused.fields["do"] == [{"tool": "quote", "arguments": {"models": "text"}}]


@pytest.mark.parametrize(
    ("filters", "kind"), [({}, "video"), ({"model_kind": "image"}, "image"), ({"can": "image_to_video"}, "video")]
)
def test_a_list_of_models_is_of_the_kind_that_the_refusal_is_about(filters: dict[str, str], kind: str) -> None:
    assert list_tool_calls([Action("list_models", filters)]) == [{"tool": "quote", "arguments": {"models": kind}}]


async def test_the_server_tells_its_clients_the_version_of_the_package(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", is_driven=False, mode="legacy") as agent:
        assert agent.client.server_info.version == version("reelwright")


async def test_what_does_not_exist_is_said_so(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", is_driven=False) as agent:
        for tool in ("status", "look", "export", "cancel"):
            assert (await agent.call(tool, project="project_none")).is_refused


async def test_no_file_of_the_person_is_replaced_and_none_outside_is_touched(tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
    mine = {name: allowed / name for name in ("a.mp4", "b.srt", "c.zip", "d.md")}
    for path in mine.values():
        path.write_text("mine")
    (other / "secret.md").write_text("# the password\n\nis 1234\n")
    (allowed / "link").symlink_to(other)
    (allowed / "dangling.mp4").symlink_to(other / "new.mp4")
    (allowed / "script.md").symlink_to(other / "secret.md")
    async with serve(tmp_path / "home", folders=[allowed], is_driven=False) as agent:
        begun = await agent.call("make", brief=BRIEF, **SMALL)
        for out in (allowed / "a.mp4", allowed / "b.mp4", other / "x.mp4", allowed / "link" / "x.mp4",
                    allowed / ".." / "x.mp4", allowed / "dangling.mp4", "/etc/x.mp4"):  # fmt: skip
            refused = await agent.call("make", brief=BRIEF, out=str(out), **SMALL)
            assert refused.is_refused and refused.fields["field"] == "out", out
        for out in (allowed / "c.zip", other / "x.zip"):
            assert (await agent.call("export", project=begun.fields["project"], out=str(out))).fields["field"] == "out"
        assert (await agent.call("write", brief=BRIEF, out=str(allowed / "d.md"))).fields["field"] == "out"
        for script in (other / "secret.md", allowed / "script.md", allowed / ".." / "other" / "secret.md"):
            refused = await agent.call("quote", script=str(script))
            assert refused.fields["field"] == "script" and "1234" not in json.dumps(refused.fields)
    assert all(path.read_text() == "mine" for path in mine.values()) and not (other / "x.mp4").exists()


async def test_answers_stay_small_for_any_brief(tmp_path: Path) -> None:
    words = "\n\n".join(f"“Screen {n} says something rather long about a lamp called Fenn.”" for n in range(60))
    async with serve(tmp_path / "home", is_driven=False) as agent:
        for tool, arguments in (
            ("quote", {"script": f"# Fenn\n\n{words}\n", "length": 300}),
            ("make", {"script": f"# Fenn\n\n{words}\n", "length": 300, "model": KLING}),
            ("write", {"brief": words}),
            ("quote", {"models": "video"}),
        ):
            await agent.call(tool, **arguments)  # read_answer measures each
        whole = await agent.client.call_tool("write", {"brief": words, "full": True})
        assert len(json.dumps(whole.structured_content)) > MOST


def test_a_long_answer_is_shortened() -> None:
    fields = {"a": ["x" * 900] * 50, "b": {"c": "y" * 5000}, "code": "kept"}
    short = shorten(fields)
    assert len(json.dumps(short).encode()) <= MOST and short["code"] == "kept" and short["is_shortened"]


def test_every_schema_is_small_and_has_no_titles() -> None:
    for _, arguments, description in TOOLS.values():
        schema = build_schema(arguments)
        assert len(json.dumps(schema)) < 6_000 and '"title"' not in json.dumps(schema) and len(description) < 800


async def test_the_status_of_a_clip_that_falls_short_says_what_came(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", Shelf(lacks={"length"}), wallet="5") as agent:
        clip = await agent.call("make", clip="A fox", model=KLING, length=5)
        done = await agent.finish(clip.fields["project"])
        assert done.fields["state"] == "done" and done.fields["clip"]["seconds"] == 1.0
        assert len(done.fields["findings"]) == 1


async def test_the_status_of_a_film_with_a_short_take_offers_the_ways_on(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", Shelf(lacks={"length"}), wallet="5") as agent:
        film = await agent.call("make", brief=BRIEF, model=KLING, **SMALL)
        waits = await agent.finish(film.fields["project"])
        assert (waits.fields["state"], waits.fields["waits_for"]) == ("waiting", "decision")
        assert {"retake", "edit"} <= {call["tool"] for call in waits.fields["do"]}
        assert "accept" in waits.fields["ask_person"] and waits.fields["findings"]
