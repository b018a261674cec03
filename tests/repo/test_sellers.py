"""Nobody is sold from without its catalogue, its adapter, its fake and the class of tests that every adapter passes."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from reelwright.catalogue.models import list_providers, load_provider_models
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.fakes.lookup import list_fakes
from reelwright.providers.registry import PROVIDER_ENTRIES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "reelwright" / "providers"
NOT_SOLD = {"__init__", "protocol", "catalogue_provider", "registry", "offline"}
"""Beside the adapters: what they have in common, and what we make ourselves."""


def adapters() -> list[str]:
    """Modules of the room that hold a class which sells."""
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        bases = [ast.unparse(base) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(node, ast.ClassDef) for base in node.bases]  # fmt: skip
        if "CatalogueProvider" in bases and path.stem not in NOT_SOLD:
            found.append(path.stem)
    return found


def test_every_catalogue_has_its_adapter_and_every_adapter_its_catalogue() -> None:
    assert adapters() == sorted(list_providers())


@pytest.mark.parametrize("name", adapters())
def test_an_adapter_is_sold_from_and_tested_by_the_class_that_every_adapter_passes(name: str) -> None:
    rows = [seller for seller in PROVIDER_ENTRIES if seller.adapter.partition(":")[0] == name]
    assert rows, f"{name} has no row in providers/registry.py"
    kind = getattr(import_module(f"reelwright.providers.{name}"), rows[0].adapter.partition(":")[2])
    assert issubclass(kind, CatalogueProvider) and kind.name == name and {row.file for row in rows} == {name}
    held = {holder for row in rows for holder in row.holders}
    assert {row.key for row in load_provider_models(name).values()} <= held, "a model whose key opens no door"
    assert name in list_fakes()
    text = (ROOT / "tests" / "providers" / f"test_{name}.py").read_text(encoding="utf-8")
    assert "conformance" in text, f"tests/providers/test_{name}.py does not subclass the shared class"


def test_every_seller_is_named_once() -> None:
    names = [seller.name for seller in PROVIDER_ENTRIES]
    assert len(names) == len(set(names)) and "offline" not in names
