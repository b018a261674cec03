"""A brief is planned once per call, in the process that quotes it, and files are read once: hands get the plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright import AsyncStudio
from reelwright.cli.make.batch import batch
from reelwright.cli.make.make import make
from reelwright.cli.shared.option_groups import expand_groups
from reelwright.media.pictures import guarded_intake
from reelwright.media.pictures.intake import Intake
from reelwright.planner import rules
from reelwright.reel.film.brief import Brief
from reelwright.settings import Settings
from reelwright.studio.films import film_request, project_run
from reelwright.studio.quotes.progress_reporter import Progress
from reelwright.studio.runtime.scratch import open_scratch_folder
from studio.conftest import BRIEF, SMALL
from studio.test_materials import clip, picture

OTHER = "“It never rusts.” For “Mudlark”. Order at mudlark.example"


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The text of each brief that the rules planned in this process. What hands plan shows as steps of kind words."""
    texts: list[str] = []
    plan = rules.plan_without_models

    def count(brief: Brief) -> rules.PlanningResult:
        texts.append(brief.text)
        return plan(brief)

    monkeypatch.setattr(rules, "plan_without_models", count)
    yield texts


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of each picture and clip that is taken in, by a process of its own.

    Hands, which are processes of their own, read the copies in the vault: they are not counted.
    """
    names: list[str] = []
    take_in = guarded_intake.take_in_guarded

    async def count(path: Path, kind: guarded_intake.FileKind, room: Path) -> Intake:
        names.append(path.name)
        return await take_in(path, kind, room)

    monkeypatch.setattr(guarded_intake, "take_in_guarded", count)
    return names


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of commands that are typed in this process."""
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REELWRIGHT_HANDS", "1")
    return tmp_path / "home"


def opened(tmp_path: Path) -> AsyncStudio:
    return AsyncStudio(Settings(home=tmp_path / "home", hands=1))


def list_words(heard: list[Progress]) -> set[str]:
    return {one.step for one in heard if one.step and one.step.startswith("words/")}


async def test_a_brief_is_planned_once_and_no_hand_plans_it(tmp_path: Path, planned: list[str]) -> None:
    heard: list[Progress] = []
    async with opened(tmp_path) as studio:
        made = await studio.make(BRIEF, goal="takes", listen=heard.append, **SMALL)
        assert planned == [BRIEF] and made.state == "done"
        assert any(one.kind == "landed" for one in heard) and not list_words(heard)
        shown = await studio.show(made.project)
        assert shown.revision == 1 and shown.shots  # type: ignore[union-attr]
        again = await studio.make(BRIEF, goal="takes", listen=heard.append, **SMALL)
    assert planned == [BRIEF, BRIEF] and (again.project, again.new_steps) == (made.project, 0)
    assert again.up_to_date_message and not list_words(heard)


async def test_a_plan_by_rules_is_the_goal_plan_and_its_author_is_the_rules(tmp_path: Path, planned: list[str]) -> None:
    async with opened(tmp_path) as studio:
        quoted = await studio.quote(BRIEF, goal="plan", **SMALL)
        assert quoted.wanted_steps == () and quoted.micros == 0
        made = await studio.make(BRIEF, goal="plan", **SMALL)
        assert made.state == "done" and made.new_steps == 0 and made.shots
        assert studio.home
        assert await studio.home.journal.list_authors(studio.home.account, made.project) == ["rules"]
        assert not await project_run.describe_later_edits(studio.home, made.project)
        await studio.edit(made.project, shot=1, words="Cold by two?")
        assert await project_run.describe_later_edits(studio.home, made.project)
    assert planned == [BRIEF] * 2


async def test_each_row_of_a_batch_is_planned_once(tmp_path: Path, planned: list[str]) -> None:
    rows = [{"brief": text, "until": "takes", **SMALL} for text in (BRIEF, OTHER)]
    async with opened(tmp_path) as studio:
        made = await studio.batch(rows, yes=True)
        assert sorted(planned) == sorted([BRIEF, OTHER]) and made.done_rows == 2
        for row in made.rows:
            assert row.project and studio.home
            assert await studio.home.journal.list_authors(studio.home.account, row.project) == ["rules"]
            assert "words/plan" not in {
                one.step for one in await studio.home.ledger.list_purchases(studio.home.account, row.project)
            }


class Killed(Exception):
    """Stands for the end of the process at this place."""


@pytest.mark.parametrize("at", ["take_up", "run_job"])
async def test_a_film_that_was_killed_before_its_first_step_has_its_plan(
    tmp_path: Path, planned: list[str], monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    async def die(*args: object) -> None:
        raise Killed

    heard: list[Progress] = []
    with monkeypatch.context() as patched:
        patched.setattr(project_run, at, die)
        async with opened(tmp_path) as studio:
            with pytest.raises(Killed):
                await studio.make(BRIEF, goal="takes", **SMALL)
    planned.clear()
    async with opened(tmp_path) as studio:
        if at == "run_job":
            made = await studio.resume("last", listen=heard.append)
            assert planned == []
        else:
            made = await studio.make(BRIEF, goal="takes", listen=heard.append, **SMALL)
            assert planned == [BRIEF]
        assert len(await studio.list_projects()) == 1
    assert made.state == "done" and not list_words(heard)


@pytest.mark.parametrize("way", ["make", "resume"])
async def test_a_project_of_an_older_release_is_planned_by_its_step_and_estimated_once(
    tmp_path: Path, planned: list[str], way: str
) -> None:
    """Until 2026.2 a project was opened without a plan, and the first step of its job wrote it."""
    settings = Settings(home=tmp_path / "home", hands=1)
    heard: list[Progress] = []
    async with AsyncStudio(settings) as studio:
        with open_scratch_folder() as folder:
            asked = await film_request.build_film_request(BRIEF, "takes", None, SMALL, folder, settings)  # type: ignore[arg-type]
        home = await studio._open_home()
        project = await project_run.open_command_project(home, replace(asked.command, plan=None))
        planned.clear()
        if way == "make":
            made = await studio.make(BRIEF, goal="takes", listen=heard.append, **SMALL)
        else:
            made = await studio.resume(project, goal="takes", listen=heard.append)
        assert planned == [BRIEF] and made.project == project and made.state == "done"
        assert list_words(heard) == {"words/plan"}
        assert await home.journal.list_authors(home.account, project) == ["rules"]
        assert {one.finished_steps + one.wanted_steps for one in heard} == {made.finished_steps + made.new_steps}


def test_the_command_make_plans_and_reads_what_it_was_given_once(
    typed: Path, tmp_path: Path, planned: list[str], taken: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    image, film = picture(tmp_path / "lamp.png"), clip(tmp_path / "hands.mp4", "testsrc2=")
    with pytest.raises(SystemExit) as ended:
        expand_groups(make)(
            brief=BRIEF, image=[image], clip=[film], until="takes", short_side=180, aspect="9:16", json=True
        )
    assert ended.value.code == 0 and json.loads(capsys.readouterr().out)["state"] == "done"
    assert (planned, taken) == ([BRIEF], ["lamp.png", film.name])


def test_the_command_batch_plans_each_row_once(
    typed: Path, tmp_path: Path, planned: list[str], taken: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    image = picture(tmp_path / "lamp.png")
    rows = [{"brief": BRIEF, "images": [image.name], "until": "plan"}, {"brief": OTHER, "until": "plan"}]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        expand_groups(batch)(file=str(tmp_path / "rows.json"), concurrency=2, json=True)
    assert ended.value.code == 0 and json.loads(capsys.readouterr().out)["done_rows"] == 2
    assert (planned, taken) == ([BRIEF, OTHER], ["lamp.png"])
