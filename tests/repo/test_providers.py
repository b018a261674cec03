"""Guards over providers: none without catalogue, conformance test, fake, docs row; none called met that was not."""

from __future__ import annotations

import ast
import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from reelwright.catalogue.models import list_providers, load_provider_models
from reelwright.known_providers import PROVIDER_ENTRIES, name_provider
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.fakes.lookup import list_fakes
from reelwright.providers.kokoro import Kokoro
from repo.trees import parse, walk

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "reelwright"
PROVIDERS = SOURCE / "providers"
NO_ADAPTERS = {
    "__init__", "forwarding", "kokoro", "offline", "policy", "protocol", "open_provider", "answer_waits",
    "catalogue_provider",
}  # fmt: skip
"""What stands beside the adapters: our own drawing and voice, the protocol, who opens them, waits, what they share."""


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
        body = parse(path).body
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


@pytest.mark.parametrize("name", adapters())
def test_an_adapter_is_registered_priced_and_faked(name: str) -> None:
    rows = [entry for entry in PROVIDER_ENTRIES if entry.file == name]
    assert rows, f"{name} has no row in known_providers.py"
    kind = getattr(import_module(f"reelwright.providers.{name}"), rows[0].adapter.partition(":")[2])
    assert issubclass(kind, CatalogueProvider) and kind.name == name
    held = {holder for row in rows for holder in row.holders}
    assert {row.key for row in load_provider_models(name).values()} <= held, "a model whose key opens no door"
    assert name in list_fakes()


def test_every_row_and_every_catalogue_has_its_adapter() -> None:
    assert {entry.file for entry in PROVIDER_ENTRIES} == set(adapters()) == set(list_providers()) - {Kokoro.name}
    names = [entry.name for entry in PROVIDER_ENTRIES]
    assert len(names) == len(set(names)) and "offline" not in names


def test_providers_are_listed_in_one_module() -> None:
    """It sees a list only where it holds the names of three providers as texts."""
    names = {entry.file for entry in PROVIDER_ENTRIES} - {"text"}
    for path in SOURCE.rglob("*.py"):
        if path.name == "known_providers.py":
            continue
        tree = parse(path)
        texts = {node.value for node in walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        assert len(texts & names) < 3, f"{path} lists {sorted(texts & names)}"


def test_an_adapter_that_several_keys_open_is_named_by_all_who_issue_them() -> None:
    assert name_provider("gemini_longrunning") == "Google Vertex / LiteLLM"
    assert name_provider("openrouter") == "OpenRouter"
