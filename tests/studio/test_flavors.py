"""Flavors of one's own: found without a restart, kept with the brief, and a broken one stops nothing but itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.planner import flavors
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings, load_settings

HERE = Path(flavors.__file__).parent
BRIEF = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"


def test_a_folder_in_the_home_is_a_flavor_at_once_and_a_broken_one_says_why(tmp_path: Path) -> None:
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        assert [row.name for row in studio.list_flavors()] == ["ads", "default", "example", "short", "spot"]
        folder = tmp_path / "home" / "flavors"
        shutil.copytree(HERE / "example", folder / "mine")
        shutil.copytree(HERE / "short", folder / "broken")
        (folder / "broken" / "scene_prompts.yaml").write_text("stil: a\n", encoding="utf-8")
        rows = {row.name: row for row in studio.list_flavors()}
        assert rows["mine"].is_own and not rows["mine"].fault
        assert "broken/scene_prompts.yaml line 1: 'stil'" in rows["broken"].fault
        planned = studio.plan(BRIEF, flavor="mine", length=6, models=["openrouter-veo-3.1-fast"])
        assert any("35mm film" in shot.prompt for shot in planned.plan.shots)
        with pytest.raises(BadInput, match=r"scene_prompts\.yaml line 1"):
            studio.plan(BRIEF, flavor="broken")
        with pytest.raises(BadInput, match="broken, default, example, mine, short, spot"):
            studio.plan(BRIEF, flavor="nobody")


def test_a_film_keeps_the_flavor_that_it_was_begun_in(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "flavors" / "mine"
    shutil.copytree(HERE / "example", folder)
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        asked = {"flavor": "mine", "length": 6, "short_side": 180, "models": ["openrouter-veo-3.1-fast"], "yes": True}
        made = studio.make(BRIEF, goal="plan", **asked)  # type: ignore[arg-type]
        (folder / "scene_prompts.yaml").write_text("style: something else\n", encoding="utf-8")
        folder = studio.pull(made.project, tmp_path / "pulled").folder
        assert "35mm film" in (folder / "film.yaml").read_text(encoding="utf-8")


def test_the_usual_model_is_set_in_one_place_and_a_flavor_s_models_come_before_it(tmp_path: Path) -> None:
    """Source: systems.md S2-17: ``DEFAULT_MODEL``."""
    folder = tmp_path / "home" / "flavors" / "mine"
    shutil.copytree(HERE / "spot", folder)
    with (folder / "pipeline_params.yaml").open("a", encoding="utf-8") as file:
        file.write("models: [openrouter-kling-v3-std]\n")
    told = load_settings({"REELWRIGHT_HOME": str(tmp_path / "home"), "REELWRIGHT_MODEL": "openrouter-veo-3.1-fast"})
    with Studio(told) as studio:
        asked = {"length": 6, "short_side": 180}

        def models(**more: object) -> set[str]:
            shots = studio.plan(BRIEF, **asked, **more).plan.shots  # type: ignore[arg-type]
            return {shot.source.model for shot in shots if isinstance(shot.source, Request)} - {"animatic/2026.1"}

        assert models() == models(flavor="spot") == {"openrouter-veo-3.1-fast"}
        assert models(flavor="mine") == {"openrouter-kling-v3-std"}
        assert models(flavor="mine", models=["openrouter-veo-3.1-fast"]) == {"openrouter-veo-3.1-fast"}
