"""Guards over providers: none without catalogue, conformance test, fake, docs row; none called met that was not."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROVIDERS = ROOT / "src" / "reelwright" / "providers"
NO_ADAPTERS = {"__init__", "forwarding", "offline", "protocol", "registry", "catalogue_provider", "rehearsal"}
"""What stands beside the adapters: what we draw ourselves, the protocol, who opens them, what they share."""


def adapters() -> list[str]:
    return sorted(path.stem for path in PROVIDERS.glob("*.py") if path.stem not in NO_ADAPTERS)


def rows() -> dict[str, str]:
    text = (ROOT / "docs" / "verified.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `(\w+)` \| `providers/(\w+)\.py` \| (.+?) \|$", text, re.M)
    assert all(name == file for name, file, _ in found)
    return {name: met for name, _, met in found}


def conforming() -> set[str]:
    """Names that classes under tests/providers give as theirs and that derive from the conformance tests."""
    names: set[str] = set()
    for path in (ROOT / "tests" / "providers").glob("test_*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
        for node in classes.values():
            line = ancestry(node, classes)
            if {"Conformance", "Remote"} & line.keys():
                names |= {name for one in line.values() if one and (name := name_of(one))}
    return names


def ancestry(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, ast.ClassDef | None]:
    """A class and all that it derives from, by name; None for what stands in another file."""
    line: dict[str, ast.ClassDef | None] = {node.name: node}
    for base in map(ast.unparse, node.bases):
        line |= ancestry(classes[base], classes) if base in classes else {base: None}
    return line


def name_of(node: ast.ClassDef) -> str | None:
    for part in node.body:
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "name":
            return str(ast.literal_eval(part.value))
    return None


def test_there_are_adapters_to_guard() -> None:
    assert "openrouter" in adapters() and "openrouter" in conforming()


@pytest.mark.parametrize("name", adapters())
def test_an_adapter_has_a_catalogue_a_fake_a_conformance_test_and_a_row_of_its_own(name: str) -> None:
    assert (ROOT / "src" / "reelwright" / "catalogue" / "models" / f"{name}.yaml").is_file()
    assert (PROVIDERS / "fakes" / f"{name}.py").is_file()
    assert name in conforming(), f"no class in tests/providers derives from Conformance or Remote with name = {name!r}"
    assert name in rows(), "docs/verified.md says of each adapter whether it was met live"


def test_the_docs_name_no_adapter_that_is_not_there() -> None:
    assert set(rows()) == set(adapters())


@pytest.mark.parametrize(("name", "met"), rows().items())
def test_nothing_is_called_met_without_a_report_that_says_live(name: str, met: str) -> None:
    if met == "never run live":
        return
    report = re.fullmatch(r"met live on (\d{4}-\d\d-\d\d) \(\[report\]\((verified/[\w.-]+\.json)\)\)", met)
    assert report, "either `never run live` or `met live on DATE ([report](verified/….json))`"
    told = json.loads((ROOT / "docs" / report[2]).read_text(encoding="utf-8"))
    assert told["provider"] == name and told["place"] == "live" and told["at"].startswith(report[1])
    assert told["state"] == "settled" and told["brought"]


def test_every_adapter_can_be_bought_from() -> None:
    from reelwright.providers.registry import PROVIDER_ENTRIES

    assert {seller.adapter.partition(":")[0] for seller in PROVIDER_ENTRIES} == set(adapters())


def test_every_door_can_be_given_another_address() -> None:
    from reelwright.providers.registry import PROVIDER_ENTRIES
    from reelwright.settings import ADDRESSED

    assert {door.setting_name for seller in PROVIDER_ENTRIES for door in seller.endpoints} <= set(ADDRESSED)


def test_every_file_of_the_catalogue_says_whose_keys_open_it() -> None:
    from reelwright.catalogue.models import list_providers, load_provider_models
    from reelwright.net.keys import OPENS
    from reelwright.providers.registry import PROVIDER_ENTRIES

    assert set(OPENS) == {
        name for name in list_providers() if any(row.key for row in load_provider_models(name).values())
    }
    for name, holders in OPENS.items():
        doors = [door.holder for seller in PROVIDER_ENTRIES if seller.file == name for door in seller.endpoints]
        assert holders == tuple(holder for holder in doors if holder), f"the keys of {name} are those of its doors"
        assert {row.key for row in load_provider_models(name).values()} <= {*holders, ""}, (
            f"a model of {name} that no key opens"
        )
