"""A mutated table, flavor, archetype or short plan is read, or refused by file and key, never with a traceback."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from media.test_own_files import list_mutations
from planner.test_plan_documents import MUG, POUR, SHORT
from reelwright.errors import BadInput
from reelwright.planner import archetypes, flavors
from reelwright.planner.archetypes import read_archetype
from reelwright.planner.flavors import PARTS, build_flavor
from reelwright.planner.plan_file.short_form import read_short_form
from reelwright.planner.tables import TABLES_DIR, BeatRule, BeatSequence, Lexicon, Rate, Tone
from reelwright.planner.yaml_text import parse_text
from reelwright.reel.base.strict_model import read_strictly

TABLES: dict[str, Any] = {
    "beats": dict[str, BeatRule], "lengths_and_counts": dict[int, BeatSequence], "tones": dict[str, Tone],
    "rates": dict[str, Rate], "mood_tempi": dict[str, tuple[int, int]], "lexicon": Lexicon,
    "words": dict[str, dict[str, str]],
}  # fmt: skip
OPTIONAL = {
    "models": ["hailuo_fast"], "stills": "flux-dev", "voice_model": "eleven_v3:ana", "music": "none",
    "resolution": "768p", "sound": False,
}  # fmt: skip


def refuse_all(values: dict[str, Any], read: Callable[[dict[str, Any]], object], file: str) -> list[BadInput]:
    """Read every mutation of ``values`` and return the refusals. Each names the file and what is accepted."""
    read(values)
    refusals = []
    for change in list_mutations(values):
        changed = copy.deepcopy(values)
        change(changed)
        changed.pop(7, None)  # the parsers of YAML and JSON make text of every key
        try:
            read(changed)
        except BadInput as refused:
            assert refused.field.startswith(file) and refused.accepted
            refusals.append(refused)
    return refusals


@pytest.mark.parametrize("name", TABLES)
def test_a_changed_table_is_read_or_refused(name: str) -> None:
    values = parse_text((TABLES_DIR / f"{name}.yaml").read_text(encoding="utf-8"), name)
    read_strictly(TABLES[name], values, name)
    first = values if name == "lexicon" else dict([*values.items()][:1])
    assert refuse_all(first, lambda changed: read_strictly(TABLES[name], changed, name), name)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["default", "example", "short", "spot"])
def test_a_changed_flavor_is_read_or_refused(name: str, part: str) -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in (flavors.HERE / name).glob("*.yaml")}
    parts = {stem: parse_text(text, stem) for stem, text in files.items()}
    parts["pipeline_params"] |= OPTIONAL
    file = f"mine/{part}.yaml"
    refusals = refuse_all(parts.get(part, {}), lambda changed: build_flavor("mine", {**parts, part: changed}), file)
    assert refusals or part == "image_params"


@pytest.mark.parametrize("path", sorted(archetypes.HERE.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_changed_archetype_is_read_or_refused(path: Any) -> None:
    values = parse_text(path.read_text(encoding="utf-8"), path.name)
    refusals = refuse_all(values, lambda changed: read_archetype(path.stem, changed, path.name), path.name)
    assert {"about", "beats", "core", "how"} <= {one.field.removeprefix(f"{path.name}: ") for one in refusals}


def test_a_changed_short_plan_is_read_or_refused() -> None:
    values = yaml.safe_load(SHORT)
    assert refuse_all(values, lambda changed: read_short_form(changed, "plan.yaml", (MUG, POUR)), "plan.yaml")


def test_a_misspelt_key_is_refused_with_the_known_ones() -> None:
    parts = {"pipeline_params": yaml.safe_load((flavors.HERE / "spot" / "pipeline_params.yaml").read_text())}
    parts["pipeline_params"]["lok"] = parts["pipeline_params"].pop("look")
    with pytest.raises(BadInput) as refused:
        build_flavor("mine", parts)
    assert (refused.value.field, refused.value.value) == ("mine/pipeline_params.yaml", "lok")
    assert "look" in refused.value.accepted and "budget_usd" in refused.value.accepted
